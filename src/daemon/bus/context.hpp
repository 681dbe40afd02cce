// SPDX-License-Identifier: LGPL-2.1-or-later
// What every object on the bus needs to answer.
#pragma once

#include "daemon/bus/authority.hpp"
#include "daemon/bus/gate.hpp"
#include "daemon/bus/peers.hpp"
#include "daemon/bus/subscribers.hpp"
#include "daemon/instance.hpp"
#include "daemon/manager.hpp"
#include "job/check.hpp"

#include <functional>

namespace haulier::bus {

struct Context {
    daemon::Manager& manager;
    Peers& peers;
    Gate& gate;
    Authority& authority;
    Subscribers& subscribers;
    daemon::Instance instance;
    std::function<void()> asked; ///< called at every request, for the idle clock

    /// A service on the owner's session bus is nothing special to whoever serves that bus.
    [[nodiscard]] job::NotifyService seen_from_here(job::NotifyService service) const {
        if (instance == daemon::Instance::Session) service.name = job::bus_name_of(service.name);
        return service;
    }
};

} // namespace haulier::bus
