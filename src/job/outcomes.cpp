// SPDX-License-Identifier: LGPL-2.1-or-later
// Reports of the scheduler and of workers.
#include "job/outcomes.hpp"

#include "job/file_state.hpp"
#include "job/mirrors.hpp"
#include "job/transitions.hpp"
#include "job/url.hpp"
#include "job/validation.hpp"

#include <algorithm>
#include <fmt/core.h>
#include <utility>

namespace haulier::job {

namespace {

/// BITS 3.6: a failure counts when data was moving, or when it was a new try that failed.
bool counts(const Job& job) {
    return job.state == State::Transferring || job.failures > 0;
}

/// Causes of the whole job, whatever OnFileError says.
bool is_cause_of_job(Cause cause) {
    return cause == Cause::MaxDownloadTime || cause == Cause::MaxDownloadSize ||
           cause == Cause::ValidationFailed || cause == Cause::Internal;
}

/// What the disk has to do with is no failure: it is not counted, and no clock runs.
void wait_for_storage(File& file) {
    clear_retry(file);
    reset_no_progress(file);
    file.wait = Wait::Storage;
}

Wait wait_of(const Failure& failure) {
    if (failure.clock) return Wait::Clock;
    bool rests = failure.error.cause == Cause::HttpStatus && failure.retry_after.count() > 0 &&
                 (failure.error.code == 429 || failure.error.code == 503);
    return rests && !failure.by_proxy ? Wait::Host : Wait::Retry;
}

void wait_for_retry(Job& job, File& file, const Failure& failure, const RetryPolicy& policy, Random& random,
                    Now now) {
    job.failures += 1;
    file.failures += 1;
    auto wait = retry_delay(policy, job.minimum_retry_delay, file.failures, failure.retry_after, random);
    if (!job.clocks.stalled_since && !job.clocks.bar) job.clocks.stalled_since = now.boot;
    if (!file.clocks.stalled_since) file.clocks.stalled_since = now.boot - file.stalled_for;
    file.stalled_for = stalled_for(file, now);
    file.wait = wait_of(failure);
    file.retry_wait = wait;
    file.retry_date = now.wall + wait;
    file.clocks.retry_at = now.boot + wait;
    file.clocks.refused_at = failure.refused ? std::optional{now.boot} : std::nullopt;
}

/// Nothing cures it, or there is no patience to wait for that.
bool is_end_of_file(const Job& job, const Failure& failure) {
    if (has_custom_method(job)) return true;
    if (failure.storage) return false;
    return (failure.fatal && !failure.refused) || has_zero_timeout(job);
}

/// The file waits or has failed; what that means for the job follows from its other files.
void take_failure(Decision& d, uint32_t index, File& file, const Failure& failure, const RetryPolicy& policy,
                  Random& random, Now now) {
    if (is_end_of_file(d.job, failure)) {
        if (is_cause_of_job(failure.error.cause) && d.job.on_file_error == OnFileError::Continue)
            return fail_for_good(d, failure.error, now);
        return fail_file(d, index, file, failure.error, now);
    }
    file.error = failure.error;
    file.error->file = index;
    if (failure.storage)
        wait_for_storage(file);
    else
        wait_for_retry(d.job, file, failure, policy, random, now);
}

/// The file's present source gets another URL, unless it is one that would be refused.
void rename_source(File& file, std::string remote) {
    take_user(remote);
    if (remote.empty()) return;
    FileSpec renamed = file.spec;
    bool mirror = file.source > 0 && file.source < sources_of(file);
    (mirror ? renamed.mirrors[file.source - 1] : renamed.remote) = remote;
    if (!check_sources(renamed)) return;
    if (!is_same_server(url_of(file), remote)) file.redirected_cross_origin = true;
    file.spec = std::move(renamed);
}

/// A download that has just begun gets the name that the server gives it. One that goes on keeps its name.
void take_server_name(File& file, const std::string& name) {
    if (!file.spec.server_name || name.empty() || file.offset != 0) return;
    take_name(file.spec, name);
}

/// Open-ended segments get the end that the server reported.
std::vector<Segment> bounded(std::vector<Segment> segments, uint64_t total) {
    for (auto& s : segments)
        if (s.length == ToEnd && total != UnknownSize) s.length = total - std::min(total, s.remote);
    return segments;
}

/// Adds durable ranges to an on-demand file.
void fill(File& file, const std::vector<Segment>& segments, uint64_t offset) {
    auto filled = file.filled;
    auto fresh = first_bytes(bounded(segments, file.total), offset);
    filled.insert(filled.end(), fresh.begin(), fresh.end());
    file.filled = merged(std::move(filled));
    file.offset = length_of(file.filled);
    std::erase_if(file.wanted,
                  [&](const Range& r) { return missing(within({r}, file.total), file.filled).empty(); });
}

/// Any byte is progress, but a server that sends a few and hangs up is not asked again and again at once.
void note_progress(File& file, bool advanced) {
    if (advanced)
        reset_failures(file);
    else
        reset_no_progress(file);
}

void take_report(File& file, const Job& job, const Report& report, const std::vector<Segment>& segments) {
    file.validators = report.validators;
    file.total = report.total;
    if (job.on_demand)
        fill(file, segments, report.offset);
    else
        file.offset = report.offset;
}

/// No file is larger than this; a worker that reports more is wrong.
bool is_credible(const Report& report) {
    return report.offset <= MaxFileSize && (report.total == UnknownSize || report.total <= MaxFileSize);
}

void restart_from_zero(File& file) {
    file.offset = 0;
    requeue_filled(file);
    file.restarts += 1;
}

/// Why a file that has just begun cannot go on.
std::optional<JobError> fault_of(const Job& job, uint32_t index, const File& file, const Limits& limits) {
    if (file.restarts > limits.restarts)
        return JobError{Cause::RemoteFileChanged, 0,
                        fmt::format("the remote file changed {} times while it was fetched", file.restarts),
                        index};
    auto size = local_size(file.spec, file.total);
    if (!job.on_demand && size != UnknownSize && size > job.maximum_download_size.value_or(UnknownSize))
        return JobError{
            Cause::MaxDownloadSize, 0,
            fmt::format("the file has {} bytes, the job may have {}", size, *job.maximum_download_size),
            index};
    return std::nullopt;
}

void say_file(Decision& d, uint32_t index) {
    const auto& flags = d.job.notify_flags;
    if (flags.file_transferred && !flags.disable)
        d.notifications.push_back({NotificationKind::FileTransferred, index});
}

/// On demand: does any file still lack requested ranges? File `index` is as in `after`.
bool lacks_anything(const std::vector<File>& files, uint32_t index, const File& after) {
    for (uint32_t i = 0; i < files.size(); ++i)
        if (lacks_ranges(i == index ? after : files[i])) return true;
    return false;
}

/// All requested ranges are here, but not the whole file (BITS 1.7).
void settle_ranges(Decision& d, bool wanted, Now now) {
    d.job.ranges_wanted = wanted;
    if (wanted || !next(d.job.state, Event::RangesFilled)) return;
    apply(d.job, Event::RangesFilled, now);
    d.job.error.reset();
    clear_retry(d.job);
}

bool is_whole(const Job& job, const File& file) {
    if (job.on_demand) return is_filled(file);
    auto size = local_size(file.spec, file.total);
    return size == UnknownSize || file.offset >= size;
}

/// The end of the stream tells the size, if it was not known before.
void learn_total(const Job& job, File& file, const std::vector<Segment>& segments) {
    if (file.total != UnknownSize) return;
    bool to_end =
        std::any_of(segments.begin(), segments.end(), [](const Segment& s) { return s.length == ToEnd; });
    if (!job.on_demand && file.spec.ranges.empty()) file.total = file.offset;
    if (job.on_demand && to_end && !file.filled.empty())
        file.total = file.filled.back().offset + file.filled.back().length;
}

/// What a failure means for the file, independently of the job.
void mark_failure(File& file, const Failure& failure) {
    auto cause = failure.error.cause;
    file.clocks.other_folder = false;
    if (failure.void_offset || cause == Cause::LocalFileChanged) discard_progress(file);
    if (cause == Cause::LocalFileChanged) {
        file.stamp.reset();
        file.upload_url.clear();
    }
}

/// Segments are fetched in the order of the requests, so the first range that is not here is the one that
/// failed.
void drop_first_wanted(File& file) {
    auto failed = std::find_if(file.wanted.begin(), file.wanted.end(),
                               [&](const Range& r) { return !missing({r}, file.filled).empty(); });
    if (failed != file.wanted.end()) file.wanted.erase(failed);
}

/// A redirect that was reported has replaced the name that the client gave. Where it led to may have been
/// valid for a while only, so the name is asked once more.
bool return_to_named(File& file, const Failure& failure) {
    bool refused = failure.error.cause == Cause::HttpStatus && failure.fatal && failure.error.code >= 400 &&
                   failure.error.code < 500;
    if (file.named_remote.empty() || file.source != 0 || !refused) return false;
    file.spec.remote = std::exchange(file.named_remote, {});
    file.redirected_cross_origin = false;
    return true;
}

/// Another user's file that cannot be removed would block the name for ever. That user cannot know the new
/// name before it exists.
bool take_other_name(File& file, const Job& job, Random& random) {
    bool is_begun = !is_upload(job.type) && (file.offset != 0 || !file.filled.empty());
    if (file.part != 0 || is_begun) return false;
    constexpr double bits = uint64_t{1} << 53;
    file.part = static_cast<uint64_t>(random.fraction() * bits) | 1;
    return true;
}

/// With another source, and after the first wrong checksum, the file starts again at once (docs/decisions.md,
/// Jobs and File versions).
bool goes_on(File& file, const Job& job, const Failure& failure, Random& random) {
    if (failure.name_taken) return take_other_name(file, job, random);
    if (has_custom_method(job)) return false;
    if (failure.again) return true;
    if (return_to_named(file, failure)) return true;
    auto cause = failure.error.cause;
    if (blames_source(cause))
        if (auto other = after_failure(file, failure.fatal && !failure.refused)) {
            use_source(file, *other);
            file.restarts = 0;
            return true;
        }
    return cause == Cause::ChecksumMismatch && file.mismatches++ == 0;
}

} // namespace

std::optional<Decision> granted(const Job& job, Now now) {
    if (!next(job.state, Event::Granted)) return std::nullopt;
    Decision d = untouched(job, now);
    apply(d.job, Event::Granted, now);
    return d;
}

std::optional<Decision> interrupted(const Job& job, Now now) {
    if (!is_running(job.state)) return std::nullopt;
    Decision d = untouched(job, now);
    cut_off(d, now);
    return d;
}

std::optional<Decision> progressed(const Job& job, uint32_t index, const File& file, bool advanced, Now now) {
    bool job_stalls = job.failures > 0 || job.clocks.stalled_since;
    bool file_stalls = file.clocks.stalled_since || (advanced && file.failures > 0);
    if (!job_stalls && !file_stalls) return std::nullopt;
    Decision d = untouched(job, now);
    reset_failures(d.job);
    if (!file_stalls) return d;
    File after = file;
    note_progress(after, advanced);
    d.files.emplace(index, std::move(after));
    return d;
}

std::optional<Decision> begun(const Job& job, uint32_t index, const File& file, const Begun& begun,
                              const Limits& limits, Now now) {
    if (!is_running(job.state) || file.transferred || !is_credible(begun.report)) return std::nullopt;
    Decision d = touched(job, now);
    File after = file;
    after.validators = begun.report.validators;
    after.total = begun.report.total;
    after.response_headers = begun.headers;
    rename_source(after, begun.remote);
    if (after.spec.remote != file.spec.remote && file.named_remote.empty())
        after.named_remote = file.spec.remote;
    after.error.reset();
    clear_retry(after);
    if (!begun.origin.empty()) after.clocks.server = server_of(begun.origin, job.http.proxy);
    if (begun.folder.number != 0) after.folder = begun.folder;
    after.clocks.other_folder = false;
    if (!begun.upload_url.empty()) after.upload_url = begun.upload_url;
    if (begun.stamp) after.stamp = begun.stamp;
    if (begun.restarted)
        restart_from_zero(after);
    else if (is_upload(job.type))
        after.offset = begun.report.offset;
    else if (!job.on_demand)
        after.offset = std::min(file.offset, begun.report.offset);
    take_server_name(after, begun.name);
    d.job.reply_total = UnknownSize;
    d.job.reply_transferred = 0;
    if (auto fault = fault_of(job, index, after, limits)) {
        if (counts(job)) d.job.error_count += 1;
        if (is_cause_of_job(fault->cause))
            fail_for_good(d, std::move(*fault), now);
        else
            fail_file(d, index, after, std::move(*fault), now);
    } else {
        apply(d.job, Event::Connected, now);
        d.job.error.reset();
    }
    d.files.emplace(index, std::move(after));
    return d;
}

std::optional<Decision> checkpointed(const Job& job, uint32_t index, const File& file, const Report& report,
                                     const std::vector<Segment>& segments, Now now) {
    if (is_final(job.state) || file.transferred || !is_credible(report)) return std::nullopt;
    Decision d = touched(job, now);
    File after = file;
    take_report(after, job, report, segments);
    if (after.offset > file.offset) {
        reset_failures(d.job);
        note_progress(after, report.advanced);
    }
    d.files.emplace(index, std::move(after));
    return d;
}

std::optional<Decision> fetched(const Job& job, uint32_t index, const std::vector<File>& files,
                                const Fetched& fetched, const std::vector<Segment>& segments, Now now) {
    const File& file = files[index];
    if (!is_changeable(job.state) || file.transferred || !is_credible(fetched.report)) return std::nullopt;
    Decision d = touched(job, now);
    File after = file;
    take_report(after, job, fetched.report, segments);
    learn_total(job, after, segments);
    after.inode = fetched.inode;
    if (!fetched.headers.empty()) after.response_headers = fetched.headers;
    after.validation = Validation::None;
    // The checksum of a sparse file is checked in one more transfer, with an order without segments.
    bool judged = !job.on_demand || !file.spec.checksum || segments.empty();
    after.transferred = judged && is_whole(job, after);
    reset_failures(d.job);
    reset_failures(after);
    if (fetched.reply) d.job.reply_total = d.job.reply_transferred = *fetched.reply;
    if (after.transferred) {
        after.wanted.clear();
        d.job.files_transferred += 1;
        say_file(d, index);
    }
    if (d.job.files_transferred == d.job.files_total && next(d.job.state, Event::AllTransferred))
        finish(d, now);
    else if (job.on_demand)
        settle_ranges(d, lacks_anything(files, index, after), now);
    d.files.emplace(index, std::move(after));
    return d;
}

bool is_refusal(const Failure& failure) {
    if (failure.by_proxy || failure.retry_after.count() > 0) return false;
    const auto& [cause, code, message, file] = failure.error;
    if (cause == Cause::ConnectFailure || cause == Cause::ConnectionLost) return true;
    return cause == Cause::HttpStatus && (code == 403 || code == 429 || code == 503);
}

std::optional<Decision> failed(const Job& job, uint32_t index, const std::vector<File>& files,
                               const Failure& failure, const Around& around, const RetryPolicy& policy,
                               Random& random, Now now) {
    const File& file = files[index];
    if (is_final(job.state) || file.transferred) return std::nullopt;
    Decision d = touched(job, now);
    File after = file;
    mark_failure(after, failure);
    if (!failure.origin.empty() && !failure.by_proxy)
        after.clocks.server = server_of(failure.origin, job.http.proxy);
    rename_source(after, failure.remote);
    bool over = is_running(job.state) && !goes_on(after, job, failure, random);
    if (over && job.on_demand && failure.error.cause == Cause::InvalidRange) drop_first_wanted(after);
    if (over) {
        if (counts(job) && !failure.storage) d.job.error_count += 1;
        take_failure(d, index, after, failure, policy, random, now);
    }
    d.files.emplace(index, std::move(after));
    if (over && !around.others_move) settle(d, files, around.rest_of, now);
    return d;
}

std::optional<Decision> too_large(const Job& job, uint64_t bytes, Now now) {
    if (!next(job.state, Event::FailedForGood)) return std::nullopt;
    Decision d = touched(job, now);
    if (counts(job)) d.job.error_count += 1;
    fail_for_good(d,
                  {Cause::MaxDownloadSize, 0,
                   fmt::format("the files have {} bytes or more together, the job may have {}", bytes,
                               job.maximum_download_size.value_or(0)),
                   NoFile},
                  now);
    return d;
}

std::optional<Decision> settled(const Job& job, const std::vector<File>& files, Now now) {
    if (!job.on_demand || !is_running(job.state)) return std::nullopt;
    if (std::any_of(files.begin(), files.end(), lacks_ranges)) return std::nullopt;
    Decision d = untouched(job, now);
    settle_ranges(d, false, now);
    return d;
}

std::optional<Decision> replied(const Job& job, uint64_t total, uint64_t transferred) {
    if (!is_running(job.state)) return std::nullopt;
    if (job.reply_total == total && job.reply_transferred == transferred) return std::nullopt;
    Decision d;
    d.job = job;
    d.job.reply_total = total;
    d.job.reply_transferred = transferred;
    return d;
}

} // namespace haulier::job
