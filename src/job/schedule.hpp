// SPDX-License-Identifier: LGPL-2.1-or-later
// Whose turn it is (BITS 4.1 with the departures of design 4): pure choices over snapshots.
#pragma once

#include "job/types.hpp"

#include <cstdint>
#include <optional>
#include <vector>

namespace haulier::job {

/// A job that could run: queued, not blocked, its date has come.
struct Waiting {
    Id id;
    Priority priority = Priority::Normal;
    uint64_t since = 0; ///< order in which jobs came to the queue
};

/// A job that has a slot.
struct Running {
    Id id;
    Priority priority = Priority::Normal;
    BootTime since; ///< when it got the slot
};

struct SchedulePolicy {
    uint32_t background_jobs = 4; ///< slots for jobs below foreground; 1 is BITS' way
    Usec time_slice{300'000'000}; ///< choice U-9
};

struct Turns {
    std::vector<Id> grant;
    std::vector<Id> yield; ///< go back to the queue: pre-empted, or the slice is over and others wait
    std::optional<BootTime> look_again; ///< when the next slice ends
};

/// Foreground jobs all get a slot. Of the background only the highest level that has a job gets any: lower
/// ones yield at once; within the level it is first come, first served, and who has used its slice yields
/// to who waits.
Turns take_turns(std::vector<Waiting> waiting, std::vector<Running> running, const SchedulePolicy& policy,
                 BootTime now);

} // namespace haulier::job
