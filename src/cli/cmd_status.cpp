// SPDX-License-Identifier: LGPL-2.1-or-later
// haulierctl status: the daemon, and the number of jobs in each state.
#include "cli/commands.hpp"
#include "cli/i18n.hpp"
#include "cli/output.hpp"
#include "cli/state_words.hpp"
#include "cli/text.hpp"

#include <fmt/core.h>

namespace haulier::cli {

namespace {

Json count_states(const std::vector<Json>& jobs) {
    Json states = Json::object();
    for (const auto& job : jobs) {
        auto& count = states[view_of(job).state];
        count = count.is_null() ? 1 : count.get<int>() + 1;
    }
    return states;
}

std::string states_text(const Json& states) {
    std::string out;
    for (const auto& [state, count] : states.items())
        out += fmt::format("{}{} {}", out.empty() ? "" : ", ", count.dump(), state_word(state));
    return out.empty() ? _("none") : out;
}

} // namespace

Result<Exit, Failure> status(const Common& common, const StatusOptions& options) {
    if (!options.job.empty()) return show(common, {options.job, false});
    auto client = common.connect(common.access);
    if (!client) return client.error();
    auto daemon = (*client)->daemon();
    if (!daemon) return daemon.error();
    auto jobs = (*client)->list({}, common.access.all_users);
    if (!jobs) return jobs.error();
    bool system = common.access.scope == Scope::System;
    auto states = count_states(*jobs);
    if (common.json) {
        Json out{{"Instance", system ? "system" : "user"}};
        out.update(*daemon);
        out["Jobs"] = states;
        print_json(out);
        return Exit::Ok;
    }
    std::vector<std::vector<std::string>> lines{
        {_("Daemon:"), system ? _("of the machine") : _("of the session")},
        {_("Version:"), format_value("Version", (*daemon)["Version"])},
        {_("Network:"), format_value("Network", (*daemon)["Network"])},
        {_("Metered:"), format_value("Metered", (*daemon)["Metered"])},
        {common.access.all_users ? _("Jobs of all:") : _("Your jobs:"), states_text(states)}};
    if (daemon->value("Held", false)) lines.push_back({_("Hold:"), held_text(*daemon)});
    print(table(lines));
    return Exit::Ok;
}

} // namespace haulier::cli
