// SPDX-License-Identifier: LGPL-2.1-or-later
// What comes back from the worker and the clocks, and what it means.
#include "job/decide.hpp"

#include "job/moves.hpp"

#include <algorithm>
#include <fmt/core.h>

namespace haulier::job {

namespace {

void fail_for_good(Decision& d, JobError error) {
    const auto& flags = d.job.notify_flags;
    move(d.job, Event::FailedForGood);
    if (flags.error && !flags.disable) d.notices.push_back({NoticeKind::Error, error.file});
    d.job.error = std::move(error);
    forget_wait(d.job);
    forget_stall(d.job);
    d.effects = {Effect::StopTransfers};
}

/// BITS 3.6: a failure counts when data was moving, or when it was a new try that failed.
bool counts(const Job& job) {
    return job.state == State::Transferring || job.failures > 0;
}

void fail_for_now(Decision& d, const Failure& failure, const RetryPolicy& policy, Random& random, Now now) {
    Job& job = d.job;
    job.failures += 1;
    auto wait = retry_delay(policy, job.minimum_retry_delay, job.failures, failure.retry_after, random);
    if (!job.moments.stalled_since) job.moments.stalled_since = now.boot;
    job.stalled_for = now.boot - *job.moments.stalled_since;
    job.retry_wait = wait;
    job.retry_date = now.wall + wait;
    job.moments.retry_at = now.boot + wait;
    job.error = failure.error;
    move(job, Event::Failed);
    d.effects = {Effect::StopTransfers};
}

/// BITS 3.2: no patience at all, or less than one wait.
bool has_no_patience(const Job& job) {
    return job.no_progress_timeout.count() == 0 || job.minimum_retry_delay > job.no_progress_timeout;
}

void reset_failures(Job& job) {
    job.failures = 0;
    forget_stall(job);
}

void void_bytes(File& file) {
    file.offset = 0;
    file.total = file.spec.size;
    file.validators = {};
}

} // namespace

std::optional<Decision> granted(const Job& job) {
    if (!next(job.state, Event::Granted)) return std::nullopt;
    Decision d;
    d.job = job;
    move(d.job, Event::Granted);
    return d;
}

std::optional<Decision> interrupted(const Job& job) {
    if (!is_running(job.state)) return std::nullopt;
    Decision d;
    d.job = job;
    move(d.job, Event::Interrupted);
    return d;
}

std::optional<Decision> progressed(const Job& job) {
    if (job.failures == 0 && !job.moments.stalled_since) return std::nullopt;
    Decision d;
    d.job = job;
    reset_failures(d.job);
    return d;
}

std::optional<Decision> begun(const Job& job, uint32_t index, const File& file, uint64_t offset,
                              bool restarted, const Validators& validators, uint64_t total,
                              const Limits& limits, Now now) {
    if (!is_running(job.state) || file.transferred) return std::nullopt;
    Decision d = touched(job, now);
    File after = file;
    after.validators = validators;
    after.total = total;
    if (restarted) {
        after.offset = 0;
        after.restarts += 1;
    } else {
        after.offset = std::min(file.offset, offset);
    }
    if (after.restarts > limits.restarts) {
        fail_for_good(
            d, {Cause::RemoteFileChanged, 0,
                fmt::format("the remote file changed {} times while it was fetched", after.restarts), index});
    } else {
        move(d.job, Event::Connected);
        d.job.error.reset();
    }
    d.files.emplace(index, std::move(after));
    return d;
}

std::optional<Decision> checkpointed(const Job& job, uint32_t index, const File& file, uint64_t offset,
                                     const Validators& validators, uint64_t total, Now now) {
    if (is_final(job.state) || file.transferred) return std::nullopt;
    Decision d = touched(job, now);
    File after = file;
    after.offset = offset;
    after.validators = validators;
    after.total = total;
    if (offset > file.offset) reset_failures(d.job);
    d.files.emplace(index, std::move(after));
    return d;
}

std::optional<Decision> fetched(const Job& job, uint32_t index, const File& file, uint64_t size,
                                const Validators& validators, Inode inode, Now now) {
    if (is_final(job.state) || job.completing || file.transferred) return std::nullopt;
    Decision d = touched(job, now);
    File after = file;
    after.total = size;
    after.offset = size;
    after.validators = validators;
    after.inode = inode;
    after.transferred = true;
    d.files.emplace(index, std::move(after));
    d.job.files_transferred += 1;
    reset_failures(d.job);

    const auto& flags = d.job.notify_flags;
    if (flags.file_transferred && !flags.disable) d.notices.push_back({NoticeKind::FileTransferred, index});
    if (d.job.files_transferred == d.job.files_total && next(d.job.state, Event::AllTransferred)) {
        move(d.job, Event::AllTransferred);
        d.job.transferred_at = now.wall;
        d.job.error.reset();
        forget_wait(d.job);
        if (flags.transferred && !flags.disable) d.notices.push_back({NoticeKind::Transferred, NoFile});
    }
    return d;
}

std::optional<Decision> failed(const Job& job, uint32_t index, const File& file, const Failure& failure,
                               const RetryPolicy& policy, Random& random, Now now) {
    if (is_final(job.state) || file.transferred) return std::nullopt;
    Decision d = touched(job, now);
    File after = file;
    if (failure.void_offset) void_bytes(after);
    bool once_more = failure.error.cause == Cause::ChecksumMismatch && after.mismatches++ == 0;
    d.files.emplace(index, std::move(after));
    // A first mismatch may be a damaged transfer: the file starts again at once (design 5.4).
    if (once_more || !is_running(job.state)) return d;

    if (counts(job)) d.job.error_count += 1;
    if (failure.fatal || has_no_patience(job))
        fail_for_good(d, failure.error);
    else
        fail_for_now(d, failure, policy, random, now);
    return d;
}

std::optional<Decision> retry_due(const Job& job) {
    if (!next(job.state, Event::RetryDue)) return std::nullopt;
    Decision d;
    d.job = job;
    move(d.job, Event::RetryDue);
    forget_wait(d.job);
    return d;
}

std::optional<Decision> no_progress(const Job& job, Now now) {
    if (!next(job.state, Event::NoProgress) || job.completing) return std::nullopt;
    Decision d = touched(job, now);
    JobError error{Cause::NoProgress, 0,
                   fmt::format("no progress for {} seconds", job.no_progress_timeout.count()), NoFile};
    if (job.error) {
        error.code = job.error->code;
        error.file = job.error->file;
        error.sentence += fmt::format("; last: {} ({})", job.error->sentence, to_word(job.error->cause));
    }
    fail_for_good(d, std::move(error));
    return d;
}

std::optional<Decision> published(const Job& job, uint32_t index, const File& file) {
    if (!job.completing || !file.transferred) return std::nullopt;
    Decision d;
    d.job = job;
    File after = file;
    after.completed = true;
    d.files.emplace(index, std::move(after));
    return d;
}

std::optional<Decision> publish_succeeded(const Job& job, Now now) {
    if (!job.completing) return std::nullopt;
    Decision d = touched(job, now);
    move(d.job, Event::Published);
    d.job.completing = false;
    d.effects = {Effect::DiscardUnfinished};
    return d;
}

std::optional<Decision> publish_failed(const Job& job, Now now) {
    if (!job.completing) return std::nullopt;
    Decision d = touched(job, now);
    d.job.completing = false;
    return d;
}

Decision recover(const Job& job, Now now) {
    Decision d;
    d.job = job;
    if (is_running(job.state)) move(d.job, Event::Interrupted);
    if (job.state == State::TransientError) {
        auto left = std::clamp(job.retry_date - now.wall, Usec{0}, job.retry_wait);
        d.job.moments.retry_at = now.boot + left;
        d.job.retry_date = now.wall + left;
    }
    if (job.failures > 0 && is_active(job.state)) d.job.moments.stalled_since = now.boot - job.stalled_for;
    if (job.completing) d.effects.push_back(Effect::Publish);
    if (job.state == State::Acknowledged) d.effects.push_back(Effect::DiscardUnfinished);
    if (job.state == State::Cancelled) d.effects.push_back(Effect::DiscardAll);
    return d;
}

} // namespace haulier::job
