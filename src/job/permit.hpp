// SPDX-License-Identifier: LGPL-2.1-or-later
// Permits: a program that transfers data itself asks whether it may do so now. It may when a job with the
// same settings might. Pure functions over values.
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
    /// As of a job. "running" means that it is granted.
    WaitReason why{"turn", {}};

    [[nodiscard]] bool is_granted() const { return why.word == "running"; }
};

/// Not granted yet. Errors are those of CreateJob.
Result<Permit> make_permit(const Id& id, uint32_t owner, const PermitRequest& request, uint64_t since);
/// Could it be granted, if there is a slot for it?
bool is_admissible(const Permit& permit, const Conditions& conditions, WallTime now);
/// `storable`: whether changes of jobs can be stored at present; if not, nothing is transferred.
WaitReason wait_reason(const Permit& permit, const Conditions& conditions, WallTime now, bool storable);

} // namespace haulier::job
