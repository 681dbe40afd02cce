// SPDX-License-Identifier: LGPL-2.1-or-later
// Permits: a program that transfers data itself asks whether it may do so now. It may do so when a job with
// the same settings could run. Pure functions over values.
#pragma once

#include "base/result.hpp"
#include "job/conditions.hpp"
#include "job/decide.hpp"
#include "job/settings_patch.hpp"
#include "job/types.hpp"

#include <cstddef>
#include <cstdint>
#include <optional>

namespace haulier::job {

/// How many a user may have at a time.
inline constexpr size_t PermitsPerUser = 16;

struct PermitRequest {
    SettingsPatch settings;  ///< DisplayName, Priority, NetworkCost, PowerPolicy and NotBefore count
    bool takes_slot = false; ///< waits its turn with the jobs
};

struct Permit {
    Job like; ///< a job with these settings, and what keeps such a job from running now
    bool takes_slot = false;
    uint64_t since = 0; ///< order in which jobs and permits came to the queue
    std::optional<BootTime> slot_since;
    /// The same words as for a job; "running" means that the permit is granted.
    WaitReason why{"turn", {}};

    [[nodiscard]] bool is_granted() const { return why.word == "running"; }
};

/// Makes a permit that is not granted yet. The errors are those of CreateJob.
Result<Permit> make_permit(const Id& id, uint32_t owner, const PermitRequest& request, uint64_t since);
/// Whether the permit could be granted if there were a slot for it.
bool is_admissible(const Permit& permit, const Conditions& conditions, WallTime now);
/// `storable`: whether changes of jobs can be stored at present; if not, nothing is transferred.
WaitReason wait_reason(const Permit& permit, const Conditions& conditions, WallTime now, bool storable);

} // namespace haulier::job
