// SPDX-License-Identifier: LGPL-2.1-or-later
// Calls clients on the bus that the daemon serves. It has connections of its own: a client that does not
// reply occupies a reply slot of the connection that calls it until it replies or leaves (dbus-daemon gives
// 128), and those of the service must stay free. Before the slots run out, another connection takes over.
#pragma once

#include "base/clock.hpp"
#include "base/deferred_calls.hpp"
#include "base/event.hpp"
#include "daemon/bus/sdbus/connection.hpp"
#include "notify/sender.hpp"

#include <cstdint>
#include <functional>
#include <list>
#include <memory>
#include <set>
#include <string>

namespace haulier::bus {

class CallbackSender final : public notify::Sender {
public:
    struct Events {
        std::function<void()> bus_lost;
        /// The client replied to a call that had timed out.
        std::function<void(const std::string& unique_name)> late_reply;
    };

    /// `connect`: makes a connection, or throws.
    CallbackSender(Loop& loop, std::function<ConnectionPtr()> connect, Usec timeout, Events events);
    ~CallbackSender() override;

    /// Of the next calls.
    void set_timeout(Usec timeout) { timeout_ = timeout; }

    void send(const notify::Delivery& delivery,
              std::function<void(const notify::DeliveryResult&)> done) override;

private:
    class CallbackConnection;
    struct Pending;

    CallbackConnection& connection_with_slot();
    void open_line();
    template <class Call>
    void guarded(const std::shared_ptr<Pending>& pending, Call make_call);
    void call(const std::shared_ptr<Pending>& pending);
    void answered(const std::shared_ptr<Pending>& pending, notify::DeliveryResult result);
    void ask_for_interface(const std::shared_ptr<Pending>& pending, const std::string& sender);
    void finish(const std::shared_ptr<Pending>& pending, const notify::DeliveryResult& result);
    void close_old_lines();

    Loop& loop_;
    std::function<ConnectionPtr()> connect_;
    Usec timeout_;
    Events events_;
    std::list<CallbackConnection> connections_; ///< the newest last
    std::set<std::shared_ptr<Pending>> pending_;
    DeferredCalls finished_;
};

} // namespace haulier::bus
