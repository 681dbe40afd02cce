// SPDX-License-Identifier: LGPL-2.1-or-later
// What clients are told about the state and the end of a job.
#include "job/conditions.hpp"
#include "job/decide.hpp"
#include "job/history.hpp"

namespace haulier::job {

namespace {

WaitReason why_blocked(const Job& job) {
    if (job.error->cause == Cause::BlockedByCost) return {"cost", {}};
    return {job.error->cause == Cause::BlockedByPower ? "power" : "network", {}};
}

WaitReason why_barred(const Bar& bar) {
    return {bar.why == Bar::Why::Held ? "held" : "window", bar.until};
}

WaitReason why_queued(const Job& job, WallTime now) {
    switch (readiness(job, now)) {
    case Readiness::Barred: return why_barred(*job.clocks.bar);
    case Readiness::NotBefore: return {"not-before", start_date(job)};
    case Readiness::ForegroundOnly: return {"foreground-only", {}};
    case Readiness::OwnerAway: return {"login", {}};
    case Readiness::Ready: return {"turn", {}};
    }
    return {"turn", {}};
}

WaitReason why_suspended(const Job& job) {
    if (listed_files(job) == 0) return {"empty", {}};
    return {job.on_demand && !job.ranges_wanted ? "needs-ranges" : "suspended", {}};
}

} // namespace

WaitReason wait_reason(const Job& job, WallTime now, bool storable) {
    if (!storable && is_active(job.state)) return {to_string(Wait::Storage), {}};
    // What would otherwise keep the job waiting ends before the bar, or begins after it.
    if (job.clocks.bar && is_active(job.state) && !is_running(job.state)) return why_barred(*job.clocks.bar);
    switch (job.state) {
    case State::Suspended: return why_suspended(job);
    case State::Queued: return why_queued(job, now);
    case State::Connecting:
    case State::Transferring: return {"running", {}};
    case State::TransientError: return {to_string(job.wait), job.retry_date};
    case State::Blocked: return why_blocked(job);
    case State::Error: return {"needs-resume", {}};
    case State::Transferred: return {"needs-complete", {}};
    case State::Publishing: return {"completing", {}};
    case State::Acknowledged:
    case State::Cancelled: return {"ended", {}};
    }
    return {"ended", {}};
}

EndResult end_result_of(const Job& job) {
    return {arrived_files(job), job.files_total - job.files_transferred};
}

std::string_view removal_result(const Job& job) {
    return to_string(outcome_of(job));
}

} // namespace haulier::job
