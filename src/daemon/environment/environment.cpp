// SPDX-License-Identifier: LGPL-2.1-or-later
#include "daemon/environment/environment.hpp"

#include <utility>

namespace haulier::daemon {

job::Conditions combined(bool online, const ReportedConditions& reported) {
    job::Conditions conditions;
    conditions.online = online && reported.connected.value_or(true);
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

void Environment::set_online(bool online) {
    online_ = online;
    update();
}

void Environment::update() {
    auto conditions = combined(online_, reported_);
    if (std::exchange(conditions_, conditions) == conditions) return;
    changed_(conditions_);
}

} // namespace haulier::daemon
