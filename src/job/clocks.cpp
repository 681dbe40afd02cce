// SPDX-License-Identifier: LGPL-2.1-or-later
// Timers and the machine's environment (BITS 2.3, 3.1).
#include "job/file_state.hpp"
#include "job/outcomes.hpp"
#include "job/transitions.hpp"

#include <algorithm>
#include <fmt/core.h>

namespace haulier::job {

namespace {

std::string_view sentence_of(Cause cause) {
    if (cause == Cause::BlockedByCost) return "the job may not use the present network, see NetworkCost";
    if (cause == Cause::BlockedByPower)
        return "the job may not run on the present power supply, see PowerPolicy";
    return "there is no network";
}

/// Starts, or for cost and power stops, the no-progress clock.
void count_blocked(Job& job, Now now) {
    auto& since = job.clocks.stalled_since;
    if (is_no_progress_paused(job))
        since.reset();
    else if (!since)
        since = now.boot - job.stalled_for;
}

/// BITS 3.3: with a no-progress timeout of zero, or a method that cannot be repeated, the job fails.
bool is_final_block(const Job& job, Cause cause) {
    if (has_custom_method(job) && is_running(job.state)) return true;
    return cause == Cause::NetworkLost && job.no_progress_timeout.count() == 0;
}

} // namespace

std::optional<Decision> retry_due(const Job& job, Now now) {
    if (!next(job.state, Event::RetryDue)) return std::nullopt;
    Decision d = untouched(job, now);
    apply(d.job, Event::RetryDue, now);
    clear_retry(d.job);
    return d;
}

std::optional<Decision> try_again(const Job& job, const std::vector<File>& files, Now now) {
    if (waits_for_event(job)) return std::nullopt;
    auto d = retry_due(job, now);
    if (!d) return d;
    for (uint32_t i = 0; i < files.size(); ++i) {
        if (!files[i].clocks.retry_at) continue;
        auto& after = d->files.emplace(i, files[i]).first->second;
        clear_retry(after);
        // What kept the whole job from trying was not the file's.
        if (after.clocks.stalled_since) after.clocks.stalled_since = now.boot - after.stalled_for;
    }
    return d;
}

std::optional<Decision> wait_is_over(const Job& job, const std::vector<File>& files,
                                     const std::vector<uint32_t>& indexes, Wait wait, Now now) {
    if (!is_changeable(job.state)) return std::nullopt;
    Decision d = untouched(job, now);
    for (auto index : indexes)
        if (files[index].wait == wait) clear_retry(d.files.emplace(index, files[index]).first->second);
    if (d.files.empty()) return std::nullopt;
    if (job.state != State::TransientError) return d;
    apply(d.job, Event::RetryDue, now);
    clear_retry(d.job);
    return d;
}

std::optional<Decision> owner_is(const Job& job, bool away, Now now) {
    if (job.clocks.owner_away == away || is_final(job.state)) return std::nullopt;
    Decision d = untouched(job, now);
    d.job.clocks.owner_away = away;
    if (away && is_running(job.state)) cut_off(d, now);
    return d;
}

std::optional<Decision> out_of_time(const Job& job, Now now) {
    if (!is_running(job.state)) return std::nullopt;
    Decision d = touched(job, now);
    if (job.state == State::Transferring) d.job.error_count += 1;
    fail_for_good(d,
                  {Cause::MaxDownloadTime, 0,
                   fmt::format("the job has been active for {} seconds", job.maximum_download_time.count()),
                   NoFile},
                  now);
    return d;
}

std::optional<Decision> expired(const Job& job, Now now) {
    if (!is_changeable(job.state) || is_running(job.state)) return std::nullopt;
    Decision d = touched(job, now);
    d.job.expired = true;
    end_cancelled(d, now);
    return d;
}

std::optional<Decision> blocked(const Job& job, Cause cause, Now now) {
    if (!next(job.state, Event::Blocked)) return std::nullopt;
    bool was_blocked = job.state == State::Blocked;
    if (was_blocked && job.error->cause == cause) return std::nullopt;
    Decision d = untouched(job, now);
    JobError error{cause, 0, std::string{sentence_of(cause)}, NoFile};
    if (is_final_block(job, cause)) {
        fail_for_good(d, std::move(error), now);
        return d;
    }
    if (is_running(job.state)) d.effects = {Effect::StopTransfers};
    if (!was_blocked) apply(d.job, Event::Blocked, now);
    d.job.error = std::move(error);
    clear_retry(d.job);
    count_blocked(d.job, now);
    return d;
}

std::optional<BootTime> expiry_of(const Job& job, Usec empty, Usec inactive, Now now) {
    if (is_running(job.state) || (job.clocks.bar && is_active(job.state))) return std::nullopt;
    auto allowed_to_run = now.boot + (start_date(job) - now.wall);
    return std::max(job.clocks.touched_at, allowed_to_run) + (listed_files(job) == 0 ? empty : inactive);
}

std::optional<BootTime> end_of_time(const Job& job) {
    if (!job.clocks.active_since) return std::nullopt;
    return *job.clocks.active_since + (job.maximum_download_time - job.active_for);
}

Decision recover(Job job, Now now) {
    Decision d;
    d.job = std::move(job);
    auto& m = d.job.clocks;
    m = {};
    // If the wall clock was set back, `modified` may lie in the future.
    m.touched_at = now.boot - std::max(Usec{0}, now.wall - d.job.modified);
    if (d.job.state == State::TransientError && !waits_for_event(d.job.wait)) {
        auto left = std::clamp(d.job.retry_date - now.wall, Usec{0}, d.job.retry_wait);
        m.retry_at = now.boot + left;
        d.job.retry_date = now.wall + left;
    }
    auto effects = effects_to_repeat(d.job);
    if (is_running(d.job.state)) cut_off(d, now);
    continue_no_progress(d.job, now);
    d.effects.insert(d.effects.end(), effects.begin(), effects.end());
    return d;
}

std::vector<Effect> effects_to_repeat(const Job& job) {
    switch (job.state) {
    case State::Publishing: return {Effect::Publish};
    case State::Acknowledged: return {Effect::DiscardUnfinished};
    case State::Cancelled: return {Effect::DiscardAll};
    case State::Error:
        if (job.auto_complete && job.on_file_error == OnFileError::Continue) return {Effect::PublishFinished};
        return {};
    case State::Suspended:
    case State::Queued:
    case State::Connecting:
    case State::Transferring:
    case State::TransientError:
    case State::Blocked:
    case State::Transferred: return {};
    }
    return {};
}

} // namespace haulier::job
