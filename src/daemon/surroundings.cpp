// SPDX-License-Identifier: LGPL-2.1-or-later
#include "daemon/surroundings.hpp"

#include <utility>

namespace haulier::daemon {

job::Conditions merged(bool routes, const Hearsay& hearsay) {
    job::Conditions c;
    c.online = routes && hearsay.connected.value_or(true);
    c.metered = hearsay.metered.value_or(job::Metered::Unknown);
    c.roaming = hearsay.roaming.value_or(false);
    c.on_battery = hearsay.on_battery.value_or(false);
    c.power_saver = hearsay.power_saver.value_or(false);
    return c;
}

void Surroundings::hear(const Hearsay& hearsay) {
    hearsay_ = hearsay;
    look();
}

void Surroundings::set_routes(bool routes) {
    routes_ = routes;
    look();
}

void Surroundings::look() {
    auto now = merged(routes_, hearsay_);
    if (std::exchange(conditions_, now) == now) return;
    changed_(conditions_);
}

} // namespace haulier::daemon
