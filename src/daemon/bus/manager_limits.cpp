// SPDX-License-Identifier: LGPL-2.1-or-later
// The properties of the manager that limit bandwidth.
#include "daemon/bus/exception_boundary.hpp"
#include "daemon/bus/manager_object.hpp"

namespace haulier::bus {

uint64_t ManagerObject::BandwidthLimit() {
    return guarded([&] { return context_.manager.bandwidth().limit_of(context_.filter.caller().uid); });
}

void ManagerObject::BandwidthLimit(const uint64_t& limit) {
    context_.asked();
    guarded([&] { unwrap(context_.manager.limit_bandwidth(context_.filter.caller().uid, limit)); });
}

/// Members without a limit are left out.
Options ManagerObject::MachineLimits() {
    return guarded([&] {
        const auto& machine = context_.manager.bandwidth().machine();
        Options limits;
        if (machine.allowance.all) limits["All"] = sdbus::Variant{*machine.allowance.all};
        if (machine.allowance.background)
            limits["Background"] = sdbus::Variant{*machine.allowance.background};
        if (machine.changes) limits["Changes"] = sdbus::Variant{encode(*machine.changes)};
        return limits;
    });
}

} // namespace haulier::bus
