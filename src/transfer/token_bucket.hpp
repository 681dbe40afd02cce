// SPDX-License-Identifier: LGPL-2.1-or-later
// A limit of bytes a second, kept over any two seconds or so: bytes may move while the bucket is not empty,
// and what moved beyond that is owed.
#pragma once

#include "base/clock.hpp"

#include <cstdint>

namespace haulier::transfer {

class TokenBucket {
public:
    using Rate = uint64_t; ///< bytes a second

    /// 0 = no limit.
    void set_rate(Rate rate, BootTime now);
    [[nodiscard]] Rate rate() const { return rate_; }
    [[nodiscard]] bool is_limited() const { return rate_ > 0; }
    /// Bytes that may move now; negative = owed.
    [[nodiscard]] int64_t level(BootTime now) const;
    void take(uint64_t bytes, BootTime now);
    /// Until there is enough again for it to be worth while.
    [[nodiscard]] Usec time_to_fill(BootTime now) const;

private:
    [[nodiscard]] int64_t bytes_in(Usec time) const;

    Rate rate_ = 0;
    int64_t level_ = 0;
    BootTime filled_at_;
};

} // namespace haulier::transfer
