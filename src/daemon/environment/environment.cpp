// SPDX-License-Identifier: LGPL-2.1-or-later
#include "daemon/environment/environment.hpp"

#include <utility>

namespace haulier::daemon {

job::Conditions merged(bool routes, const ReportedConditions& reported) {
    job::Conditions c;
    c.online = routes && reported.connected.value_or(true);
    c.metered = reported.metered.value_or(job::Metered::Unknown);
    c.roaming = reported.roaming.value_or(false);
    c.on_battery = reported.on_battery.value_or(false);
    c.power_saver = reported.power_saver.value_or(false);
    return c;
}

void Environment::set_reported(const ReportedConditions& reported) {
    reported_ = reported;
    look();
}

void Environment::set_routes(bool routes) {
    routes_ = routes;
    look();
}

void Environment::look() {
    auto now = merged(routes_, reported_);
    if (std::exchange(conditions_, now) == now) return;
    changed_(conditions_);
}

} // namespace haulier::daemon
