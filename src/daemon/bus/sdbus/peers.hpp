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
    /// `left` is called with the unique name of every connection that leaves the bus.
    Peers(sdbus::IConnection& connection, std::function<void(const std::string&)> left);

    /// Fails with NotActivatable if the bus cannot start the service. No service is accepted, and so is one
    /// on a session bus, which may not exist now.
    void need_activatable(const job::NotifyService& service, Callback<Done> done);
    /// Calls `left` if the connection has left already.
    void check_connection(const std::string& unique_name);
    /// libsystemd's handle of the connection.
    [[nodiscard]] sd_bus* bus_handle() const { return handle_of(*bus_); }
    [[nodiscard]] bool busy() const { return open_calls_ > 0; }

private:
    int open_calls_ = 0;
    std::unique_ptr<sdbus::IProxy> bus_;
    std::function<void(const std::string&)> left_;
    sdbus::Slot leaving_;
};

} // namespace haulier::bus
