// SPDX-License-Identifier: LGPL-2.1-or-later
// What the failure of a file leads to: another source, a wait, or its end.
#include "job/file_state.hpp"
#include "job/mirrors.hpp"
#include "job/outcomes.hpp"
#include "job/peers.hpp"
#include "job/transitions.hpp"
#include "job/url.hpp"
#include "job/validation.hpp"

#include <algorithm>
#include <fmt/core.h>
#include <utility>

namespace haulier::job {

namespace {

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

/// The server refuses the file under this URL, as it does after a link has expired.
bool is_expiry(const Failure& failure) {
    if (failure.error.cause != Cause::HttpStatus || failure.by_proxy) return false;
    // A server that allows no more connections, or asks for a pause, may answer with 403, too.
    if (!failure.fatal || failure.refused) return false;
    auto status = failure.error.code;
    return status == 401 || status == 403 || status == 410;
}

/// The client is asked once. It is asked again only after something has come from the URL that it gave.
bool asks_client(const Job& job, const File& file, const Failure& failure) {
    const auto& flags = job.notify_flags;
    if (!flags.remote_name_expired || flags.disable || file.renewal_asked) return false;
    if (is_upload(job.type) || has_custom_method(job) || !is_expiry(failure)) return false;
    return file.offset > 0 || job.renew_remote_name == RenewRemoteName::Always;
}

/// No clock of the job runs meanwhile: the notifier decides how long the client may take.
void ask_client(Decision& d, uint32_t index, File& file, const JobError& error) {
    file.error = error;
    file.error->file = index;
    file.renewal_asked = true;
    clear_retry(file);
    reset_no_progress(file);
    file.wait = Wait::Client;
    d.notifications.push_back({NotificationKind::RemoteNameExpired, index});
}

/// The file waits or has failed; what that means for the job follows from its other files.
void take_failure(Decision& d, uint32_t index, File& file, const Failure& failure, const RetryPolicy& policy,
                  Random& random, Now now) {
    if (asks_client(d.job, file, failure)) return ask_client(d, index, file, failure.error);
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
    auto& wanted = file.wanted.edit();
    auto failed = std::find_if(wanted.begin(), wanted.end(),
                               [&](const Range& r) { return !missing({r}, file.filled).empty(); });
    if (failed != wanted.end()) wanted.erase(failed);
}

/// A redirect that was reported has replaced the name that the client gave. Where it led to may have been
/// valid for a while only, so the name is asked once more.
bool return_to_named(File& file, const Failure& failure) {
    bool refused = failure.error.cause == Cause::HttpStatus && failure.fatal && failure.error.code >= 400 &&
                   failure.error.code < 500;
    if (file.named_remote.empty() || file.source != 0 || !refused) return false;
    file.spec.remote = std::exchange(file.named_remote, std::string{});
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

void count_error(Job& job) {
    if (job.state == State::Transferring || job.failures > 0) job.error_count += 1;
}

bool is_cause_of_job(Cause cause) {
    return cause == Cause::MaxDownloadTime || cause == Cause::MaxDownloadSize ||
           cause == Cause::ValidationFailed || cause == Cause::Internal;
}

void rename_source(File& file, std::string remote) {
    take_user(remote);
    if (remote.empty()) return;
    FileSpec renamed = file.spec;
    bool mirror = file.source > 0 && file.source < sources_of(file);
    (mirror ? renamed.mirrors.edit()[file.source - 1] : renamed.remote) = remote;
    if (!check_sources(renamed)) return;
    if (!is_same_server(url_of(file), remote)) file.redirected_cross_origin = true;
    file.spec = std::move(renamed);
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
    if (blames_peer(file, failure)) {
        leave_peer(after, failure);
        d.files.emplace(index, std::move(after));
        return d;
    }
    mark_failure(after, failure);
    if (!failure.origin.empty() && !failure.by_proxy)
        after.clocks.server = server_of(failure.origin, job.http.proxy);
    rename_source(after, failure.remote);
    bool over = is_running(job.state) && !goes_on(after, job, failure, random);
    // Only now: the name that the client gave has just been asked, and must not be asked once more at once.
    if (after.spec.remote != file.spec.remote && file.named_remote.empty())
        after.named_remote = file.spec.remote;
    if (over && job.on_demand && failure.error.cause == Cause::InvalidRange) drop_first_wanted(after);
    if (over) {
        if (!failure.storage) count_error(d.job);
        take_failure(d, index, after, failure, policy, random, now);
    }
    d.files.emplace(index, std::move(after));
    if (over && !around.others_move) settle(d, files, around.rest_of, now);
    return d;
}

std::optional<Decision> not_renewed(const Job& job, uint32_t index, const std::vector<File>& files,
                                    const Around& around, Now now) {
    const File& file = files[index];
    if (!is_changeable(job.state) || file.wait != Wait::Client) return std::nullopt;
    Decision d = touched(job, now);
    withdraw_question(d, index, file);
    File after = file;
    clear_retry(after);
    if (is_active(job.state)) fail_file(d, index, after, file.error.value_or(JobError{}), now);
    d.files.emplace(index, std::move(after));
    if (!around.others_move) settle(d, files, around.rest_of, now);
    return d;
}

std::optional<Decision> too_large(const Job& job, uint64_t bytes, Now now) {
    if (!next(job.state, Event::FailedForGood)) return std::nullopt;
    Decision d = touched(job, now);
    count_error(d.job);
    fail_for_good(d,
                  {Cause::MaxDownloadSize, 0,
                   fmt::format("the files have {} bytes or more together, the job may have {}", bytes,
                               job.maximum_download_size.value_or(0)),
                   NoFile},
                  now);
    return d;
}

} // namespace haulier::job
