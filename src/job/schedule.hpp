// SPDX-License-Identifier: LGPL-2.1-or-later
// Whose turn it is (BITS 4.1, with the departures in docs/decisions.md, Jobs): pure choices over snapshots.
#pragma once

#include "job/types.hpp"

#include <cstdint>
#include <map>
#include <optional>
#include <vector>

namespace haulier::job {

/// A job that could run: queued, not blocked, its date has come.
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
    bool stays = false; ///< would be lost with its slot, and so keeps it
};

Waiting as_waiting(const Job& job, uint64_t since);
Running as_running(const Job& job);

struct SchedulePolicy {
    uint32_t background_jobs = 4;  ///< slots for jobs below foreground, of all owners; 1 is BITS' way
    Usec time_slice{300'000'000};  ///< choice U-9
    uint32_t foreground_jobs = 64; ///< slots of each owner; so that none can take the whole machine
};

/// Owners by when they last got a slot for a background job, the largest number last; who is not there never
/// did. What one turn tells the next.
using Served = std::map<uint32_t, uint64_t>;

struct Schedule {
    std::vector<Id> grant;
    std::vector<Id> preempt; ///< go back to the queue: pre-empted, or the slice is over and others wait
    std::optional<BootTime> next_deadline; ///< when the next slice ends that somebody waits for
    Served served;                         ///< as it will be
};

/// Each owner has its own slots for foreground jobs; those for the background are shared by all.
///
/// Of an owner's background only the highest level that has a job takes part; what runs below it yields at
/// once. A free slot goes to the owner with the fewest jobs running, then to the higher level, then to who
/// was not served for longest; within an owner to who came first. Between owners that have nothing running
/// the level does not count: the same ones would win for ever.
///
/// An owner with nothing running takes a slot at once from one that has two or more. Otherwise slots change
/// hands when a slice is over: to an owner that would be served before the present one, else to the present
/// one's next job.
Schedule schedule(std::vector<Waiting> waiting, std::vector<Running> running, const SchedulePolicy& policy,
                  BootTime now, Served served = {});

} // namespace haulier::job
