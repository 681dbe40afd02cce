// SPDX-License-Identifier: LGPL-2.1-or-later
#include "daemon/environment/environment.hpp"

#include <algorithm>
#include <utility>

namespace haulier::daemon {

namespace {

/// NetworkManager knows nothing of networks that ifupdown, systemd-networkd or a hypervisor has set up.
bool knows_the_way_out(const std::set<std::string>& managed, const Routes& routes) {
    const auto& used = routes.default_interfaces;
    return !managed.empty() && std::all_of(used.begin(), used.end(), [&](const std::string& interface) {
        return managed.contains(interface);
    });
}

bool is_denied(const ReportedConditions& reported, const Routes& routes) {
    if (reported.connected.value_or(true)) return false;
    return !reported.managed || knows_the_way_out(*reported.managed, routes);
}

} // namespace

job::Conditions combined(const Routes& routes, const ReportedConditions& reported) {
    job::Conditions conditions;
    conditions.online = routes.lead_out && !is_denied(reported, routes);
    conditions.ways_out = routes.default_interfaces;
    conditions.metered = reported.metered.value_or(job::Metered::Unknown);
    conditions.roaming = reported.roaming.value_or(false);
    conditions.on_battery = reported.on_battery.value_or(false);
    conditions.power_saver = reported.power_saver.value_or(false);
    return conditions;
}

void Environment::set_reported(const ReportedConditions& reported) {
    reported_ = reported;
    update();
}

void Environment::set_routes(const Routes& routes) {
    routes_ = routes;
    update();
}

void Environment::update() {
    auto conditions = combined(routes_, reported_);
    if (std::exchange(conditions_, conditions) == conditions) return;
    changed_(conditions_);
}

} // namespace haulier::daemon
