// SPDX-License-Identifier: LGPL-2.1-or-later
// Which jobs run (BITS 4.1, with the departures in docs/decisions.md, Jobs): pure functions over snapshots.
#pragma once

#include "job/types.hpp"

#include <cstdint>
#include <map>
#include <optional>
#include <vector>

namespace haulier::job {

/// A job that could run: queued, not blocked, and past its NotBefore.
struct Waiting {
    Id id;
    Priority priority = Priority::Normal;
    uint64_t since = 0; ///< order in which jobs came to the queue
    uint32_t owner = 0;
};

/// A job that has a slot.
struct Running {
    Id id;
    Priority priority = Priority::Normal;
    BootTime since; ///< when it got the slot
    uint32_t owner = 0;
    bool stays = false; ///< its request cannot be repeated, so it keeps its slot
};

Waiting as_waiting(const Job& job, uint64_t since);
Running as_running(const Job& job);

struct SchedulePolicy {
    uint32_t background_jobs = 4;  ///< slots for jobs below foreground, of all owners; BITS has 1
    Usec time_slice{300'000'000};  ///< choice U-9
    uint32_t foreground_jobs = 64; ///< slots of each owner, so that none can use the whole machine
};

/// How many jobs of one owner can get one of `slots` slots in one call of schedule(), at most: free ones, one
/// as an owner without a running job, and those whose time slice is over.
constexpr uint64_t most_grants(uint32_t slots) {
    return 2 * uint64_t{slots} + 1;
}

/// When each owner last got a slot for a background job, as a growing number; owners that never did are not
/// listed. Passed from one call to the next.
using Served = std::map<uint32_t, uint64_t>;

struct Schedule {
    std::vector<Id> grant;
    std::vector<Id> preempt; ///< go back to the queue: pre-empted, or the time slice is over and others wait
    std::optional<BootTime> next_deadline; ///< when the next time slice ends for which another job waits
    Served served;                         ///< to pass to the next call
};

/// Each owner has slots for foreground jobs; the slots for background jobs are shared by all owners.
///
/// Among the background jobs of an owner, only those of the highest priority that has a job take part;
/// running jobs of lower priority are pre-empted at once. A free slot goes to the owner with the fewest
/// running jobs, then to the higher priority, then to the owner who has waited longest for a slot, and within
/// an owner to the job that came first. Among owners without a running job the priority does not count,
/// because the same owners would always win.
///
/// An owner without a running job gets a slot at once from an owner with two or more. Otherwise a slot is
/// passed on when its time slice is over: to an owner that would be served before the present one, or else to
/// the present owner's next job.
/// Of each owner's waiting jobs in the foreground, and of the others, only the first most_grants() + 1 by
/// priority and age need be given.
Schedule schedule(std::vector<Waiting> waiting, std::vector<Running> running, const SchedulePolicy& policy,
                  BootTime now, Served served = {});

} // namespace haulier::job
