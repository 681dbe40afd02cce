// SPDX-License-Identifier: LGPL-2.1-or-later
// A limit in bytes per second, which is kept over any span of about two seconds. Bytes may be transferred
// while the bucket is not empty; bytes beyond that make its level negative.
#pragma once

#include "base/clock.hpp"

#include <cstdint>

namespace haulier::transfer {

class TokenBucket {
public:
    using Rate = uint64_t; ///< bytes per second

    /// A rate of 0 means no limit.
    void set_rate(Rate rate, BootTime now);
    [[nodiscard]] Rate rate() const { return rate_; }
    [[nodiscard]] bool is_limited() const { return rate_ > 0; }
    /// Bytes that may be transferred now; negative if too many were.
    [[nodiscard]] int64_t level(BootTime now) const;
    void take(uint64_t bytes, BootTime now);
    /// Time until bytes may be transferred again; 0 = now.
    [[nodiscard]] Usec time_to_move(BootTime now) const;
    /// Time until enough bytes may be transferred again to make it worth while.
    [[nodiscard]] Usec time_to_fill(BootTime now) const;

private:
    [[nodiscard]] int64_t bytes_in(Usec time) const;
    [[nodiscard]] Usec time_to_reach(int64_t wanted, BootTime now) const;

    Rate rate_ = 0;
    int64_t level_ = 0;
    BootTime filled_at_;
};

} // namespace haulier::transfer
