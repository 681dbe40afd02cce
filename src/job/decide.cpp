// SPDX-License-Identifier: LGPL-2.1-or-later
// The verbs: how a job is created, suspended, resumed and ended.
#include "job/decide.hpp"

#include "job/credentials.hpp"
#include "job/file_state.hpp"
#include "job/memory_usage.hpp"
#include "job/peers.hpp"
#include "job/segments.hpp"
#include "job/transitions.hpp"
#include "job/validation.hpp"

#include <algorithm>
#include <fmt/core.h>
#include <utility>

namespace haulier::job {

namespace {

Status check_room(const Job& job, size_t more, const Limits& limits) {
    if (is_upload(job.type) && job.files_total + more > 1)
        return Error{Errc::TooManyFiles, "an upload has one file"};
    return check_files(listed_files(job), more, limits);
}

/// Ranges need requests for ranges, and a file with no other layout.
Status check_whole_files(const Job& job) {
    auto refuse = [](std::string_view choice) {
        return Error{Errc::NotSupported, fmt::format("a job with {} cannot have files with ranges", choice)};
    };
    if (job.dynamic_content) return refuse("DynamicContent");
    if (job.on_demand) return refuse("OnDemand");
    if (has_custom_method(job)) return refuse("HttpMethod");
    return Done{};
}

/// A condition needs a request for the whole file, which can be repeated.
Status check_plain_requests(const Job& job) {
    auto refuse = [](std::string_view choice) {
        return Error{
            Errc::NotSupported,
            fmt::format("a job with {} cannot have files with IfModifiedSince or IfNoneMatch", choice)};
    };
    if (job.on_demand) return refuse("OnDemand");
    if (has_custom_method(job)) return refuse("HttpMethod");
    return Done{};
}

Status check_file_kind(const Job& job, const FileSpec& spec, const Limits& limits) {
    if (is_upload(job.type) && (!spec.ranges.empty() || !spec.mirrors.empty()))
        return Error{Errc::NotSupported, "Ranges and Mirrors are for downloads only"};
    if (is_upload(job.type) && (spec.existing != Existing::Replace || spec.server_name))
        return Error{Errc::NotSupported, "Existing and ServerName are for downloads only"};
    if (is_upload(job.type) && is_conditional(spec))
        return Error{Errc::NotSupported, "IfModifiedSince and IfNoneMatch are for downloads only"};
    if (is_conditional(spec))
        if (auto ok = check_plain_requests(job); !ok) return ok;
    if (spec.ranges.empty()) return Done{};
    if (auto ok = check_whole_files(job); !ok) return ok;
    return check_ranges(spec.ranges, limits.ranges_per_file);
}

Result<File> new_file(Job& job, const FileSpec& spec, const Limits& limits) {
    if (auto ok = check_file(spec); !ok) return ok.error();
    if (auto ok = check_file_kind(job, spec, limits); !ok) return ok.error();
    if (auto ok = check_peers(job, spec); !ok) return ok.error();
    File file;
    file.spec = spec;
    add_configured_peers(job, file.spec, limits);
    if (auto ok = take_users(job.http.credentials, file.spec); !ok) return ok.error();
    discard_progress(file);
    return file;
}

Status append(Decision& d, const std::vector<FileSpec>& specs, const Limits& limits) {
    if (auto ok = check_room(d.job, specs.size(), limits); !ok) return ok;
    for (size_t i = 0; i < specs.size(); ++i) {
        auto file = new_file(d.job, specs[i], limits);
        if (!file) return about_file(file.error(), i, specs.size());
        if (auto ok = check_reply(d.job, file->spec.local); !ok) return ok;
        if (auto ok = check_confinement(d.job, file->spec); !ok)
            return about_file(ok.error(), i, specs.size());
        d.files.emplace(d.job.files_total++, std::move(*file));
    }
    return Done{};
}

/// The client has seen that the job failed: what went wrong with its files before does not count any more. A
/// server that has lost the proof that its file is still the same is asked for all of it.
void forgive(Job& job, File& file) {
    file.restarts = 0;
    file.mismatches = 0;
    file.source_statuses.clear();
    bool unproven = file.error && file.error->cause == Cause::InvalidResponse;
    if (unproven && !file.transferred) discard_progress(file);
    if (std::exchange(file.failed, false)) job.files_failed -= 1;
}

/// The worker looks at the temporary file once more, and begins anew if it is gone.
void fetch_again(Job& job, File& file) {
    file.clocks.unpublished = false;
    file.transferred = false;
    file.inode = {};
    job.files_transferred -= 1;
}

/// With PublishFiles `each`, a file may be here that could not be given its name.
bool is_nameless(const Job& job, const File& file) {
    bool at_once = job.publish_files == PublishFiles::Each;
    return at_once && file.transferred && !file.completed && !file.naming && !file.failed;
}

void forget_bytes(File& file) {
    if (!file.transferred && file.offset > 0) discard_progress(file);
}

/// What Resume does to each file.
void start_anew(Decision& d, const Job& before, const std::vector<File>& files) {
    // A failed job whose files could not be given their names is transferred.
    bool has_ended = before.state == State::Error || before.state == State::Transferred;
    for (uint32_t i = 0; i < files.size(); ++i) {
        File file = files[i];
        if (file.removed) continue;
        if (has_ended) forgive(d.job, file);
        if (file.clocks.unpublished) {
            fetch_again(d.job, file);
            d.revoked.files.push_back(i);
        }
        withdraw_question(d, i, file);
        if (is_nameless(d.job, file)) start_naming(d.job, file);
        if (file.wait == Wait::Storage) file.clocks.other_folder = true;
        if (!file.failed) reset_failures(file);
        if (starts_from_zero(d.job) && !is_running(before.state)) forget_bytes(file);
        if (file != files[i]) d.files.emplace(i, std::move(file));
    }
}

bool wants_ranges(const std::vector<File>& files) {
    return std::any_of(files.begin(), files.end(), lacks_ranges);
}

/// Is there anything to transfer, and do the settings allow it?
Status check_work(const Job& job, const std::vector<File>& files) {
    if (listed_files(job) == 0) return Error{Errc::Empty, "the job has no file to transfer; add one first"};
    bool may_lack = job.state == State::Error || std::any_of(files.begin(), files.end(), [](const File& f) {
                        return f.clocks.unpublished || f.failed;
                    });
    if (job.files_transferred == job.files_total && !may_lack)
        return Error{Errc::Empty,
                     fmt::format("job {} has transferred all its files; complete it", job.id.hex)};
    if (job.on_demand && !wants_ranges(files) && job.files_transferred < job.files_total)
        return Error{Errc::Empty,
                     "nothing is requested of the job yet; request ranges first, then resume it"};
    bool conditions =
        std::any_of(files.begin(), files.end(), [](const File& f) { return is_conditional(f.spec); });
    if (conditions)
        if (auto ok = check_plain_requests(job); !ok) return ok;
    for (const auto& file : files)
        if (auto ok = check_peers(job, file.spec); !ok) return ok;
    bool ranges =
        std::any_of(files.begin(), files.end(), [](const File& f) { return !f.spec.ranges.empty(); });
    return ranges ? check_whole_files(job) : Status{Done{}};
}

} // namespace

Result<Decision> create(const Id& id, uint32_t owner, const Request& request, const Limits& limits, Now now) {
    if (!request.settings.has<&Settings::display_name>())
        return Error{Errc::InvalidArgument, "a job needs a display name"};
    if (auto ok = check_key(request.key); !ok) return ok.error();
    if (auto ok = check_app_id(request.app_id); !ok) return ok.error();
    Job job;
    job.id = id;
    job.type = request.type;
    job.owner = owner;
    job.key = request.key;
    job.app_id = request.app_id;
    job.app_id_source = request.app_id_source;
    job.grants = request.grants;
    job.created = now.wall;
    Decision d = touched(job, now);
    if (auto ok = apply_settings(d.job, request.settings); !ok) return ok.error();
    if (auto ok = check_confinement(d.job); !ok) return ok.error();
    if (auto ok = append(d, request.files, limits); !ok) return ok.error();
    if (!request.resume) return d;

    auto started = resume(d.job, {}, now);
    if (started) started->files = std::move(d.files);
    return started;
}

Result<Decision> add_files(const Job& job, const std::vector<FileSpec>& specs, const Limits& limits,
                           Now now) {
    if (auto ok = changeable(job); !ok) return ok.error();
    if (specs.empty())
        return Error{Errc::InvalidArgument, "the list of files is empty, at least one is needed"};
    Decision d = touched(job, now);
    if (auto ok = append(d, specs, limits); !ok) return ok.error();
    d.revoked.end = job.state == State::Transferred;
    return d;
}

Result<Decision> resume(const Job& job, const std::vector<File>& files, Now now) {
    if (auto ok = changeable(job); !ok) return ok.error();
    if (auto ok = check_work(job, files); !ok) return ok.error();

    Decision d = touched(job, now);
    // A failed job starts a new life; one that waits only waits no longer (BITS 3.1: progress alone resets
    // the clock).
    if (shown_as(job.state) != State::TransientError) reset_no_progress(d.job);
    // What was said of the old state is no longer true.
    d.revoked.end = job.state == State::Error || job.state == State::Transferred;
    d.job.resumed = true;
    d.job.transferred_at = {};
    d.job.failures = 0;
    d.job.active_for = {};
    clear_retry(d.job);
    apply(d.job, Event::Resume, now);
    start_anew(d, job, files);
    finish_if_over(d, files, now);
    return d;
}

Result<Decision> suspend(const Job& job, Now now) {
    if (auto ok = changeable(job); !ok) return ok.error();
    Decision d = touched(job, now);
    apply(d.job, Event::Suspend, now);
    if (d.job.state != State::Suspended) return d;
    reset_failures(d.job);
    clear_retry(d.job);
    d.effects = {Effect::StopTransfers};
    return d;
}

Result<Decision> cancel(const Job& job, Now now) {
    if (auto ok = changeable(job); !ok) return ok.error();
    Decision d = touched(job, now);
    end_cancelled(d, now);
    return d;
}

Result<Decision> complete(const Job& job, Now now) {
    if (auto ok = changeable(job); !ok) return ok.error();
    if (is_upload(job.type) && job.state != State::Transferred)
        return Error{
            Errc::InvalidState,
            fmt::format("job {} is an upload and not transferred ({}); a part of a file cannot be kept",
                        job.id.hex, to_string(job.state))};
    Decision d = touched(job, now);
    d.effects = {Effect::StopTransfers};
    start_publishing(d, now);
    return d;
}

} // namespace haulier::job
