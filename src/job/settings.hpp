// SPDX-License-Identifier: LGPL-2.1-or-later
// Everything that a client may choose for a job, and nothing else: the values with their defaults, and one
// table that describes each of them. The store, the bus, memory accounting and TakeOwnership go through the
// table; to add a choice, add a member and a row.
#pragma once

#include "base/clock.hpp"
#include "base/result.hpp"
#include "job/options.hpp"

#include <chrono>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <tuple>
#include <type_traits>
#include <utility>
#include <vector>

namespace haulier::job {

struct Settings {
    std::string display_name;
    std::string description;
    std::string icon;                     ///< its name, or the absolute path of an image
    std::optional<Visibility> visibility; ///< nothing = what is usual on its bus
    NotifyFlags notify_flags;
    NotifyService notify_service;
    std::chrono::milliseconds minimum_notification_interval{500};
    std::chrono::seconds minimum_retry_delay{60};
    std::chrono::seconds no_progress_timeout{1209600};
    Priority priority = Priority::Normal;
    std::chrono::seconds maximum_download_time{7776000}; ///< of active time, counted anew from each Resume
    std::optional<uint64_t> maximum_download_size;       ///< of all files together; nothing = no limit
    OnFileError on_file_error = OnFileError::Stop;
    PublishFiles publish_files = PublishFiles::Together;
    RenewRemoteName renew_remote_name = RenewRemoteName::AfterBytes;
    std::string temporary_directory; ///< absolute; empty = that of each file
    bool use_peers = false;          ///< files get the peers of the configuration
    bool auto_complete = false;
    bool dynamic_content = false;  ///< no size and no ranges: always from zero, in the foreground only
    bool high_performance = false; ///< no checkpoints: faster, and from zero after a crash
    bool on_demand = false;        ///< only the ranges that are requested
    std::optional<NetworkCost> network_cost; ///< nothing = what its priority has, see cost_of()
    PowerPolicy power_policy = PowerPolicy::Always;
    uint64_t bandwidth_limit = 0;          ///< bytes a second for the whole job; 0 = none
    WallTime not_before;                   ///< 0 = at once
    std::chrono::seconds jitter{};         ///< the longest delay after that date, see start_date()
    std::chrono::seconds answer_timeout{}; ///< until a server answers; 0 = as configured
    uint32_t connections = 0;              ///< at most so many for one file; 0 = see connections_for()
    std::optional<uint32_t> umask;         ///< of finished files without a mode; nothing = the worker's
    Http http;
    std::string reply_file_name; ///< absolute; empty = the local name with ".reply"

    bool operator==(const Settings&) const = default;
};

struct Job;
struct File;

/// Follows pointers to members from one object into the next: at<&Settings::http, &Http::method>(settings).
template <auto... Path, class T>
constexpr auto& at(T& object) {
    return (object.*....*Path);
}
template <class T, auto... Path>
using ValueAt = std::remove_cvref_t<decltype(at<Path...>(std::declval<T&>()))>;

/// On what else than the job it can depend what clients read.
struct Surroundings {
    std::span<const File> files;
    Visibility usual_visibility = Visibility::Full; ///< of jobs on this bus
};

/// Which jobs have the choice. For the others, setting it is NotSupported.
enum class Kinds { All, Downloads, UploadReplies };

/// From when on it cannot be changed any more.
enum class Lock { Never, AfterFirstFile, AfterResume };

/// What a change does to a job that runs, waits or has ended its work.
enum class Impact {
    None,
    RestartTransfers,    ///< transfers under way were started with the old value
    RepeatNotifications, ///< a new listener hears how the job ended its work
    ShortenPatience,     ///< a job that waits for a retry may have waited too long already
};

/// What TakeOwnership does with it: what identifies the former owner does not pass to the next.
enum class OnTake { Keep, Reset };

/// On the bus, CreateJob takes all but internal ones as options.
enum class Access {
    ReadWrite, ///< a property
    ReadOnly,  ///< a property that a method of its own sets
    WriteOnly, ///< no property; a method of its own sets it
    Internal,  ///< part of another choice
};

/// Where the store keeps it. What is in the table `http` is compared before it is written, and what it
/// overwrites is erased; Own: in a table of its own.
enum class Table { Jobs, Http, Own };

template <auto... Path>
struct Setting {
    using Value = ValueAt<Settings, Path...>;
    template <class T>
    static constexpr auto& in(T& settings) {
        return at<Path...>(settings);
    }

    std::string_view name; ///< on the bus
    Access access = Access::ReadWrite;
    bool listed = false; ///< ListJobs shows it
    Kinds kinds = Kinds::All;
    Lock lock = Lock::Never;
    Impact impact = Impact::None;
    OnTake on_take = OnTake::Keep;
    Table table = Table::Jobs;
    std::string_view columns = {}; ///< where the name in snake_case is not its column
    size_t longest = 0;            ///< characters of a text; 0 = its check knows
    /// Refuses a value, or brings it into the form in which it is kept.
    Status (*check)(const Job&, Value&) = nullptr;
    /// What clients read, where that is not the value itself.
    Value (*shown)(const Job&, const Surroundings&) = nullptr;
};

// The checks of single values (settings.cpp). What must hold between several is in check_together() there.
namespace checks {
Status display_name(const Job& job, std::string& name);
Status retry_delay(const Job& job, std::chrono::seconds& delay);
Status download_time(const Job& job, std::chrono::seconds& time);
Status download_size(const Job& job, std::optional<uint64_t>& size);
Status bandwidth(const Job& job, uint64_t& limit);
Status not_before(const Job& job, WallTime& date);
Status answer_timeout(const Job& job, std::chrono::seconds& time);
Status temporary_directory(const Job& job, std::string& path);
Status connections(const Job& job, uint32_t& number);
Status umask(const Job& job, std::optional<uint32_t>& mask);
Status proxy_list(const Job& job, std::string& list);
Status proxy_bypass(const Job& job, std::string& bypass);
Status method(const Job& job, std::string& method);
Status certificate(const Job& job, std::string& path);
Status client_key(const Job& job, std::string& path);
Status certificate_authority(const Job& job, std::string& path);
Status headers(const Job& job, std::vector<std::string>& lines);
Status write_only(const Job& job, bool& write_only);
Status credentials(const Job& job, std::vector<Credentials>& added);
Status reply_file(const Job& job, std::string& path);
} // namespace checks

namespace shown {
std::optional<Visibility> visibility(const Job& job, const Surroundings& surroundings);
std::optional<NetworkCost> network_cost(const Job& job, const Surroundings& surroundings);
std::vector<std::string> headers(const Job& job, const Surroundings& surroundings);
std::string reply_file(const Job& job, const Surroundings& surroundings);
} // namespace shown

inline constexpr std::tuple all_settings{
    Setting<&Settings::display_name>{
        .name = "DisplayName", .listed = true, .longest = 256, .check = checks::display_name},
    Setting<&Settings::description>{.name = "Description", .longest = 1024},
    Setting<&Settings::icon>{.name = "Icon", .on_take = OnTake::Reset, .longest = 256},
    Setting<&Settings::visibility>{
        .name = "Visibility", .listed = true, .on_take = OnTake::Reset, .shown = shown::visibility},
    Setting<&Settings::notify_flags>{.name = "NotifyFlags", .impact = Impact::RepeatNotifications},
    Setting<&Settings::notify_service>{.name = "NotifyService",
                                       .access = Access::ReadOnly,
                                       .impact = Impact::RepeatNotifications,
                                       .on_take = OnTake::Reset,
                                       .columns = "notify_service, notify_path"},
    Setting<&Settings::minimum_notification_interval>{.name = "MinimumNotificationInterval"},
    Setting<&Settings::minimum_retry_delay>{
        .name = "MinimumRetryDelay", .impact = Impact::ShortenPatience, .check = checks::retry_delay},
    Setting<&Settings::no_progress_timeout>{.name = "NoProgressTimeout", .impact = Impact::ShortenPatience},
    Setting<&Settings::priority>{.name = "Priority"},
    Setting<&Settings::maximum_download_time>{.name = "MaximumDownloadTime", .check = checks::download_time},
    Setting<&Settings::maximum_download_size>{.name = "MaximumDownloadSize",
                                              .kinds = Kinds::Downloads,
                                              .lock = Lock::AfterResume,
                                              .check = checks::download_size},
    Setting<&Settings::on_file_error>{.name = "OnFileError"},
    Setting<&Settings::publish_files>{
        .name = "PublishFiles", .kinds = Kinds::Downloads, .lock = Lock::AfterResume},
    Setting<&Settings::renew_remote_name>{.name = "RenewRemoteName", .kinds = Kinds::Downloads},
    Setting<&Settings::temporary_directory>{.name = "TemporaryDirectory",
                                            .kinds = Kinds::Downloads,
                                            .lock = Lock::AfterFirstFile,
                                            .check = checks::temporary_directory},
    Setting<&Settings::use_peers>{
        .name = "UsePeers", .kinds = Kinds::Downloads, .lock = Lock::AfterFirstFile},
    Setting<&Settings::auto_complete>{.name = "AutoComplete"},
    Setting<&Settings::dynamic_content>{
        .name = "DynamicContent", .kinds = Kinds::Downloads, .lock = Lock::AfterResume},
    Setting<&Settings::high_performance>{
        .name = "HighPerformance", .kinds = Kinds::Downloads, .lock = Lock::AfterFirstFile},
    Setting<&Settings::on_demand>{.name = "OnDemand", .kinds = Kinds::Downloads, .lock = Lock::AfterResume},
    Setting<&Settings::network_cost>{.name = "NetworkCost", .shown = shown::network_cost},
    Setting<&Settings::power_policy>{.name = "PowerPolicy"},
    Setting<&Settings::bandwidth_limit>{
        .name = "BandwidthLimit", .impact = Impact::RestartTransfers, .check = checks::bandwidth},
    Setting<&Settings::not_before>{.name = "NotBefore", .check = checks::not_before},
    Setting<&Settings::jitter>{.name = "Jitter"},
    Setting<&Settings::answer_timeout>{.name = "AnswerTimeout", .check = checks::answer_timeout},
    Setting<&Settings::connections>{
        .name = "Connections", .kinds = Kinds::Downloads, .check = checks::connections},
    Setting<&Settings::umask>{.name = "Umask",
                              .access = Access::WriteOnly,
                              .kinds = Kinds::Downloads,
                              .on_take = OnTake::Reset,
                              .check = checks::umask},
    Setting<&Settings::http, &Http::proxy, &Proxy::mode>{.name = "ProxyMode", .table = Table::Http},
    Setting<&Settings::http, &Http::proxy, &Proxy::list>{
        .name = "ProxyList", .table = Table::Http, .check = checks::proxy_list},
    Setting<&Settings::http, &Http::proxy, &Proxy::bypass>{
        .name = "ProxyBypass", .table = Table::Http, .check = checks::proxy_bypass},
    Setting<&Settings::http, &Http::method>{.name = "HttpMethod",
                                            .lock = Lock::AfterResume,
                                            .table = Table::Http,
                                            .columns = "method",
                                            .check = checks::method},
    Setting<&Settings::http, &Http::security>{
        .name = "SecurityFlags", .impact = Impact::RestartTransfers, .table = Table::Http},
    Setting<&Settings::http, &Http::redirect>{.name = "RedirectPolicy", .table = Table::Http},
    Setting<&Settings::http, &Http::client_certificate>{.name = "ClientCertificate",
                                                        .on_take = OnTake::Reset,
                                                        .table = Table::Http,
                                                        .check = checks::certificate},
    Setting<&Settings::http, &Http::client_key>{
        .name = "ClientKey", .on_take = OnTake::Reset, .table = Table::Http, .check = checks::client_key},
    Setting<&Settings::http, &Http::certificate_authority>{.name = "CertificateAuthority",
                                                           .on_take = OnTake::Reset,
                                                           .table = Table::Http,
                                                           .check = checks::certificate_authority},
    Setting<&Settings::http, &Http::headers>{.name = "CustomHeaders",
                                             .access = Access::ReadOnly,
                                             .on_take = OnTake::Reset,
                                             .table = Table::Http,
                                             .columns = "headers",
                                             .check = checks::headers,
                                             .shown = shown::headers},
    Setting<&Settings::http, &Http::headers_write_only>{.name = "HeadersWriteOnly",
                                                        .access = Access::Internal,
                                                        .on_take = OnTake::Reset,
                                                        .table = Table::Http,
                                                        .check = checks::write_only},
    Setting<&Settings::http, &Http::credentials>{.name = "Credentials",
                                                 .access = Access::WriteOnly,
                                                 .on_take = OnTake::Reset,
                                                 .table = Table::Own,
                                                 .check = checks::credentials},
    Setting<&Settings::reply_file_name>{.name = "ReplyFileName",
                                        .kinds = Kinds::UploadReplies,
                                        .on_take = OnTake::Reset,
                                        .check = checks::reply_file,
                                        .shown = shown::reply_file},
};

/// Calls `visit` with each row.
template <class Visit>
constexpr void for_each_setting(Visit visit) {
    std::apply([&](const auto&... row) { (visit(row), ...); }, all_settings);
}

} // namespace haulier::job
