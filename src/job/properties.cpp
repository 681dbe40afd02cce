// SPDX-License-Identifier: LGPL-2.1-or-later
// The writable properties: which values they take, when they are fixed, and what a change does to a live job.
#include "job/properties.hpp"

#include "job/credentials.hpp"
#include "job/http_validation.hpp"
#include "job/outcomes.hpp"
#include "job/transitions.hpp"
#include "job/validation.hpp"

#include <filesystem>
#include <fmt/core.h>

namespace haulier::job {

namespace {

using std::chrono::seconds;

/// BITS: the floor of the retry delay.
constexpr seconds LeastRetryDelay{5};
/// Less would only keep a connection busy.
constexpr uint64_t LeastBandwidth = 1024;

/// Some 70,000 years from now: sums with it do not overflow.
constexpr Usec LatestDate{int64_t{1} << 61};

template <class T>
void put(T& where, const std::optional<T>& wish) {
    if (wish) where = *wish;
}

Error invalid(std::string message) {
    return {Errc::InvalidArgument, std::move(message)};
}

Status download_only(const Job& job, std::string_view name) {
    if (is_upload(job.type)) return Error{Errc::NotSupported, fmt::format("{} is for downloads only", name)};
    return Done{};
}

Status before_resume(const Job& job, std::string_view name) {
    if (job.resumed)
        return Error{Errc::ReadOnlyAfterResume,
                     fmt::format("{} must be chosen before the first Resume", name)};
    return Done{};
}

Status open_choice(const Job& job, std::string_view name) {
    if (auto ok = download_only(job, name); !ok) return ok;
    return before_resume(job, name);
}

Status take_texts(Job& job, const SettingsPatch& w) {
    if (w.display_name)
        if (auto ok = check_display_name(*w.display_name); !ok) return ok;
    if (w.description)
        if (auto ok = check_description(*w.description); !ok) return ok;
    put(job.display_name, w.display_name);
    put(job.description, w.description);
    return Done{};
}

Status take_notification(Job& job, const SettingsPatch& w) {
    put(job.notify_flags, w.notify_flags);
    put(job.notify_service, w.notify_service);
    put(job.minimum_notification_interval, w.minimum_notification_interval);
    return Done{};
}

Status take_clocks(Job& job, const SettingsPatch& w) {
    if (w.minimum_retry_delay) job.minimum_retry_delay = std::max(*w.minimum_retry_delay, LeastRetryDelay);
    put(job.no_progress_timeout, w.no_progress_timeout);
    if (w.maximum_download_time && *w.maximum_download_time < seconds{1})
        return invalid("the maximum download time is 0, at least 1 second is needed");
    put(job.maximum_download_time, w.maximum_download_time);
    return Done{};
}

Status take_conditions(Job& job, const SettingsPatch& w) {
    if (w.network_cost) job.network_cost = *w.network_cost;
    put(job.power_policy, w.power_policy);
    if (w.not_before && (w.not_before->since_epoch < Usec{0} || w.not_before->since_epoch > LatestDate))
        return invalid("the date of NotBefore is not one of this era");
    put(job.not_before, w.not_before);
    put(job.auto_complete, w.auto_complete);
    if (w.bandwidth_limit && *w.bandwidth_limit != 0 && *w.bandwidth_limit < LeastBandwidth)
        return invalid(fmt::format(
            "a bandwidth limit of {} bytes a second is too small, 0 (none) or at least {} is needed",
            *w.bandwidth_limit, LeastBandwidth));
    put(job.bandwidth_limit, w.bandwidth_limit);
    return Done{};
}

Status take_size_limit(Job& job, const SettingsPatch& w) {
    if (!w.maximum_download_size) return Done{};
    if (auto ok = open_choice(job, "MaximumDownloadSize"); !ok) return ok;
    if (*w.maximum_download_size == 0) return invalid("a maximum download size of 0 lets nothing through");
    job.maximum_download_size = *w.maximum_download_size;
    return Done{};
}

Status take_manner(Job& job, const SettingsPatch& w) {
    if (w.dynamic_content)
        if (auto ok = open_choice(job, "DynamicContent"); !ok) return ok;
    if (w.on_demand)
        if (auto ok = open_choice(job, "OnDemand"); !ok) return ok;
    if (w.high_performance) {
        if (auto ok = download_only(job, "HighPerformance"); !ok) return ok;
        if (job.files_total > 0)
            return Error{Errc::ReadOnlyAfterAddFile, "HighPerformance must be chosen before the first file"};
    }
    put(job.dynamic_content, w.dynamic_content);
    put(job.on_demand, w.on_demand);
    put(job.high_performance, w.high_performance);
    return Done{};
}

Status take_method(Job& job, const SettingsPatch& w) {
    if (!w.http_method) return Done{};
    if (auto ok = before_resume(job, "HttpMethod"); !ok) return ok;
    auto method = method_for(job.type, *w.http_method);
    if (!method) return method.error();
    job.http.method = *method;
    if (has_custom_method(job)) job.priority = Priority::Foreground;
    return Done{};
}

/// After the method, which may have fixed it.
Status take_priority(Job& job, const SettingsPatch& w) {
    if (!w.priority) return Done{};
    if (has_custom_method(job) && *w.priority != Priority::Foreground)
        return Error{Errc::ReadOnly,
                     fmt::format("with method {} the priority is fixed to 'foreground'", job.http.method)};
    job.priority = *w.priority;
    return Done{};
}

Status take_proxy(Proxy& proxy, const SettingsPatch& w) {
    if (w.proxy_list)
        if (auto ok = check_proxy_list(*w.proxy_list); !ok) return ok;
    if (w.proxy_bypass)
        if (auto ok = check_proxy_bypass(*w.proxy_bypass); !ok) return ok;
    put(proxy.mode, w.proxy_mode);
    put(proxy.list, w.proxy_list);
    put(proxy.bypass, w.proxy_bypass);
    if (proxy.mode == Proxy::Mode::Override && proxy.list.find_first_not_of(' ') == std::string::npos)
        return invalid("proxy mode 'override' needs a list of proxies");
    return Done{};
}

Status take_headers(Http& http, const SettingsPatch& w) {
    if (!w.custom_headers) return Done{};
    if (auto ok = check_headers(w.custom_headers->lines); !ok) return ok;
    http.headers = w.custom_headers->lines;
    http.headers_write_only = http.headers_write_only || w.custom_headers->write_only;
    return Done{};
}

Status take_identity(Http& http, const SettingsPatch& w) {
    for (const auto& c : w.credentials) {
        if (auto ok = check_credentials(c); !ok) return ok;
        if (auto ok = put_credentials(http.credentials, c); !ok) return ok;
    }
    if (w.client_certificate && !w.client_certificate->empty())
        if (auto ok = check_path("client certificate", *w.client_certificate); !ok) return ok;
    put(http.client_certificate, w.client_certificate);
    return Done{};
}

Status take_http(Job& job, const SettingsPatch& w) {
    put(job.http.security, w.security_flags);
    put(job.http.redirect, w.redirect_policy);
    if (auto ok = take_proxy(job.http.proxy, w); !ok) return ok;
    if (auto ok = take_headers(job.http, w); !ok) return ok;
    return take_identity(job.http, w);
}

Status take_reply_file(Job& job, const SettingsPatch& w) {
    if (!w.reply_file_name) return Done{};
    if (job.type != Type::UploadReply)
        return Error{Errc::NotSupported, "ReplyFileName is for jobs of type 'upload-reply' only"};
    if (!w.reply_file_name->empty())
        if (auto ok = check_path("reply file", *w.reply_file_name); !ok) return ok;
    job.reply_file_name = *w.reply_file_name;
    return Done{};
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

/// Each is fine alone, but together?
Status check_together(const Job& job) {
    auto clash = [](std::string_view one, std::string_view other) {
        return Error{Errc::NotSupported, fmt::format("{} and {} cannot be had together", one, other)};
    };
    if (job.dynamic_content && job.on_demand) return clash("DynamicContent", "OnDemand");
    if (has_custom_method(job) && job.dynamic_content) return clash("HttpMethod", "DynamicContent");
    if (has_custom_method(job) && job.on_demand) return clash("HttpMethod", "OnDemand");
    return Done{};
}

/// BITS 3.2: less patience than has been used up already.
void run_out_of_patience(Decision& d, const SettingsPatch& w, Now now) {
    if (!w.no_progress_timeout && !w.minimum_retry_delay) return;
    if (d.job.state != State::TransientError || is_no_progress_paused(d.job)) return;
    bool over = stalled_for(d.job, now) >= d.job.no_progress_timeout;
    if (!over && !has_zero_timeout(d.job)) return;
    if (auto ended = no_progress(d.job, now)) d = std::move(*ended);
}

/// What data in flight was asked for with is no longer right.
void disturb(Decision& d, const Job& before, Now now) {
    const Job& after = d.job;
    if (!is_running(after.state)) return;
    if (after.bandwidth_limit != before.bandwidth_limit || !(after.http.security == before.http.security))
        restart_transfers(d);
    if (after.dynamic_content && after.priority != Priority::Foreground) {
        d.effects = {Effect::StopTransfers};
        apply(d.job, Event::Interrupted, now);
    }
}

} // namespace

Status apply_settings(Job& job, const SettingsPatch& wishes) {
    using Take = Status (*)(Job&, const SettingsPatch&);
    for (Take take : {take_texts, take_notification, take_clocks, take_conditions, take_size_limit,
                      take_manner, take_method, take_priority, take_http, take_reply_file})
        if (auto ok = take(job, wishes); !ok) return ok;
    return check_together(job);
}

Status check_reply(const Job& job, const std::string& local) {
    if (job.type != Type::UploadReply) return Done{};
    auto reply = reply_file(job, local);
    if (auto ok = check_path("reply file", reply); !ok)
        return Error{ok.error().code, ok.error().message + ": choose another ReplyFileName"};
    using std::filesystem::path;
    if (path{reply}.lexically_normal() == path{local}.lexically_normal())
        return invalid(fmt::format("the reply file '{}' is the file that is sent", reply));
    return Done{};
}

Result<Decision> change(const Job& job, const std::vector<File>& files, const SettingsPatch& wishes,
                        Now now) {
    if (auto ok = changeable(job); !ok) return ok.error();
    Decision d = touched(job, now);
    if (auto ok = apply_settings(d.job, wishes); !ok) return ok.error();
    if (wishes.reply_file_name)
        if (auto ok = check_new_reply(job, d.job, files); !ok) return ok.error();
    disturb(d, job, now);
    bool listener = wishes.notify_service && !wishes.notify_service->name.empty();
    if (wishes.notify_flags || listener) repeat_notifications(d);
    run_out_of_patience(d, wishes, now);
    bool whole = job.state == State::Transferred && job.files_transferred == job.files_total;
    if (whole && wishes.auto_complete.value_or(false)) start_completing(d);
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
