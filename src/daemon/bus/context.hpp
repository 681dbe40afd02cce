// SPDX-License-Identifier: LGPL-2.1-or-later
// What every object on the bus needs to answer.
#pragma once

#include "daemon/bus/access/access_filter.hpp"
#include "daemon/bus/access/authority.hpp"
#include "daemon/bus/sdbus/peers.hpp"
#include "daemon/bus/subscribers.hpp"
#include "daemon/common/instance.hpp"
#include "daemon/manager/manager.hpp"
#include "job/validation.hpp"

#include <functional>

namespace haulier::bus {

struct Context {
    daemon::Manager& manager;
    Peers& peers;
    AccessFilter& filter;
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
