// SPDX-License-Identifier: LGPL-2.1-or-later
// A connection to a message bus, for those who only hold it.
#pragma once

#include "daemon/common/instance.hpp"

#include <memory>

namespace sdbus {
class IConnection;
}

namespace haulier::bus {

using Connection = sdbus::IConnection;

struct Hangup {
    void operator()(Connection* connection) const;
};
using ConnectionPtr = std::unique_ptr<Connection, Hangup>;

/// To the bus that the instance serves. Throws when there is none: without one there is nothing to serve.
ConnectionPtr connect_bus(daemon::Instance instance);

} // namespace haulier::bus
