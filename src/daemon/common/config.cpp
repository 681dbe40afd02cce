// SPDX-License-Identifier: LGPL-2.1-or-later
#include "daemon/common/config.hpp"

#include "base/ini.hpp"
#include "base/result.hpp"
#include "daemon/common/bandwidth_rule.hpp"
#include "job/budget.hpp"
#include "job/url.hpp"

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <filesystem>
#include <fmt/core.h>
#include <fstream>
#include <functional>
#include <limits>
#include <sstream>
#include <string_view>
#include <system_error>

namespace haulier::daemon {

namespace {

using std::chrono::milliseconds;

/// Takes a value, or tells what would be right.
using Setter = std::function<std::optional<std::string>(Config&, const std::string&)>;

Setter span(milliseconds Config::*member, milliseconds least) {
    return [=](Config& c, const std::string& text) -> std::optional<std::string> {
        auto value = ini::to_span(text);
        if (!value) return "a time span, such as 30s";
        if (*value < least) return fmt::format("a time span of at least {} ms, such as 30s", least.count());
        c.*member = *value;
        return std::nullopt;
    };
}

template <class Number, class Place>
Setter count(Place place, uint64_t least) {
    return [=](Config& c, const std::string& text) -> std::optional<std::string> {
        auto value = ini::to_size(text);
        if (!value || *value < least || *value > std::numeric_limits<Number>::max())
            return fmt::format("a whole number of at least {}", least);
        place(c) = static_cast<Number>(*value);
        return std::nullopt;
    };
}

template <class Place>
Setter number(Place place, uint64_t least = 1) {
    return count<uint32_t>(place, least);
}

template <class Place>
Setter bytes(Place place) {
    return count<uint64_t>(place, 1);
}

template <class Place>
Setter seconds(Place place) {
    return [=](Config& c, const std::string& text) -> std::optional<std::string> {
        auto value = ini::to_span(text);
        if (!value || *value < milliseconds{1000}) return "a time span of at least 1s, such as 1h";
        place(c) = std::chrono::duration_cast<std::chrono::seconds>(*value);
        return std::nullopt;
    };
}

template <class Place>
Setter yes_or_no(Place place) {
    return [=](Config& c, const std::string& text) -> std::optional<std::string> {
        if (text != "yes" && text != "no") return "yes or no";
        place(c) = text == "yes";
        return std::nullopt;
    };
}

std::optional<std::string> set_backoff(Config& c, const std::string& text) {
    if (text == "exponential")
        c.retry.backoff = job::Backoff::Exponential;
    else if (text == "constant")
        c.retry.backoff = job::Backoff::Constant;
    else
        return "exponential or constant";
    return std::nullopt;
}

std::optional<std::string> set_bandwidth_limit(Config& c, const std::string& text) {
    auto limit = ini::to_size(text);
    if (!limit || !job::is_bandwidth_limit(*limit)) return "0 or a number of bytes a second of at least 1024";
    c.bandwidth_limit = *limit;
    return std::nullopt;
}

std::optional<std::string> set_peer_sources(Config& c, const std::string& text) {
    std::vector<std::string> sources;
    std::istringstream words{text};
    for (std::string word; words >> word;) {
        auto authority = job::authority_of(word);
        bool is_http = word.starts_with("http://") || word.starts_with("https://");
        if (!is_http || !authority || authority->host.empty() || authority->has_user())
            return "a list of http or https URLs without user names, such as "
                   "https://localhost:27500/{name}?sha256={sha256}";
        sources.push_back(word);
    }
    c.limits.peer_sources = std::move(sources);
    return std::nullopt;
}

std::optional<std::string> set_proxy_command(Config& c, const std::string& text) {
    if (!text.empty() && !text.starts_with('/')) return "the absolute path of a program";
    c.proxy_command = text;
    return std::nullopt;
}

/// Each line adds to those before it, and an empty one discards them, as in systemd's files.
std::optional<std::string> add_bandwidth_rule(Config& c, const std::string& text) {
    if (text.empty()) {
        c.bandwidth_schedule.clear();
        return std::nullopt;
    }
    auto rule = parse_bandwidth_rule(text);
    if (!rule) return "days, hours and bytes a second, such as Mon..Fri 08:00-18:00 500K background";
    c.bandwidth_schedule.push_back(*rule);
    return std::nullopt;
}

struct Key {
    std::string_view section;
    std::string_view name;
    Setter set;
    std::string_view otherwise = "the default stands"; ///< the consequence of a bad value
};

const std::vector<Key>& keys() {
    static const std::vector<Key> all{
        {"Daemon", "IdleTimeout", span(&Config::idle_timeout, milliseconds{0})},
        {"Daemon", "WorkerTimeout", span(&Config::worker_timeout, milliseconds{100})},
        {"Daemon", "MaxCallsPerUser", number([](Config & c) -> auto& { return c.calls_per_user; })},
        {"Daemon", "InhibitSleep", yes_or_no([](Config & c) -> auto& { return c.inhibits_sleep; })},
        {"Jobs", "MaxJobs", number([](Config & c) -> auto& { return c.limits.jobs; })},
        {"Jobs", "MaxJobsPerUser", number([](Config & c) -> auto& { return c.limits.jobs_per_user; })},
        {"Jobs", "MaxFilesPerJob", number([](Config & c) -> auto& { return c.limits.files_per_job; })},
        {"Jobs", "MaxRangesPerFile", number([](Config & c) -> auto& { return c.limits.ranges_per_file; })},
        {"Jobs", "MaxText", bytes([](Config & c) -> auto& { return c.limits.text; })},
        {"Jobs", "MaxTextPerUser", bytes([](Config & c) -> auto& { return c.limits.text_per_user; })},
        {"Jobs", "InactivityTimeout", span(&Config::inactivity_timeout, milliseconds{100})},
        {"Jobs", "EmptyJobTimeout", span(&Config::empty_job_timeout, milliseconds{100})},
        {"Scheduler", "MaxBackgroundJobs", number([](Config & c) -> auto& { return c.jobs_at_once; })},
        {"Scheduler", "MaxForegroundJobsPerUser",
         number([](Config & c) -> auto& { return c.foreground_jobs; })},
        {"Scheduler", "MaxFilesInFlight", number([](Config & c) -> auto& { return c.files_at_once; })},
        {"Scheduler", "MaxSmallFilesInFlight",
         number([](Config & c) -> auto& { return c.small_files_at_once; })},
        {"Scheduler", "TimeSlice", span(&Config::time_slice, milliseconds{100})},
        {"Scheduler", "RequireLogin", yes_or_no([](Config & c) -> auto& { return c.require_login; })},
        {"Peers", "Sources", set_peer_sources},
        {"Proxy", "Command", set_proxy_command},
        {"Network", "BandwidthLimit", set_bandwidth_limit},
        {"Network", "BandwidthSchedule", add_bandwidth_rule, "the line is ignored"},
        {"Network", "Watch", yes_or_no([](Config & c) -> auto& { return c.watch_network; })},
        {"Transfer", "CheckpointBytes",
         count<uint64_t>(
             [](Config & c) -> auto& { return c.checkpoint_bytes; }, 65536)},
        {"Transfer", "CheckpointInterval", span(&Config::checkpoint_interval, milliseconds{100})},
        {"Transfer", "ConnectTimeout", span(&Config::connect_timeout, milliseconds{1000})},
        {"Transfer", "StallTimeout", span(&Config::stall_timeout, milliseconds{1000})},
        {"Transfer", "ConnectionsPerHost",
         number([](Config & c) -> auto& { return c.connections_per_host; })},
        {"Transfer", "MinimumRate",
         number(
             [](Config & c) -> auto& { return c.minimum_rate; }, 0)},
        {"Transfer", "KeepFree",
         count<uint64_t>(
             [](Config & c) -> auto& { return c.keep_free; }, 0)},
        {"Transfer", "Yield", yes_or_no([](Config & c) -> auto& { return c.yields; })},
        {"Transfer", "MaxRestarts",
         number(
             [](Config & c) -> auto& { return c.limits.restarts; }, 0)},
        {"Retry", "Backoff", set_backoff},
        {"Retry", "MaximumDelay", seconds([](Config & c) -> auto& { return c.retry.maximum_delay; })},
        {"Retry", "MaximumRetryAfter",
         seconds([](Config & c) -> auto& { return c.retry.maximum_retry_after; })},
        {"History", "Keep", span(&Config::keep_history, milliseconds{0})},
        {"History", "MaxEntries", number([](Config & c) -> auto& { return c.history_entries; })},
        {"Notify", "CallTimeout", span(&Config::call_timeout, milliseconds{100})},
        {"Notify", "RetryDelay", span(&Config::notify_retry, milliseconds{10})},
        {"Notify", "MaximumRetryDelay", span(&Config::notify_retry_maximum, milliseconds{10})},
        {"Notify", "CallsInFlight", number([](Config & c) -> auto& { return c.calls_in_flight; })},
        {"Notify", "LaunchDelay", span(&Config::launch_delay, milliseconds{0})},
    };
    return all;
}

/// Some editors put it at the beginning of a file.
constexpr std::string_view ByteOrderMark = "\xef\xbb\xbf";

void apply(Configuration& out, std::string_view text, const std::string& name) {
    if (text.starts_with(ByteOrderMark)) text.remove_prefix(ByteOrderMark.size());
    auto parsed = ini::parse(text);
    for (const auto& fault : parsed.faults)
        out.warnings.push_back(fmt::format("{}:{}: line {}, ignored", name, fault.line, fault.message));
    for (const auto& entry : parsed.entries) {
        auto key = std::find_if(keys().begin(), keys().end(), [&](const Key& k) {
            return k.section == entry.section && k.name == entry.key;
        });
        if (key == keys().end()) {
            out.warnings.push_back(fmt::format("{}:{}: unknown key '{}' in section [{}], ignored", name,
                                               entry.line, entry.key, entry.section));
        } else if (auto wanted = key->set(out.config, entry.value)) {
            out.warnings.push_back(fmt::format("{}:{}: {}='{}' is not {}; {}", name, entry.line, entry.key,
                                               entry.value, *wanted, key->otherwise));
        }
    }
}

/// Opens only regular files, because a pipe would block.
Result<std::string> read_file(const std::string& path) {
    std::error_code error;
    if (!std::filesystem::is_regular_file(path, error))
        return Error{Errc::Internal, error ? error.message() : "not a regular file"};
    std::ifstream file(path);
    if (!file) return Error{Errc::Internal, std::strerror(errno)};
    std::ostringstream text;
    text << file.rdbuf();
    return text.str();
}

void apply_file(Configuration& out, const std::string& path) {
    auto text = read_file(path);
    if (text) return apply(out, *text, path);
    out.warnings.push_back(fmt::format("{} cannot be read: {}", path, text.error().message));
}

std::vector<std::string> dropins_of(const std::string& file) {
    std::vector<std::string> paths;
    std::error_code error;
    for (std::filesystem::directory_iterator entry(file + ".d", error), end; !error && entry != end;
         entry.increment(error))
        if (entry->path().extension() == ".conf") paths.push_back(entry->path());
    std::sort(paths.begin(), paths.end());
    return paths;
}

} // namespace

Configuration read_config(const std::string& file) {
    Configuration out;
    std::error_code error;
    if (std::filesystem::status(file, error).type() != std::filesystem::file_type::not_found)
        apply_file(out, file);
    for (const auto& path : dropins_of(file))
        apply_file(out, path);
    return out;
}

Configuration parse_config(const std::string& text, const std::string& name) {
    Configuration out;
    apply(out, text, name);
    return out;
}

std::vector<std::string> config_keys() {
    std::vector<std::string> names;
    for (const auto& key : keys())
        names.push_back(fmt::format("{} {}", key.section, key.name));
    return names;
}

} // namespace haulier::daemon
