// SPDX-License-Identifier: LGPL-2.1-or-later
// What each owner has in the daemon's memory, kept with every change, so that a look costs nothing.
#pragma once

#include "job/memory_usage.hpp"

#include <cstdint>
#include <map>

namespace haulier::daemon {

/// What one job is booked with.
struct Charge {
    uint32_t owner = 0;
    job::Usage load;
    bool operator==(const Charge&) const = default;
};

class UsageAccounting {
public:
    /// The job is booked with `now` instead of `before`.
    void book(const Charge& before, const Charge& now);
    /// Text that was decided on, and is not booked before the commit.
    void reserve(uint32_t owner, uint64_t text);
    /// The commit is over, well or not.
    void clear_reserved();
    /// Text that was asked for, and is not decided on before a worker has answered; to be given back then.
    void reserve_pending(uint32_t owner, uint64_t text);
    void release_pending(uint32_t owner, uint64_t text);

    [[nodiscard]] job::Usage of(uint32_t owner) const;
    [[nodiscard]] job::Usage all() const;

private:
    std::map<uint32_t, job::Usage> owners_;
    std::map<uint32_t, uint64_t> reserved_;
    std::map<uint32_t, uint64_t> pending_; ///< none is 0
    job::Usage all_;
};

} // namespace haulier::daemon
