// SPDX-License-Identifier: LGPL-2.1-or-later
// What the bus itself knows of others: who leaves it, and which names it can start.
#pragma once

#include "base/result.hpp"
#include "daemon/bus/sdbus/compat.hpp"

#include <functional>
#include <memory>
#include <string>

namespace haulier::bus {

class Peers {
public:
    /// `left` gets the unique name of every connection that leaves the bus.
    Peers(sdbus::IConnection& connection, std::function<void(const std::string&)> left);

    /// Answers NotActivatable when the bus cannot start `name`; an empty name is fine, and so is one on a
    /// session bus, for that bus may not be there now.
    void need_activatable(const std::string& name, std::function<void(const Status&)> answer);
    /// As if it left now, if it has left before.
    void make_sure(const std::string& unique_name);
    /// libsystemd's own handle of the connection.
    [[nodiscard]] sd_bus* bus_handle() const { return handle_of(*bus_); }
    [[nodiscard]] bool busy() const { return questions_ > 0; }

private:
    int questions_ = 0;
    std::unique_ptr<sdbus::IProxy> bus_;
    std::function<void(const std::string&)> left_;
    sdbus::Slot leaving_;
};

} // namespace haulier::bus
