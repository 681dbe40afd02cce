// SPDX-License-Identifier: LGPL-2.1-or-later
// What the bus driver knows of other connections: which have left, and which services it can start.
#pragma once

#include "base/result.hpp"
#include "daemon/bus/sdbus/compat.hpp"
#include "job/types.hpp"

#include <functional>
#include <memory>
#include <string>

namespace haulier::bus {

class Peers {
public:
    struct Events {
        /// With the unique name of every connection that leaves the bus.
        std::function<void(const std::string&)> left;
        /// The well-known name has another owner; empty: none. New owners are reported while they are
        /// watched.
        std::function<void(const std::string& name, const std::string& unique_name)> owner_changed;
    };
    Peers(sdbus::IConnection& connection, Events events);
    ~Peers();
    Peers(const Peers&) = delete;
    Peers& operator=(const Peers&) = delete;

    /// Fails with NotActivatable if the bus cannot start the service. No service is accepted, and so is one
    /// on a session bus, which may not exist now.
    void need_activatable(const job::NotifyService& service, Callback<Done> done);
    /// Calls `left` if the connection has left already.
    void check_connection(const std::string& unique_name);
    /// Calls `found` with the connection that has the name, empty if there is none.
    void find_owner(const std::string& name, std::function<void(const std::string& unique_name)> found);
    void watch_new_owners(bool watch);
    /// libsystemd's handle of the connection.
    [[nodiscard]] sd_bus* bus_handle() const { return handle_of(*bus_); }
    [[nodiscard]] bool busy() const { return open_calls_ > 0; }

private:
    void on_owner_changed(sdbus::Message& message);
    void on_new_owner(sd_bus_message* signal) noexcept;

    int open_calls_ = 0;
    std::unique_ptr<sdbus::IProxy> bus_;
    Events events_;
    sdbus::Slot leaving_;
    sd_bus_slot* arriving_ = nullptr;
};

} // namespace haulier::bus
