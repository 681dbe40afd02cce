// SPDX-License-Identifier: LGPL-2.1-or-later
// Asks the bus for the process behind a connection, and determines to which app the process belongs and
// whether it is in a sandbox.
#pragma once

#include "daemon/bus/access/app_identity.hpp"
#include "daemon/bus/sdbus/async_call.hpp"

#include <functional>
#include <map>
#include <string>
#include <vector>

namespace haulier::bus {

class AppFinder {
public:
    using Found = std::function<void(const ProcessIdentity&)>;
    explicit AppFinder(sd_bus* bus) : bus_(bus) {}

    /// Calls `found` at once if the process of the connection is known, and otherwise when the bus has
    /// replied. If the connection has left, its process is not known.
    void find(const std::string& unique_name, Found found);
    /// The connection has left the bus.
    void left(const std::string& unique_name);
    /// A call waits for the bus.
    [[nodiscard]] bool busy() const { return !questions_.empty(); }

private:
    struct Question {
        AsyncCall call;
        std::vector<Found> waiting;
    };
    void answer(const std::string& unique_name, const ProcessIdentity& identity);

    sd_bus* bus_;
    std::map<std::string, ProcessIdentity> known_;
    std::map<std::string, Question> questions_;
};

} // namespace haulier::bus
