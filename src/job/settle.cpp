// SPDX-License-Identifier: LGPL-2.1-or-later
// What the failures of files mean for their job (docs/decisions.md, Failures of files and hosts).
#include "job/file_state.hpp"
#include "job/outcomes.hpp"
#include "job/transitions.hpp"

#include <algorithm>
#include <fmt/core.h>
#include <utility>

namespace haulier::job {

namespace {

/// Why a file may not be tried now. Without a date it waits for an event.
struct Pause {
    Wait wait = Wait::Retry;
    std::optional<BootTime> until;
    WallTime date;
    JobError why;
};

/// Nothing: the file may be tried now.
std::optional<Pause> pause_of(uint32_t index, const File& file, const RestOf& rest_of, Now now) {
    auto why = file.error.value_or(JobError{});
    if (waits_for_event(file.wait)) return Pause{file.wait, {}, {}, why};
    std::optional<Pause> pause;
    if (!is_due(file, now.boot)) pause = Pause{file.wait, file.clocks.retry_at, file.retry_date, why};
    auto rest = rest_of ? rest_of(index) : std::nullopt;
    if (rest && (!pause || *pause->until < rest->until)) {
        pause = Pause{Wait::Host, rest->until, rest->date, rest->why};
        pause->why.file = index;
    }
    return pause;
}

bool is_earlier(const Pause& pause, const std::optional<Pause>& than) {
    if (!than) return true;
    return pause.until && (!than->until || *pause.until < *than->until);
}

void wait(Decision& d, Pause pause, Now now) {
    apply(d.job, Event::Deferred, now);
    d.job.wait = pause.wait;
    d.job.error = std::move(pause.why);
    d.job.clocks.retry_at = pause.until;
    d.job.retry_wait = pause.until ? std::max(Usec{0}, *pause.until - now.boot) : Usec{0};
    d.job.retry_date = pause.date;
    if (!waits_for_event(pause.wait)) return;
    fold(d.job, now);
    d.job.clocks.stalled_since.reset();
}

/// Nothing is left that could be transferred. The sentence counts, because the error is that of one file.
void fail_incomplete(Decision& d, const std::vector<File>& files, Now now) {
    std::optional<JobError> first;
    for (uint32_t i = 0; i < d.job.files_total && !first; ++i)
        if (const auto& file = file_after(d, files, i); file.failed) first = file.error;
    if (!first) return;
    if (listed_files(d.job) > 1)
        first->message = fmt::format("{} of {} files failed; file {}: {}", d.job.files_failed,
                                     listed_files(d.job), first->file, first->message);
    fail_for_good(d, std::move(*first), now);
    if (d.job.auto_complete) d.effects.push_back(Effect::PublishFinished);
}

/// With `stop`, a failure without patience for it is the end of the job; with `continue`, that of the file.
bool is_out_of_patience(const Job& job, const File& file, Now now) {
    return is_unfinished(job, file) && file.clocks.stalled_since &&
           stalled_for(file, now) >= job.no_progress_timeout;
}

JobError no_progress_error(const Job& job, const std::optional<JobError>& last) {
    JobError error{Cause::NoProgress, 0,
                   fmt::format("no progress for {} seconds", job.no_progress_timeout.count()), NoFile};
    if (!last) return error;
    error.code = last->code;
    error.file = last->file;
    error.message += fmt::format("; last: {} ({})", last->message, to_string(last->cause));
    return error;
}

} // namespace

void fail_file(Decision& d, uint32_t index, File& file, JobError error, Now now) {
    error.file = index;
    if (!std::exchange(file.failed, true)) d.job.files_failed += 1;
    clear_retry(file);
    reset_no_progress(file);
    file.error = error;
    if (d.job.on_file_error == OnFileError::Stop) fail_for_good(d, std::move(error), now);
}

void settle(Decision& d, const std::vector<File>& files, const RestOf& rest_of, Now now) {
    if (!next(d.job.state, Event::Deferred)) return;
    std::optional<Pause> first;
    bool naming = false;
    for (uint32_t i = 0; i < d.job.files_total; ++i) {
        const auto& file = file_after(d, files, i);
        naming = naming || file.naming;
        if (!is_unfinished(d.job, file)) continue;
        auto pause = pause_of(i, file, rest_of, now);
        if (!pause) return;
        if (is_earlier(*pause, first)) first = std::move(pause);
    }
    if (first)
        wait(d, std::move(*first), now);
    else if (!naming)
        fail_incomplete(d, files, now);
}

std::optional<Decision> deferred(const Job& job, const std::vector<File>& files, const RestOf& rest_of,
                                 Now now) {
    Decision d = untouched(job, now);
    settle(d, files, rest_of, now);
    if (d.job.state == job.state) return std::nullopt;
    return d;
}

std::optional<Decision> no_progress(const Job& job, const std::vector<File>& files, Now now) {
    if (!next(job.state, Event::NoProgress) || is_no_progress_paused(job)) return std::nullopt;
    Decision d = touched(job, now);
    if (job.on_file_error == OnFileError::Stop) {
        fail_for_good(d, no_progress_error(job, job.error), now);
        return d;
    }
    for (uint32_t i = 0; i < files.size(); ++i) {
        if (!is_out_of_patience(job, files[i], now)) continue;
        File after = files[i];
        fail_file(d, i, after, no_progress_error(job, after.error), now);
        d.files.emplace(i, std::move(after));
    }
    if (d.files.empty()) return std::nullopt;
    if (!is_running(job.state)) settle(d, files, {}, now);
    return d;
}

} // namespace haulier::job
