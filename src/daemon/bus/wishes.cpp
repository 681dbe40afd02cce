// SPDX-License-Identifier: LGPL-2.1-or-later
#include "daemon/bus/take.hpp"
#include "job/check.hpp"

#include <chrono>

namespace haulier::bus {

namespace {

using job::Wishes;
using Words = std::vector<std::string>;
template <class T>
using Wish = std::optional<T> Wishes::*;

/// A number of Units.
template <class Unit>
Taker<Wishes> span(Wish<Unit> place) {
    return taking<uint32_t, Wishes>([place](Wishes& w, uint32_t count) -> Status {
        w.*place = Unit{count};
        return Done{};
    });
}

/// A word, or a list of words, that stands for a T.
template <class T, class Text>
Taker<Wishes> parsed(Wish<T> place, Result<T> (*parse)(const Text&)) {
    return taking<Text, Wishes>([=](Wishes& w, const Text& text) { return keep(parse(text), w.*place); });
}

/// Microseconds since the epoch.
Status take_date(Wishes& wishes, uint64_t date) {
    if (date > static_cast<uint64_t>(INT64_MAX))
        return Error{Errc::InvalidArgument, fmt::format("{} is beyond any date", date)};
    wishes.not_before = WallTime{Usec{static_cast<int64_t>(date)}};
    return Done{};
}

} // namespace

const Takers<Wishes>& wish_takers() {
    using std::string;
    using std::chrono::milliseconds;
    using std::chrono::seconds;
    static const Takers<Wishes> all{
        {"DisplayName", keeping<string>(&Wishes::display_name)},
        {"Description", keeping<string>(&Wishes::description)},
        {"Priority", parsed(&Wishes::priority, job::parse_priority)},
        {"NotifyFlags", parsed<job::NotifyFlags, Words>(&Wishes::notify_flags, job::parse_notify_flags)},
        {"MinimumNotificationInterval", span<milliseconds>(&Wishes::minimum_notification_interval)},
        {"MinimumRetryDelay", span<seconds>(&Wishes::minimum_retry_delay)},
        {"NoProgressTimeout", span<seconds>(&Wishes::no_progress_timeout)},
        {"MaximumDownloadTime", span<seconds>(&Wishes::maximum_download_time)},
        {"MaximumDownloadSize", keeping<uint64_t>(&Wishes::maximum_download_size)},
        {"AutoComplete", keeping<bool>(&Wishes::auto_complete)},
        {"DynamicContent", keeping<bool>(&Wishes::dynamic_content)},
        {"HighPerformance", keeping<bool>(&Wishes::high_performance)},
        {"OnDemand", keeping<bool>(&Wishes::on_demand)},
        {"NetworkCost", parsed(&Wishes::network_cost, job::parse_network_cost)},
        {"PowerPolicy", parsed(&Wishes::power_policy, job::parse_power_policy)},
        {"BandwidthLimit", keeping<uint64_t>(&Wishes::bandwidth_limit)},
        {"NotBefore", taking<uint64_t, Wishes>(take_date)},
        {"ProxyMode", parsed(&Wishes::proxy_mode, job::parse_proxy_mode)},
        {"ProxyList", keeping<string>(&Wishes::proxy_list)},
        {"ProxyBypass", keeping<string>(&Wishes::proxy_bypass)},
        {"HttpMethod", keeping<string>(&Wishes::http_method)},
        {"SecurityFlags",
         parsed<job::SecurityFlags, Words>(&Wishes::security_flags, job::parse_security_flags)},
        {"RedirectPolicy", parsed(&Wishes::redirect_policy, job::parse_redirect_policy)},
        {"ClientCertificate", keeping<string>(&Wishes::client_certificate)},
        {"ReplyFileName", keeping<string>(&Wishes::reply_file_name)},
    };
    return all;
}

Status take_wish(Wishes& wishes, const std::string& name, const sdbus::Variant& value) {
    return take(wishes, name, value, wish_takers(), "property");
}

} // namespace haulier::bus
