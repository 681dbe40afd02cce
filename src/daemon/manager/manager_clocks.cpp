// SPDX-License-Identifier: LGPL-2.1-or-later
// The clocks of a job. Each is set by what the job is now, and rings into a decision.
#include "daemon/manager/manager.hpp"

namespace haulier::daemon {

void Manager::arm(JobRecord& entry) {
    const auto& job = entry.job;
    auto rings = [this, id = job.id](auto decide) {
        return [this, id, decide] {
            if (auto now = latest(id)) stage(decide(*now, clock_.now()));
        };
    };
    using When = std::optional<BootTime>;
    bool waits = job.state == job::State::TransientError;
    entry.retry.set(loop_, waits ? When{job.clocks.retry_at} : When{}, rings(job::retry_due));
    bool stalls = job.clocks.stalled_since && job::is_active(job.state);
    entry.stall.set(loop_, stalls ? When{*job.clocks.stalled_since + job.no_progress_timeout} : When{},
                    rings(job::no_progress));
    entry.end_of_time.set(loop_, job::end_of_time(job), rings(job::out_of_time));

    entry.not_before.reset();
    if (job.state == job::State::Queued && job.not_before > clock_.now().wall)
        entry.not_before = loop_.at_date(job.not_before, [this, &entry] {
            observer_->wait_reason_changed(entry);
            schedule_soon();
        });
    // Every step of progress moves it, so it is looked at only when it comes due.
    if (!entry.expiry.is_set()) watch_expiry(entry);
}

std::optional<BootTime> Manager::expiry_of(const job::Job& job) const {
    return job::expiry_of(job, config_.empty_job_timeout, config_.inactivity_timeout, clock_.now());
}

void Manager::watch_expiry(JobRecord& entry) {
    entry.expiry.set(loop_, expiry_of(entry.job), [this, id = entry.job.id] { expire(id); });
}

void Manager::expire(const job::Id& id) {
    auto* entry = record_of(id);
    auto now = clock_.now();
    if (entry->gone) return;
    auto when = expiry_of(entry->job);
    if (!when || *when > now.boot) return watch_expiry(*entry);
    // Nobody took what was to be told.
    if (entry->lingers) return forget(*entry);
    stage(job::expired(*latest(id), now));
}

} // namespace haulier::daemon
