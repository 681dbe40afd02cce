// SPDX-License-Identifier: LGPL-2.1-or-later
#include "daemon/bus/sdbus/connection.hpp"

#include "daemon/bus/sdbus/compat.hpp"

#include <fmt/core.h>
#include <stdexcept>

namespace haulier::bus {

void ConnectionDeleter::operator()(Connection* connection) const {
    delete connection;
}

ConnectionPtr connect_bus(daemon::Instance instance) {
    bool system = instance == daemon::Instance::System;
    try {
        auto connection = system ? sdbus::createSystemBusConnection() : sdbus::createSessionBusConnection();
        return ConnectionPtr{connection.release()};
    } catch (const sdbus::Error& e) {
        throw std::runtime_error(fmt::format("there is no {} bus, over which programs talk to it: {}{}",
                                             system ? "system" : "session", e.getMessage(),
                                             system ? "" : " (its address is in $DBUS_SESSION_BUS_ADDRESS)"));
    }
}

} // namespace haulier::bus
