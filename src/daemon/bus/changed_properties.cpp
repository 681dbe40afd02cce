// SPDX-License-Identifier: LGPL-2.1-or-later
#include "daemon/bus/changed_properties.hpp"

#include "job/conditions.hpp"
#include "job/decide.hpp"

#include <array>

namespace haulier::bus {

namespace {

using job::Http;
using job::Job;
using job::Proxy;

/// A property that stands in the job itself, and how to tell that it is another.
struct Watched {
    const char* name;
    bool (*differs)(const Job&, const Job&);
};

template <auto Member>
bool differs(const Job& a, const Job& b) {
    return !(a.*Member == b.*Member);
}

template <auto Member>
bool http_differs(const Job& a, const Job& b) {
    return !(a.http.*Member == b.http.*Member);
}

template <auto Member>
bool proxy_differs(const Job& a, const Job& b) {
    return !(a.http.proxy.*Member == b.http.proxy.*Member);
}

bool total_may_differ(const Job& a, const Job& b) {
    return a.files_total != b.files_total || a.state != b.state;
}

bool reply_differs(const Job& a, const Job& b) {
    return a.reply_total != b.reply_total || a.reply_transferred != b.reply_transferred;
}

/// Its default follows the priority.
bool cost_differs(const Job& a, const Job& b) {
    return job::cost_of(a) != job::cost_of(b);
}

bool headers_differ(const Job& a, const Job& b) {
    return a.http.headers != b.http.headers || a.http.headers_write_only != b.http.headers_write_only;
}

/// Where nobody chose a reply file, the first file names it.
bool reply_file_may_differ(const Job& a, const Job& b) {
    return a.reply_file_name != b.reply_file_name || (a.files_total == 0) != (b.files_total == 0);
}

constexpr std::array WatchedProperties{
    Watched{"State", differs<&Job::state>},
    Watched{"Owner", differs<&Job::owner>},
    Watched{"Key", differs<&Job::key>},
    Watched{"DisplayName", differs<&Job::display_name>},
    Watched{"Description", differs<&Job::description>},
    Watched{"Priority", differs<&Job::priority>},
    Watched{"NotifyFlags", differs<&Job::notify_flags>},
    Watched{"NotifyService", differs<&Job::notify_service>},
    Watched{"MinimumNotificationInterval", differs<&Job::minimum_notification_interval>},
    Watched{"FilesTotal", differs<&Job::files_total>},
    Watched{"FilesTransferred", differs<&Job::files_transferred>},
    Watched{"BytesTotal", total_may_differ},
    // The last word on progress goes out with the state that it led to, not half a second later.
    Watched{"BytesTransferred", differs<&Job::state>},
    Watched{"ReplyProgress", reply_differs},
    Watched{"TransferCompletionTime", differs<&Job::transferred_at>},
    Watched{"Error", differs<&Job::error>},
    Watched{"ErrorCount", differs<&Job::error_count>},
    Watched{"MinimumRetryDelay", differs<&Job::minimum_retry_delay>},
    Watched{"NoProgressTimeout", differs<&Job::no_progress_timeout>},
    Watched{"MaximumDownloadTime", differs<&Job::maximum_download_time>},
    Watched{"MaximumDownloadSize", differs<&Job::maximum_download_size>},
    Watched{"AutoComplete", differs<&Job::auto_complete>},
    Watched{"DynamicContent", differs<&Job::dynamic_content>},
    Watched{"HighPerformance", differs<&Job::high_performance>},
    Watched{"OnDemand", differs<&Job::on_demand>},
    Watched{"NetworkCost", cost_differs},
    Watched{"PowerPolicy", differs<&Job::power_policy>},
    Watched{"BandwidthLimit", differs<&Job::bandwidth_limit>},
    Watched{"NotBefore", differs<&Job::not_before>},
    Watched{"ProxyMode", proxy_differs<&Proxy::mode>},
    Watched{"ProxyList", proxy_differs<&Proxy::list>},
    Watched{"ProxyBypass", proxy_differs<&Proxy::bypass>},
    Watched{"HttpMethod", http_differs<&Http::method>},
    Watched{"SecurityFlags", http_differs<&Http::security>},
    Watched{"RedirectPolicy", http_differs<&Http::redirect>},
    Watched{"ClientCertificate", http_differs<&Http::client_certificate>},
    Watched{"CustomHeaders", headers_differ},
    Watched{"ReplyFileName", reply_file_may_differ},
};

} // namespace

std::vector<std::string> changed_properties(const Job& before, const Job& after, WallTime today) {
    std::vector<std::string> names;
    if (!(job::wait_reason(before, today) == job::wait_reason(after, today)))
        names.emplace_back("WaitReason");
    for (const auto& p : WatchedProperties)
        if (p.differs(before, after)) names.emplace_back(p.name);
    return names;
}

} // namespace haulier::bus
