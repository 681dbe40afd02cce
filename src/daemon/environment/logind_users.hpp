// SPDX-License-Identifier: LGPL-2.1-or-later
// Asks logind which users are logged in or linger. Only they can have a session bus.
#pragma once

#include "daemon/bus/sdbus/async_call.hpp"

#include <cstdint>
#include <functional>
#include <set>
#include <string>
#include <vector>

namespace sdbus {
class IConnection;
}
struct sd_bus_slot;

namespace haulier::daemon {

class LogindUsers {
public:
    /// `changed` gets all these users, at the start and at each change.
    LogindUsers(sdbus::IConnection& connection, std::function<void(const std::set<uint32_t>&)> changed);
    ~LogindUsers();
    LogindUsers(const LogindUsers&) = delete;
    LogindUsers& operator=(const LogindUsers&) = delete;

private:
    void subscribe(const std::string& rule);
    void list_users();
    void listed(sd_bus_message* reply);

    sd_bus* bus_;
    std::function<void(const std::set<uint32_t>&)> changed_;
    std::vector<sd_bus_slot*> matches_;
    bus::AsyncCall call_;
    bool stale_ = false; ///< something changed while the call was in flight
};

} // namespace haulier::daemon
