// SPDX-License-Identifier: LGPL-2.1-or-later
// haulierctl limit: how much bandwidth jobs may use.
#include "cli/commands.hpp"
#include "cli/i18n.hpp"
#include "cli/output.hpp"
#include "cli/text.hpp"
#include "cli/values.hpp"

#include <fmt/core.h>
#include <optional>
#include <vector>

namespace haulier::cli {

namespace {

const std::string LimitProperty = "BandwidthLimit";

/// Returns nothing if there is no rate.
Result<std::optional<Value>, Failure> wanted_limit(const std::string& rate) {
    if (rate.empty()) return std::optional<Value>{};
    auto limit = parse_assignment(LimitProperty + "=" + rate, 0);
    if (!limit) return limit.error();
    return std::optional{limit->second};
}

/// A limit of all users, for which 0 means that nothing may be transferred.
std::string machine_text(const Json& limits, const std::string& which) {
    if (!limits.contains(which)) return format_value(LimitProperty, 0);
    const auto& limit = limits[which];
    return limit == 0 ? std::string{_("nothing is transferred")} : format_value(LimitProperty, limit);
}

std::string limits_text(const Json& daemon) {
    auto machine = daemon.value("MachineLimits", Json::object());
    std::vector<std::vector<std::string>> lines{
        {_("Your jobs:"), format_value(LimitProperty, daemon.value(LimitProperty, Json{0}))},
        {_("All users:"), machine_text(machine, "All")}};
    if (machine.value("Background", Json{}) != machine.value("All", Json{}))
        lines.push_back({_("In the background:"), machine_text(machine, "Background")});
    if (machine.contains("Changes"))
        lines.push_back({_("Next change:"), date_text(machine["Changes"].get<uint64_t>())});
    return table(lines);
}

Result<Exit, Failure> tell_limits(Client& client, const Common& common) {
    auto daemon = client.daemon();
    if (!daemon) return daemon.error();
    if (common.json)
        print_json({{LimitProperty, daemon->value(LimitProperty, Json{0})},
                    {"MachineLimits", daemon->value("MachineLimits", Json::object())}});
    else if (!common.quiet)
        print(limits_text(*daemon));
    return Exit::Ok;
}

/// Sets the limit of a job, if a rate was given, and prints it.
Result<Done, Failure> limit_job(Client& client, const Common& common, const std::string& job,
                                const std::optional<Value>& limit) {
    auto id = resolve_unfinished(client, job, common.access.all_users);
    if (!id) return id.error();
    if (limit)
        if (auto set = client.set(*id, LimitProperty, *limit); !set) return set;
    auto properties = client.properties(*id);
    if (!properties) return properties.error();
    auto now = properties->value(LimitProperty, Json{0});
    if (common.json)
        print_json_line({{"Id", *id}, {LimitProperty, now}});
    else if (!common.quiet)
        print(fmt::format("{}  {}\n", short_id(*id), format_value(LimitProperty, now)));
    return Done{};
}

} // namespace

Result<Exit, Failure> limit(const Common& common, const LimitOptions& options) {
    auto wanted = wanted_limit(options.rate);
    if (!wanted) return wanted.error();
    auto client = common.connect(common.access);
    if (!client) return client.error();
    for (const auto& job : options.jobs)
        if (auto limited = limit_job(**client, common, job, *wanted); !limited) return limited.error();
    if (!options.jobs.empty()) return Exit::Ok;
    if (*wanted)
        if (auto limited = (*client)->limit(std::get<uint64_t>(**wanted)); !limited) return limited.error();
    return tell_limits(**client, common);
}

} // namespace haulier::cli
