// SPDX-License-Identifier: LGPL-2.1-or-later
// A connection to a message bus, without the headers of sdbus-c++.
#pragma once

#include "daemon/common/instance.hpp"

#include <memory>

namespace sdbus {
class IConnection;
}

namespace haulier::bus {

using Connection = sdbus::IConnection;

struct ConnectionDeleter {
    void operator()(Connection* connection) const;
};
using ConnectionPtr = std::unique_ptr<Connection, ConnectionDeleter>;

/// Connects to the bus that the instance serves. Throws if there is none: the daemon cannot work without.
ConnectionPtr connect_bus(daemon::Instance instance);

} // namespace haulier::bus
