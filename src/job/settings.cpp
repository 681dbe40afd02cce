// SPDX-License-Identifier: LGPL-2.1-or-later
// Which values the settings take, alone and together, and what a change does to a live job.
#include "job/settings.hpp"

#include "base/limits.hpp"
#include "job/budget.hpp"
#include "job/conditions.hpp"
#include "job/credentials.hpp"
#include "job/decide.hpp"
#include "job/http_validation.hpp"
#include "job/outcomes.hpp"
#include "job/settings_patch.hpp"
#include "job/text_checks.hpp"
#include "job/transitions.hpp"
#include "job/validation.hpp"

#include <algorithm>
#include <fmt/core.h>

namespace haulier::job {

namespace {

using std::chrono::seconds;

/// BITS: the floor of the retry delay.
constexpr seconds LeastRetryDelay{5};

/// Some 70,000 years from now: sums with it do not overflow.
constexpr Usec LatestDate{int64_t{1} << 61};
constexpr seconds LongestAnswerTimeout{86400};

} // namespace

// ---- single values ----

namespace checks {

Status display_name(const Job& /*job*/, std::string& name) {
    if (name.empty()) return invalid_argument("the display name is empty, 1 to 256 characters are needed");
    return Done{};
}

Status retry_delay(const Job& /*job*/, seconds& delay) {
    delay = std::max(delay, LeastRetryDelay);
    return Done{};
}

Status download_time(const Job& /*job*/, seconds& time) {
    if (time < seconds{1})
        return invalid_argument("the maximum download time is 0, at least 1 second is needed");
    return Done{};
}

/// For languages that cannot hold 2^64-1.
Status download_size(const Job& /*job*/, std::optional<uint64_t>& size) {
    if (size == 0) size.reset();
    return Done{};
}

Status bandwidth(const Job& /*job*/, uint64_t& limit) {
    return check_bandwidth_limit(limit);
}

Status not_before(const Job& /*job*/, WallTime& date) {
    if (date.since_epoch < Usec{0} || date.since_epoch > LatestDate)
        return invalid_argument("the date of NotBefore is out of range");
    return Done{};
}

Status answer_timeout(const Job& /*job*/, seconds& time) {
    if (time > LongestAnswerTimeout)
        return invalid_argument(fmt::format("the answer timeout is {} seconds, at most {} are allowed",
                                            time.count(), LongestAnswerTimeout.count()));
    return Done{};
}

Status temporary_directory(const Job& /*job*/, std::string& path) {
    while (path.size() > 1 && path.ends_with('/'))
        path.pop_back();
    return path.empty() ? Status{Done{}} : check_path("temporary directory", path);
}

Status connections(const Job& /*job*/, uint32_t& number) {
    if (number > MaxConnections)
        return invalid_argument(
            fmt::format("{} connections for a file are more than {}", number, MaxConnections));
    return Done{};
}

Status umask(const Job& /*job*/, std::optional<uint32_t>& mask) {
    if (mask && *mask > 0777)
        return invalid_argument(fmt::format("umask {:o} is not between 0 and 777", *mask));
    return Done{};
}

Status proxy_list(const Job& /*job*/, std::string& list) {
    return check_proxy_list(list);
}

Status proxy_bypass(const Job& /*job*/, std::string& bypass) {
    return check_proxy_bypass(bypass);
}

Status method(const Job& job, std::string& method) {
    auto kept = method_for(job.type, method);
    if (!kept) return kept.error();
    method = std::move(*kept);
    return Done{};
}

Status certificate(const Job& /*job*/, std::string& path) {
    return path.empty() ? Status{Done{}} : check_path("client certificate", path);
}

Status client_key(const Job& /*job*/, std::string& path) {
    return path.empty() ? Status{Done{}} : check_path("file with the client's key", path);
}

Status certificate_authority(const Job& /*job*/, std::string& path) {
    return path.empty() ? Status{Done{}} : check_path("file with certificate authorities", path);
}

Status headers(const Job& /*job*/, std::vector<std::string>& lines) {
    return check_headers(lines);
}

/// It cannot be undone.
Status write_only(const Job& job, bool& write_only) {
    write_only = write_only || job.http.headers_write_only;
    return Done{};
}

/// Each takes its slot among those that the job has.
Status credentials(const Job& job, std::vector<Credentials>& added) {
    auto all = job.http.credentials;
    for (const auto& one : added) {
        if (auto ok = check_credentials(one); !ok) return ok;
        if (auto ok = put_credentials(all, one); !ok) return ok;
    }
    added = std::move(all);
    return Done{};
}

Status reply_file(const Job& /*job*/, std::string& path) {
    return path.empty() ? Status{Done{}} : check_path("reply file", path);
}

} // namespace checks

namespace shown {

std::optional<Visibility> visibility(const Job& job, const Surroundings& surroundings) {
    return job.visibility.value_or(surroundings.usual_visibility);
}

std::optional<NetworkCost> network_cost(const Job& job, const Surroundings& /*surroundings*/) {
    return cost_of(job);
}

std::vector<std::string> headers(const Job& job, const Surroundings& /*surroundings*/) {
    return job.http.headers_write_only ? std::vector<std::string>{} : job.http.headers;
}

std::string reply_file(const Job& job, const Surroundings& surroundings) {
    return job.type == Type::UploadReply ? job::reply_file(job, surroundings.files) : job.reply_file_name;
}

} // namespace shown

// ---- all of a patch ----

namespace {

Status check_kind(const Job& job, std::string_view name, Kinds kinds) {
    switch (kinds) {
    case Kinds::All: return Done{};
    case Kinds::Downloads:
        if (!is_upload(job.type)) return Done{};
        return Error{Errc::NotSupported, fmt::format("{} is for downloads only", name)};
    case Kinds::UploadReplies:
        if (job.type == Type::UploadReply) return Done{};
        return Error{Errc::NotSupported, fmt::format("{} is for jobs of type 'upload-reply' only", name)};
    }
    return Done{};
}

Status check_lock(const Job& job, std::string_view name, Lock lock) {
    switch (lock) {
    case Lock::Never: return Done{};
    case Lock::AfterFirstFile:
        if (job.files_total == 0) return Done{};
        return Error{Errc::ReadOnlyAfterAddFile,
                     fmt::format("{} must be chosen before the first file", name)};
    case Lock::AfterResume:
        if (!job.resumed) return Done{};
        return Error{Errc::ReadOnlyAfterResume,
                     fmt::format("{} must be chosen before the first Resume", name)};
    }
    return Done{};
}

template <class T>
Status check_length(std::string_view name, const T& text, size_t longest) {
    if constexpr (std::is_same_v<T, std::string>)
        if (longest != 0) return characters_at_most(name, text, longest);
    return Done{};
}

template <class Row>
Status apply_setting(Job& job, const Row& row, const SettingsPatch& patch) {
    if (!patch.has(row)) return Done{};
    if (auto ok = check_kind(job, row.name, row.kinds); !ok) return ok;
    if (auto ok = check_lock(job, row.name, row.lock); !ok) return ok;
    auto value = patch.get(row);
    if (auto ok = check_length(row.name, value, row.longest); !ok) return ok;
    if (row.check)
        if (auto ok = row.check(job, value); !ok) return ok;
    row.in(job) = std::move(value);
    return Done{};
}

/// A method of its own fixes the priority.
Status fix_priority(Job& job, const SettingsPatch& patch) {
    if (!has_custom_method(job)) return Done{};
    if (patch.has<&Settings::priority>() && job.priority != Priority::Foreground)
        return Error{Errc::ReadOnly,
                     fmt::format("with method {} the priority is fixed to 'foreground'", job.http.method)};
    job.priority = Priority::Foreground;
    return Done{};
}

/// Each is fine alone, but together?
Status check_together(const Job& job) {
    auto clash = [](std::string_view one, std::string_view other) {
        return Error{Errc::NotSupported, fmt::format("{} and {} cannot be used together", one, other)};
    };
    if (job.dynamic_content && job.on_demand) return clash("DynamicContent", "OnDemand");
    if (has_custom_method(job) && job.dynamic_content) return clash("HttpMethod", "DynamicContent");
    if (has_custom_method(job) && job.on_demand) return clash("HttpMethod", "OnDemand");
    const auto& proxy = job.http.proxy;
    if (proxy.mode == Proxy::Mode::Override && proxy.list.find_first_not_of(' ') == std::string::npos)
        return invalid_argument("proxy mode 'override' needs a list of proxies");
    return Done{};
}

} // namespace

Status apply_settings(Job& job, const SettingsPatch& patch) {
    Status ok = Done{};
    for_each_setting([&](const auto& row) {
        if (ok) ok = apply_setting(job, row, patch);
    });
    if (ok) ok = fix_priority(job, patch);
    return ok ? check_together(job) : ok;
}

// ---- what a change does to a live job ----

namespace {

/// Is something set that has this impact?
bool has_impact(const SettingsPatch& patch, Impact impact) {
    bool found = false;
    for_each_setting([&](const auto& row) { found = found || (row.impact == impact && patch.has(row)); });
    return found;
}

/// Has something another value that has this impact?
bool differs(const Job& before, const Job& after, Impact impact) {
    bool found = false;
    for_each_setting([&](const auto& row) {
        found = found || (row.impact == impact && !(row.in(before) == row.in(after)));
    });
    return found;
}

/// Is the reply, or may it be, in its directory under its temporary name?
bool is_reply_placed(const Job& job) {
    bool begun = job.reply_total != UnknownSize || job.reply_transferred > 0;
    return begun || is_running(job.state) || job.state == State::Transferred;
}

Status check_new_reply(const Job& before, const Job& after, const std::vector<File>& files) {
    if (files.empty()) return Done{};
    auto directory = directory_of(reply_file(before, files));
    if (is_reply_placed(before) && directory_of(reply_file(after, files)) != directory)
        return Error{
            Errc::InvalidState,
            fmt::format("the reply is received in '{}' and can only have another name there", directory)};
    return check_reply(after, files.front().spec.local);
}

/// Transfers under way were started with values that no longer hold.
void restart_if_needed(Decision& d, const Job& before, Now now) {
    const Job& after = d.job;
    if (!is_running(after.state)) return;
    bool changes_pool = (before.priority == Priority::Foreground) != (after.priority == Priority::Foreground);
    if (changes_pool || differs(before, after, Impact::RestartTransfers)) restart_transfers(d);
    if (after.dynamic_content && after.priority != Priority::Foreground) {
        d.effects = {Effect::StopTransfers};
        apply(d.job, Event::Interrupted, now);
    }
}

/// Removing the service brings no client that has to be told; new flags still do.
bool brings_listener(const SettingsPatch& patch) {
    bool removed =
        patch.has<&Settings::notify_service>() && patch.get<&Settings::notify_service>().name.empty();
    if (removed) return patch.has<&Settings::notify_flags>();
    return has_impact(patch, Impact::RepeatNotifications);
}

/// The client does not want to be asked any more: files that wait for its answers are tried without them.
void stop_asking(Decision& d, const std::vector<File>& files, Now now) {
    for (uint32_t i = 0; i < files.size(); ++i) {
        if (files[i].wait != Wait::Client) continue;
        withdraw_question(d, i, files[i]);
        clear_retry(d.files.emplace(i, files[i]).first->second);
    }
    if (d.files.empty() || d.job.state != State::TransientError) return;
    apply(d.job, Event::RetryDue, now);
    clear_retry(d.job);
}

/// BITS 3.2: the job has already been without progress for longer than it may be now.
void fail_if_out_of_patience(Decision& d, const std::vector<File>& files, Now now) {
    if (shown_as(d.job.state) != State::TransientError || is_no_progress_paused(d.job)) return;
    bool over = stalled_for(d.job, now) >= d.job.no_progress_timeout;
    if (!over && !has_zero_timeout(d.job)) return;
    if (auto ended = no_progress(d.job, files, now)) d = std::move(*ended);
}

} // namespace

Result<Decision> change(const Job& job, const std::vector<File>& files, const SettingsPatch& patch, Now now) {
    if (auto ok = changeable(job); !ok) return ok.error();
    Decision d = touched(job, now);
    if (auto ok = apply_settings(d.job, patch); !ok) return ok.error();
    if (auto ok = check_confinement(d.job); !ok) return ok.error();
    if (patch.has<&Settings::reply_file_name>())
        if (auto ok = check_new_reply(job, d.job, files); !ok) return ok.error();
    restart_if_needed(d, job, now);
    if (has_impact(patch, Impact::ShortenPatience)) fail_if_out_of_patience(d, files, now);
    if (brings_listener(patch)) repeat_notifications(d);
    const auto& flags = d.job.notify_flags;
    if (patch.has<&Settings::notify_flags>()) {
        d.revoked.all_files = flags.disable || !flags.file_transferred;
        if (flags.disable || !flags.remote_name_expired) stop_asking(d, files, now);
    }
    bool whole = job.state == State::Transferred && job.files_transferred == job.files_total;
    if (whole && patch.get<&Settings::auto_complete>()) start_publishing(d, now);
    return d;
}

Result<Removed> remove_credentials(const Job& job, Credentials::Target target, Credentials::Scheme scheme,
                                   Now now) {
    if (auto ok = changeable(job); !ok) return ok.error();
    Removed removed;
    removed.decision = touched(job, now);
    auto gone = std::erase_if(removed.decision.job.http.credentials,
                              [=](const Credentials& c) { return c.target == target && c.scheme == scheme; });
    removed.found = gone > 0;
    return removed;
}

Result<Decision> renotify(const Job& job, Now now) {
    if (auto ok = changeable(job); !ok) return ok.error();
    Decision d = touched(job, now);
    repeat_notifications(d);
    return d;
}

} // namespace haulier::job
