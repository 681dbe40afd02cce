// SPDX-License-Identifier: LGPL-2.1-or-later
// Calls clients on the bus that the daemon serves. It has a connection of its own: a client that does not
// reply occupies reply slots of the connection that calls it (dbus-daemon gives 128), and those of the
// service must stay free.
#pragma once

#include "base/clock.hpp"
#include "base/deferred_calls.hpp"
#include "base/event.hpp"
#include "daemon/bus/sdbus/compat.hpp"
#include "daemon/bus/sdbus/event_bridge.hpp"
#include "notify/sender.hpp"

#include <functional>
#include <memory>
#include <set>

namespace haulier::bus {

class CallbackSender final : public notify::Sender {
public:
    CallbackSender(Loop& loop, sdbus::IConnection& connection, Usec timeout, std::function<void()> bus_lost);
    ~CallbackSender() override;

    /// Of the next calls.
    void set_timeout(Usec timeout) { timeout_ = timeout; }

    void send(const notify::Delivery& delivery,
              std::function<void(const notify::DeliveryResult&)> done) override;

private:
    struct Pending;
    void call(const notify::Delivery& delivery, const std::shared_ptr<Pending>& pending);
    void finish(const std::shared_ptr<Pending>& pending, const notify::DeliveryResult& result);

    sdbus::IConnection& connection_;
    Usec timeout_;
    EventBridge bridge_;
    std::set<std::shared_ptr<Pending>> pending_;
    DeferredCalls finished_;
};

} // namespace haulier::bus
