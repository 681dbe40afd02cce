// SPDX-License-Identifier: LGPL-2.1-or-later
#include "job/transitions.hpp"

#include "job/conditions.hpp"
#include "job/segments.hpp"

#include <algorithm>
#include <cassert>
#include <fmt/core.h>
#include <utility>

namespace haulier::job {

namespace {

/// Starts and stops the clocks that run in some states only; `ran`: the job had a slot before.
void set_clocks(Job& job, bool ran, Now now) {
    if (!is_running(job.state)) {
        job.clocks.active_since.reset();
    } else if (!ran) {
        job.clocks.active_since = now.boot;
        job.clocks.slice_since = now.boot;
    }
    bool counting = job.failures > 0 || job.stalled_for > Usec{0};
    if (counting && is_active(job.state) && !job.clocks.stalled_since && !job.clocks.bar)
        job.clocks.stalled_since = now.boot - job.stalled_for;
}

} // namespace

void fold(Job& job, Now now) {
    auto& m = job.clocks;
    if (m.active_since) {
        job.active_for += std::max(Usec{0}, now.boot - *m.active_since);
        m.active_since = now.boot;
    }
    job.stalled_for = stalled_for(job, now);
}

void touch(Job& job, Now now) {
    job.modified = now.wall;
    job.clocks.touched_at = now.boot;
}

Decision untouched(const Job& job, Now now) {
    Decision d;
    d.job = job;
    fold(d.job, now);
    return d;
}

Decision touched(const Job& job, Now now) {
    Decision d = untouched(job, now);
    touch(d.job, now);
    return d;
}

void clear_retry(Job& job) {
    job.wait = Wait::Retry;
    job.retry_wait = {};
    job.retry_date = {};
    job.clocks.retry_at.reset();
}

bool waits_for_event(const Job& job) {
    return job.state == State::TransientError && waits_for_event(job.wait);
}

void reset_no_progress(Job& job) {
    job.stalled_for = {};
    job.clocks.stalled_since.reset();
}

void reset_failures(Job& job) {
    job.failures = 0;
    reset_no_progress(job);
}

Usec stalled_for(const Job& job, Now now) {
    const auto& since = job.clocks.stalled_since;
    return since ? std::max(Usec{0}, now.boot - *since) : job.stalled_for;
}

bool has_zero_timeout(const Job& job) {
    return job.no_progress_timeout.count() == 0 || job.minimum_retry_delay > job.no_progress_timeout;
}

bool is_no_progress_paused(const Job& job) {
    if (waits_for_event(job) || job.clocks.bar) return true;
    return job.state == State::Blocked && job.error->cause != Cause::NetworkLost;
}

void continue_no_progress(Job& job, Now now) {
    bool counting = job.failures > 0 || job.stalled_for > Usec{0} || job.state == State::Blocked;
    if (counting && is_active(job.state) && !is_no_progress_paused(job))
        job.clocks.stalled_since = now.boot - job.stalled_for;
}

Status changeable(const Job& job) {
    if (is_final(job.state))
        return Error{Errc::InvalidState, fmt::format("job {} has ended ({}), it cannot be changed",
                                                     job.id.hex, to_string(job.state))};
    if (!is_changeable(job.state))
        return Error{Errc::InvalidState, fmt::format("job {} is being completed", job.id.hex)};
    return Done{};
}

void apply(Job& job, Event event, Now now) {
    auto after = next(job.state, event);
    assert(after);
    bool ran = is_running(job.state);
    bool changed = *after != job.state;
    fold(job, now);
    job.state = *after;
    if (changed) touch(job, now);
    set_clocks(job, ran, now);
}

void restart_transfers(Decision& d) {
    if (!is_running(d.job.state) || has_custom_method(d.job) || is_upload(d.job.type)) return;
    d.effects.push_back(Effect::StopTransfers);
}

void cut_off(Decision& d, Now now) {
    if (has_custom_method(d.job)) {
        JobError error{Cause::WorkerLost, 0, "the request was cut off, and cannot be repeated", NoFile};
        return fail_for_good(d, std::move(error), now);
    }
    apply(d.job, Event::Interrupted, now);
    d.effects = {Effect::StopTransfers};
}

void fail_for_good(Decision& d, JobError error, Now now) {
    const auto& flags = d.job.notify_flags;
    apply(d.job, Event::FailedForGood, now);
    if (flags.error && !flags.disable) d.notifications.push_back({NotificationKind::Error, error.file});
    d.job.error = std::move(error);
    clear_retry(d.job);
    reset_no_progress(d.job);
    d.effects = {Effect::StopTransfers};
}

void reject(Decision& d, JobError error, Now now) {
    const auto& flags = d.job.notify_flags;
    if (is_running(d.job.state)) d.effects = {Effect::StopTransfers};
    apply(d.job, Event::Rejected, now);
    d.job.error = std::move(error);
    d.job.transferred_at = {};
    d.job.failures = 0;
    clear_retry(d.job);
    reset_no_progress(d.job);
    d.revoked.end = true;
    if (flags.error && !flags.disable)
        d.notifications.push_back({NotificationKind::Error, d.job.error->file});
}

void start_publishing(Decision& d, Now now) {
    apply(d.job, Event::Complete, now);
    d.revoked.end = d.revoked.questions = true;
    std::erase_if(d.notifications, [&](const Notification& n) { return d.revoked.covers(n); });
    clear_retry(d.job);
    reset_no_progress(d.job);
    d.effects.push_back(Effect::Publish);
}

void finish(Decision& d, Now now) {
    const auto& flags = d.job.notify_flags;
    apply(d.job, Event::AllTransferred, now);
    d.job.transferred_at = now.wall;
    d.job.error.reset();
    reset_failures(d.job);
    clear_retry(d.job);
    if (d.job.auto_complete) return start_publishing(d, now);
    if (flags.transferred && !flags.disable)
        d.notifications.push_back({NotificationKind::Transferred, NoFile});
}

bool is_over(const Decision& d, const std::vector<File>& files) {
    if (d.job.files_transferred != d.job.files_total) return false;
    for (uint32_t i = 0; i < d.job.files_total; ++i)
        if (const auto& file = file_after(d, files, i); file.naming || file.failed) return false;
    return true;
}

void finish_if_over(Decision& d, const std::vector<File>& files, Now now) {
    if (next(d.job.state, Event::AllTransferred) && is_over(d, files)) finish(d, now);
}

void end_cancelled(Decision& d, Now now) {
    apply(d.job, Event::Cancel, now);
    clear_retry(d.job);
    reset_no_progress(d.job);
    d.revoked = {.end = true, .all_files = true, .questions = true, .files = {}};
    d.effects = {Effect::StopTransfers, Effect::DiscardAll};
}

void repeat_notifications(Decision& d) {
    const auto& flags = d.job.notify_flags;
    d.revoked.end = true;
    d.notifications.clear();
    bool whole = d.job.files_transferred == d.job.files_total;
    if (d.job.state == State::Transferred && whole && flags.transferred && !flags.disable)
        d.notifications.push_back({NotificationKind::Transferred, NoFile});
    if (d.job.state == State::Error && flags.error && !flags.disable)
        d.notifications.push_back({NotificationKind::Error, d.job.error ? d.job.error->file : NoFile});
}

void say_file(Decision& d, uint32_t index) {
    const auto& flags = d.job.notify_flags;
    if (flags.file_transferred && !flags.disable)
        d.notifications.push_back({NotificationKind::FileTransferred, index});
}

void withdraw_question(Decision& d, uint32_t index, const File& file) {
    if (file.wait == Wait::Client) d.revoked.files.push_back(index);
}

bool has_custom_method(const Job& job) {
    return !is_upload(job.type) && !job.http.method.empty();
}

bool starts_from_zero(const Job& job) {
    return job.dynamic_content || has_custom_method(job);
}

const File& file_after(const Decision& d, const std::vector<File>& files, uint32_t index) {
    auto changed = d.files.find(index);
    return changed == d.files.end() ? files[index] : changed->second;
}

void start_naming(Job& job, File& file) {
    file.naming = true;
    file.error.reset();
    file.clocks.unpublished = false;
    if (std::exchange(file.failed, false)) job.files_failed -= 1;
}

void discard_progress(File& file) {
    file.offset = 0;
    file.pieces.clear();
    file.total = file.spec.ranges.empty() ? file.spec.size : UnknownSize;
    file.validators = {};
    file.from_peers = false;
    file.folder = {};
    requeue_filled(file);
}

void requeue_filled(File& file) {
    auto& wanted = file.wanted.edit();
    wanted.insert(wanted.begin(), file.filled.begin(), file.filled.end());
    file.filled.clear();
}

} // namespace haulier::job
