// SPDX-License-Identifier: LGPL-2.1-or-later
// The verbs on single files.
#include "job/credentials.hpp"
#include "job/decide.hpp"
#include "job/file_state.hpp"
#include "job/hosts.hpp"
#include "job/mirrors.hpp"
#include "job/peers.hpp"
#include "job/segments.hpp"
#include "job/transitions.hpp"
#include "job/validation.hpp"

#include <algorithm>
#include <fmt/core.h>
#include <utility>

namespace haulier::job {

namespace {

Status on_demand_only(const Job& job) {
    if (!job.on_demand) return Error{Errc::NotSupported, fmt::format("job {} is not OnDemand", job.id.hex)};
    return Done{};
}

/// The file is fetched from there; what is here stays until the worker has compared the versions.
Status take_remote(Job& job, File& file, const std::string& remote) {
    if (auto ok = check_remote(remote); !ok) return ok;
    file.spec.remote = remote;
    if (auto ok = take_users(job.http.credentials, file.spec); !ok) return ok;
    use_source(file, 0);
    file.source_statuses.clear();
    file.named_remote.clear();
    reset_failures(file);
    return Done{};
}

Status rename_remote(Decision& d, uint32_t index, const File& file, const std::string& remote) {
    File after = file;
    if (auto ok = take_remote(d.job, after, remote); !ok) return ok;
    withdraw_question(d, index, file);
    after.redirected_cross_origin = false;
    after.secrets_for.clear();
    if (d.job.state != State::Error && std::exchange(after.failed, false)) d.job.files_failed -= 1;
    if (!file.transferred && d.effects.empty()) restart_transfers(d);
    d.files.emplace(index, std::move(after));
    return Done{};
}

/// Is called before the URL is replaced, and remembers the server for which the client gave its secrets.
void keep_secrets_there(File& file) {
    const auto& given = file.named_remote.empty() ? file.spec.remote : file.named_remote.get();
    if (file.secrets_for.empty()) file.secrets_for = server_of(given, {});
    // Without a remembered name, the replaced URL may come from a redirect, and that of the client is not
    // known.
    if (!file.named_remote.empty()) file.redirected_cross_origin = false;
}

/// A file with a new remote name does not wait any longer, so neither does its job.
void stop_waiting(Decision& d, Now now) {
    if (d.job.state != State::TransientError || d.files.empty()) return;
    apply(d.job, Event::RetryDue, now);
    clear_retry(d.job);
}

Status check_inside(const std::vector<Range>& ranges, uint64_t total) {
    if (total == UnknownSize) return Done{};
    for (const auto& r : ranges)
        if (r.offset >= total || (r.length != ToEnd && r.length > total - r.offset))
            return Error{Errc::InvalidRange,
                         fmt::format("the range at {} of length {} is not inside the file of {} bytes",
                                     r.offset, r.length, total)};
    return Done{};
}

Status check_requests(const Job& job) {
    if (auto ok = changeable(job); !ok) return ok;
    return on_demand_only(job);
}

} // namespace

Status downloads_only(const Job& job, std::string_view verb) {
    if (auto ok = changeable(job); !ok) return ok;
    if (is_upload(job.type)) return Error{Errc::NotSupported, fmt::format("{} is for downloads only", verb)};
    return Done{};
}

Result<uint32_t> file_number(const Job& job, uint32_t index) {
    if (index < job.files_total) return index;
    return Error{Errc::InvalidArgument,
                 fmt::format("there is no file {}, the job has {}", index, job.files_total)};
}

Result<uint32_t> file_to_change(const Job& job, uint32_t index) {
    if (auto ok = changeable(job); !ok) return ok.error();
    return file_number(job, index);
}

Result<Decision> set_remote_name(const Job& job, uint32_t index, const File& file, const std::string& remote,
                                 Now now) {
    if (auto ok = downloads_only(job, "SetRemoteName"); !ok) return ok.error();
    Decision d = touched(job, now);
    if (auto ok = rename_remote(d, index, file, remote); !ok) return ok.error();
    stop_waiting(d, now);
    return d;
}

Result<Decision> renew_remote_name(const Job& job, uint32_t index, const File& file,
                                   const std::string& remote, Now now) {
    if (auto ok = downloads_only(job, "RemoteNameExpired"); !ok) return ok.error();
    if (file.wait != Wait::Client)
        return Error{Errc::InvalidState, fmt::format("file {} does not wait for another remote name", index)};
    Decision d = touched(job, now);
    File after = file;
    keep_secrets_there(after);
    if (auto ok = take_remote(d.job, after, remote); !ok) return ok.error();
    after.renewal_asked = true;
    withdraw_question(d, index, file);
    d.files.emplace(index, std::move(after));
    stop_waiting(d, now);
    return d;
}

Result<Decision> replace_remote_prefix(const Job& job, const std::vector<File>& files,
                                       const std::string& from, const std::string& to, Now now) {
    if (auto ok = downloads_only(job, "ReplaceRemotePrefix"); !ok) return ok.error();
    if (from.empty()) return Error{Errc::InvalidArgument, "the old prefix is empty"};
    Decision d = touched(job, now);
    for (uint32_t i = 0; i < files.size(); ++i) {
        const auto& remote = files[i].spec.remote;
        if (files[i].removed || remote.rfind(from, 0) != 0) continue;
        auto ok = rename_remote(d, i, files[i], to + remote.substr(from.size()));
        if (!ok) return about_file(ok.error(), i, files.size());
    }
    stop_waiting(d, now);
    return d;
}

Result<Decision> set_validation(const Job& job, uint32_t index, const File& file, bool valid, Now now) {
    if (auto ok = downloads_only(job, "SetValidationState"); !ok) return ok.error();
    if (!file.transferred) return pending(index);
    if (auto ok = not_named(index, file); !ok) return ok.error();
    Decision d = touched(job, now);
    File after = file;
    after.validation = valid ? Validation::Valid : Validation::Invalid;
    if (!valid) {
        discard_progress(after);
        after.transferred = false;
        after.inode = {};
        after.clocks.unpublished = false;
        const Failure wrong{{Cause::ValidationFailed, 0, {}, index}};
        if (blames_peer(file, wrong))
            leave_peer(after, wrong);
        else if (auto other = after_failure(after, true))
            use_source(after, *other);
        if (job.on_demand) after.wanted = std::vector<Range>{{0, ToEnd}};
        d.job.ranges_wanted = d.job.ranges_wanted || job.on_demand;
        d.job.files_transferred -= 1;
        JobError error{Cause::ValidationFailed, 0, "the client found the content of the file wrong", index};
        if (!std::exchange(after.failed, true)) d.job.files_failed += 1;
        after.error = error;
        reject(d, std::move(error), now);
        d.revoked.files.push_back(index);
    }
    d.files.emplace(index, std::move(after));
    return d;
}

Result<Decision> request_ranges(const Job& job, uint32_t index, const File& file,
                                const std::vector<Range>& ranges, const Limits& limits, Now now) {
    if (auto ok = check_requests(job); !ok) return ok.error();
    if (auto ok = check_wanted(ranges, limits.ranges_per_file); !ok) return ok.error();
    if (auto ok = check_inside(ranges, file.total); !ok) return ok.error();
    Decision d = touched(job, now);
    if (file.transferred || missing(ranges, file.filled).empty()) return d;
    File after = file;
    auto& wanted = after.wanted.edit();
    wanted.insert(wanted.end(), ranges.begin(), ranges.end());
    if (after.wanted.size() > limits.ranges_per_file)
        return Error{Errc::TooManyRanges,
                     fmt::format("{} ranges are asked for and not here yet, over the limit of {}",
                                 after.wanted.size(), limits.ranges_per_file)};
    d.job.ranges_wanted = true;
    d.files.emplace(index, std::move(after));
    return d;
}

Result<std::vector<Range>> filled_ranges(const Job& job, const File& file) {
    if (auto ok = on_demand_only(job); !ok) return ok.error();
    return file.filled.get();
}

Result<Decision> update_position(const Job& job, uint32_t index, const File& file, uint64_t offset, Now now) {
    if (auto ok = check_requests(job); !ok) return ok.error();
    if (auto ok = check_wanted({{offset, ToEnd}}, 1); !ok) return ok.error();
    if (auto ok = check_inside({{offset, ToEnd}}, file.total); !ok) return ok.error();
    Decision d = touched(job, now);
    if (file.transferred) return d;
    File after = file;
    after.wanted = std::vector<Range>{{offset, ToEnd}};
    if (offset > 0) after.wanted.edit().push_back({0, offset});
    d.job.ranges_wanted = true;
    restart_transfers(d);
    d.files.emplace(index, std::move(after));
    return d;
}

} // namespace haulier::job
