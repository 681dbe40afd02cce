// SPDX-License-Identifier: LGPL-2.1-or-later
// What each owner has in the daemon's memory, kept with every change, so that a look costs nothing.
#pragma once

#include "job/load.hpp"

#include <cstdint>
#include <map>

namespace haulier::daemon {

/// What one job is booked with.
struct Booking {
    uint32_t owner = 0;
    job::Load load;
    bool operator==(const Booking&) const = default;
};

class Accounts {
public:
    /// The job is booked with `now` instead of `before`.
    void book(const Booking& before, const Booking& now);
    /// Text that was decided on, and is not booked before the commit.
    void reserve(uint32_t owner, uint64_t text);
    /// The commit is over, well or not.
    void clear_reserved();

    [[nodiscard]] job::Load of(uint32_t owner) const;
    [[nodiscard]] job::Load all() const;

private:
    std::map<uint32_t, job::Load> owners_;
    std::map<uint32_t, uint64_t> reserved_;
    job::Load all_;
};

} // namespace haulier::daemon
