// SPDX-License-Identifier: LGPL-2.1-or-later
#include "daemon/bus/connection.hpp"

#include "daemon/bus/compat.hpp"

namespace haulier::bus {

void Hangup::operator()(Connection* connection) const {
    delete connection;
}

ConnectionPtr connect_session_bus() {
    return ConnectionPtr{sdbus::createSessionBusConnection().release()};
}

} // namespace haulier::bus
