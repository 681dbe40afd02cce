// SPDX-License-Identifier: LGPL-2.1-or-later
// A connection to a message bus, for those who only hold it.
#pragma once

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

/// Throws when there is no session bus: without one there is nothing to serve.
ConnectionPtr connect_session_bus();

} // namespace haulier::bus
