// SPDX-License-Identifier: LGPL-2.1-or-later
#include "daemon/bus/option_table.hpp"
#include "job/validation.hpp"

#include <chrono>

namespace haulier::bus {

namespace {

using job::SettingsPatch;
using Words = std::vector<std::string>;
template <class T>
using Wish = std::optional<T> SettingsPatch::*;

/// A number of SystemdUnitLauncher.
template <class Unit>
Taker<SettingsPatch> span(Wish<Unit> place) {
    return taking<uint32_t, SettingsPatch>([place](SettingsPatch& w, uint32_t count) -> Status {
        w.*place = Unit{count};
        return Done{};
    });
}

/// A word, or a list of words, that stands for a T.
template <class T, class Text>
Taker<SettingsPatch> parsed(Wish<T> place, Result<T> (*parse)(const Text&)) {
    return taking<Text, SettingsPatch>(
        [=](SettingsPatch& w, const Text& text) { return keep(parse(text), w.*place); });
}

/// Microseconds since the epoch.
Status take_date(SettingsPatch& wishes, uint64_t date) {
    if (date > static_cast<uint64_t>(INT64_MAX))
        return Error{Errc::InvalidArgument, fmt::format("{} is beyond any date", date)};
    wishes.not_before = WallTime{Usec{static_cast<int64_t>(date)}};
    return Done{};
}

} // namespace

const Takers<SettingsPatch>& setting_takers() {
    using std::string;
    using std::chrono::milliseconds;
    using std::chrono::seconds;
    static const Takers<SettingsPatch> all{
        {"DisplayName", keeping<string>(&SettingsPatch::display_name)},
        {"Description", keeping<string>(&SettingsPatch::description)},
        {"Priority", parsed(&SettingsPatch::priority, job::parse_priority)},
        {"NotifyFlags",
         parsed<job::NotifyFlags, Words>(&SettingsPatch::notify_flags, job::parse_notify_flags)},
        {"MinimumNotificationInterval", span<milliseconds>(&SettingsPatch::minimum_notification_interval)},
        {"MinimumRetryDelay", span<seconds>(&SettingsPatch::minimum_retry_delay)},
        {"NoProgressTimeout", span<seconds>(&SettingsPatch::no_progress_timeout)},
        {"MaximumDownloadTime", span<seconds>(&SettingsPatch::maximum_download_time)},
        {"MaximumDownloadSize", keeping<uint64_t>(&SettingsPatch::maximum_download_size)},
        {"AutoComplete", keeping<bool>(&SettingsPatch::auto_complete)},
        {"DynamicContent", keeping<bool>(&SettingsPatch::dynamic_content)},
        {"HighPerformance", keeping<bool>(&SettingsPatch::high_performance)},
        {"OnDemand", keeping<bool>(&SettingsPatch::on_demand)},
        {"NetworkCost", parsed(&SettingsPatch::network_cost, job::parse_network_cost)},
        {"PowerPolicy", parsed(&SettingsPatch::power_policy, job::parse_power_policy)},
        {"BandwidthLimit", keeping<uint64_t>(&SettingsPatch::bandwidth_limit)},
        {"NotBefore", taking<uint64_t, SettingsPatch>(take_date)},
        {"ProxyMode", parsed(&SettingsPatch::proxy_mode, job::parse_proxy_mode)},
        {"ProxyList", keeping<string>(&SettingsPatch::proxy_list)},
        {"ProxyBypass", keeping<string>(&SettingsPatch::proxy_bypass)},
        {"HttpMethod", keeping<string>(&SettingsPatch::http_method)},
        {"SecurityFlags",
         parsed<job::SecurityFlags, Words>(&SettingsPatch::security_flags, job::parse_security_flags)},
        {"RedirectPolicy", parsed(&SettingsPatch::redirect_policy, job::parse_redirect_policy)},
        {"ClientCertificate", keeping<string>(&SettingsPatch::client_certificate)},
        {"ReplyFileName", keeping<string>(&SettingsPatch::reply_file_name)},
    };
    return all;
}

Status take_setting(SettingsPatch& wishes, const std::string& name, const sdbus::Variant& value) {
    return take(wishes, name, value, setting_takers(), "property");
}

} // namespace haulier::bus
