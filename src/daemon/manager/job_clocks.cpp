// SPDX-License-Identifier: LGPL-2.1-or-later
#include "daemon/manager/job_clocks.hpp"

#include "job/outcomes.hpp"

#include <algorithm>

namespace haulier::daemon {

void JobClocks::arm(JobRecord& record) {
    const auto& job = record.durable();
    auto& loop = context_.loop;
    auto decide_by = [this, &record](auto decide) {
        return [this, &record, decide] {
            context_.commits.stage(decide(record.working(), context_.clock.now()));
        };
    };
    using When = std::optional<BootTime>;
    bool waits = job.state == job::State::TransientError;
    record.retry.set(loop, waits ? job.clocks.retry_at : When{}, decide_by(job::retry_due));
    record.stall.set(loop, end_of_patience(record), [this, &record] {
        context_.commits.stage(
            job::no_progress(record.working(), record.working_files(), context_.clock.now()));
    });
    if (!job::is_running(job.state)) record.next_file.stop();
    record.end_of_time.set(loop, job::end_of_time(job), decide_by(job::out_of_time));

    record.not_before.reset();
    if (job.state == job::State::Queued && job::start_date(job) > context_.clock.now().wall)
        record.not_before = loop.at_date(job::start_date(job), [this, &record] {
            context_.announcer.observer().wait_reason_changed(record);
            events_.date_reached();
        });
    // Every step of progress moves it, so it is looked at only when it comes due.
    if (!record.expiry.is_set()) watch_expiry(record);
}

/// When the job, or where it goes on without them the first of its files, has been without progress for too
/// long.
std::optional<BootTime> JobClocks::end_of_patience(const JobRecord& record) {
    const auto& job = record.durable();
    if (!job::is_active(job.state) || job.clocks.bar) return std::nullopt;
    auto ends = [&](BootTime since) { return since + job.no_progress_timeout; };
    if (job.on_file_error == job::OnFileError::Stop) {
        if (!job.clocks.stalled_since) return std::nullopt;
        return ends(*job.clocks.stalled_since);
    }
    constexpr BootTime Never{Usec::max()};
    auto first = Never;
    for (auto index : record.waiting_files())
        first = std::min(first, record.working_files()[index].clocks.stalled_since.value_or(Never));
    if (first == Never) return std::nullopt;
    return ends(first);
}

std::optional<BootTime> JobClocks::expiry_of(const job::Job& job) const {
    const auto& config = context_.config;
    return job::expiry_of(job, config.empty_job_timeout, config.inactivity_timeout, context_.clock.now());
}

void JobClocks::watch_expiry(JobRecord& record) {
    expiries_.set(record.expiry, record, expiry_of(record.durable()));
}

void JobClocks::expire(JobRecord& record) {
    auto now = context_.clock.now();
    if (record.phase == Phase::Removed) return;
    auto when = expiry_of(record.durable());
    if (!when || *when > now.boot) return watch_expiry(record);
    if (record.phase == Phase::AwaitingDelivery) return events_.undeliverable(record);
    context_.commits.stage(job::expired(record.working(), now));
}

} // namespace haulier::daemon
