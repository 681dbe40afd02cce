// SPDX-License-Identifier: LGPL-2.1-or-later
// What every object on the bus needs to handle calls.
#pragma once

#include "daemon/bus/access/access_filter.hpp"
#include "daemon/bus/access/app_finder.hpp"
#include "daemon/bus/access/authority.hpp"
#include "daemon/bus/descriptor_replies.hpp"
#include "daemon/bus/sdbus/peers.hpp"
#include "daemon/bus/signals.hpp"
#include "daemon/bus/subscribers.hpp"
#include "daemon/common/instance.hpp"
#include "daemon/manager/manager.hpp"
#include "job/types.hpp"

#include <functional>

namespace haulier::bus {

struct Context {
    daemon::Manager& manager;
    Peers& peers;
    AppFinder& apps;
    AccessFilter& filter;
    Authority& authority;
    Subscribers& subscribers;
    Signals& signals;
    DescriptorReplies& descriptors;
    daemon::Instance instance;
    std::function<void()> asked; ///< called at every request, to restart the idle timer

    [[nodiscard]] job::Visibility usual_visibility() const { return daemon::usual_visibility(instance); }

    /// To the daemon that serves the owner's session bus, a service on that bus is one on its own bus.
    [[nodiscard]] job::NotifyService resolved(job::NotifyService service) const {
        if (instance == daemon::Instance::Session) service.bus = job::ServiceBus::Own;
        return service;
    }
};

} // namespace haulier::bus
