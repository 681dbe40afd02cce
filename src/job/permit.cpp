// SPDX-License-Identifier: LGPL-2.1-or-later
#include "job/permit.hpp"

#include "job/reach.hpp"

namespace haulier::job {

Result<Permit> make_permit(const Id& id, uint32_t owner, const PermitRequest& request, uint64_t since) {
    Permit permit{.takes_slot = request.takes_slot, .since = since};
    auto& like = permit.like;
    like.id = id;
    like.owner = owner;
    like.state = State::Queued;
    if (auto ok = apply_settings(like, request.settings); !ok) return ok.error();
    return permit;
}

bool is_admissible(const Permit& permit, const Conditions& conditions, WallTime now) {
    return readiness(permit.like, now) == Readiness::Ready &&
           !blocked_by(permit.like, Reach::Network, conditions);
}

WaitReason wait_reason(const Permit& permit, const Conditions& conditions, WallTime now, bool storable) {
    auto like = permit.like;
    if (readiness(like, now) == Readiness::Ready) {
        if (auto cause = blocked_by(like, Reach::Network, conditions)) {
            like.state = State::Blocked;
            like.error = JobError{.cause = *cause};
        } else if (!permit.takes_slot || permit.slot_since) {
            like.state = State::Transferring;
        }
    }
    return wait_reason(like, now, storable);
}

} // namespace haulier::job
