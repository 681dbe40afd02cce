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
    /// Text that was asked for, and is not decided on before a worker has answered; to be given back then.
    void promise(uint32_t owner, uint64_t text);
    void take_back(uint32_t owner, uint64_t text);

    [[nodiscard]] job::Load of(uint32_t owner) const;
    [[nodiscard]] job::Load all() const;

private:
    std::map<uint32_t, job::Load> owners_;
    std::map<uint32_t, uint64_t> reserved_;
    std::map<uint32_t, uint64_t> promised_; ///< none is 0
    job::Load all_;
};

} // namespace haulier::daemon
