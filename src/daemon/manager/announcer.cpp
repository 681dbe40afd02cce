// SPDX-License-Identifier: LGPL-2.1-or-later
#include "daemon/manager/announcer.hpp"

#include "daemon/common/journal.hpp"

#include <algorithm>
#include <utility>

namespace haulier::daemon {

namespace {

constexpr Usec ProgressInterval{500'000};
/// While a rate falls to 0, because nothing comes any more.
constexpr Usec RateInterval{2'000'000};

/// The end has notifications of its own, and the last step of progress is announced with them.
bool has_own_notification(const job::Job& before, const JobRecord& record) {
    auto state = job::shown_as(record.durable().state);
    if (job::shown_as(before.state) != state)
        return state == job::State::Transferred || state == job::State::Error;
    if (!job::is_running(state)) return false;
    auto tally = tally_of(record);
    return tally.transferred == tally.total;
}

bool became(const job::Job& before, const job::Job& after, job::State state) {
    return job::shown_as(before.state) != state && after.state == state;
}

/// All files are transferred, or the job has failed. For a job that completes itself, this is announced when
/// its files have their names.
bool has_ended(const job::Job& before, const job::Job& after) {
    bool by_itself = job::completes_itself(after) && became(before, after, job::State::Acknowledged);
    return by_itself || became(before, after, job::State::Transferred) ||
           became(before, after, job::State::Error);
}

bool gives_names_first(const CommittedDecision& committed) {
    return std::find(committed.effects.begin(), committed.effects.end(), job::Effect::PublishFinished) !=
           committed.effects.end();
}

} // namespace

void Announcer::connect(JobObserver& observer, notify::Notifier& notifier) {
    observer_ = &observer;
    notifier_ = &notifier;
}

void Announcer::restored(const JobRecord& record) {
    const auto& job = record.durable();
    notifier_->add_job(job.id, job.owner, job.notify_service);
}

void Announcer::queue_notifications(const CommittedDecision& committed) {
    const auto& job = *committed.change->after;
    if (!committed.change->before) notifier_->add_job(job.id, job.owner, job.notify_service);
    notifier_->revoke(job.id, committed.revoked);
    for (const auto& row : committed.notifications)
        notifier_->add(job.id, row.row, row.notification);
}

void Announcer::announce(const CommittedDecision& committed, JobRecord& record, bool goes_on) {
    const auto& change = *committed.change;
    const auto& after = *change.after;
    if (!change.before) {
        journal::created(after);
        observer_->added(record);
        return;
    }
    const auto& before = *change.before;
    if (job::is_running(after.state) && !job::is_running(before.state)) {
        record.flow = {};
        record.yields = false;
    }
    for (auto index : change.arrivals.files)
        observer_->file_transferred(record, index);
    for (const auto& [index, ranges] : change.arrivals.ranges)
        observer_->ranges_filled(record, index, ranges);
    announce_change(change, goes_on);
    if (has_ended(before, after) && !gives_names_first(committed)) observer_->transfer_ended(after);
    if (change.changed_files) progressed(record);
    if (before.owner != after.owner) notifier_->change_owner(after.id, after.owner);
    journal::changed(before, after, record.sums().stored);
    if (!after.notify_flags.disable) call_client(change, record);
}

void Announcer::announce_change(const JobChange& change, bool goes_on) {
    const auto& id = change.after->id;
    auto first = unannounced_.try_emplace(id, change.before).first->second;
    if (goes_on) return;
    unannounced_.erase(id);
    if (!(*first == *change.after)) observer_->changed(*first, *change.after);
}

/// What only the callback object is told, and what is not kept for later.
void Announcer::call_client(const JobChange& change, const JobRecord& record) {
    const auto& job = record.durable();
    auto interval = job.minimum_notification_interval;
    if (job.notify_flags.file_ranges_transferred)
        for (const auto& [index, ranges] : change.arrivals.ranges)
            notifier_->ranges_filled(job.id, index, ranges, interval);
    if (job.notify_flags.modification && !has_own_notification(*change.before, record))
        notifier_->modified(job.id, interval);
}

void Announcer::progressed(JobRecord& record) {
    if (record.durable().state == job::State::Cancelled) return; // its data is being deleted
    record.progress_missed = static_cast<bool>(record.progress_timer);
    if (record.progress_missed) return;
    show_progress(record);
    record.progress_timer = loop_.at(clock_.now().boot + ProgressInterval, [this, &record] {
        record.progress_timer.reset();
        if (record.progress_missed) progressed(record);
    });
}

void Announcer::show_progress(JobRecord& record) {
    auto now = clock_.now().boot;
    record.rate = job::is_running(record.durable().state) ? record.flow.rate(now) : 0;
    record.rate_timer.reset();
    if (record.rate > 0)
        record.rate_timer = loop_.at(now + RateInterval, [this, &record] {
            record.rate_timer.reset();
            progressed(record);
        });
    const auto& sums = record.sums();
    bool resized = record.announced.known != sums.known || record.announced.unsized != sums.unsized;
    record.announced = sums;
    show_yielding(record);
    observer_->progressed(record, resized);
}

void Announcer::show_yielding(JobRecord& record) {
    bool yields = std::any_of(record.transfers.begin(), record.transfers.end(),
                              [](const auto& entry) { return entry.second.yields; });
    if (std::exchange(record.yields, yields) != yields) observer_->yielding_changed(record);
}

void Announcer::names_given(const JobRecord& record) {
    const auto& job = record.durable();
    notifier_->release(job.id);
    if (job.state == job::State::Error) observer_->transfer_ended(job);
}

void Announcer::removed(JobRecord& record) {
    const auto& job = record.durable();
    record.progress_timer.reset();
    if (std::exchange(record.progress_missed, false) && job.state != job::State::Cancelled)
        show_progress(record);
    record.rate_timer.reset();
    notifier_->forget(job.id);
    if (!job.notify_service.name.empty() && !job.expired)
        notifier_->service_works(job.owner, job.notify_service);
    observer_->removed(record, job::removal_result(job));
}

} // namespace haulier::daemon
