// SPDX-License-Identifier: LGPL-2.1-or-later
// Knows from logind who is there: logged in, or lingering. Only they can have a session bus.
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
    /// `told` gets all who are there, at each change.
    LogindUsers(sdbus::IConnection& connection, std::function<void(const std::set<uint32_t>&)> told);
    ~LogindUsers();
    LogindUsers(const LogindUsers&) = delete;
    LogindUsers& operator=(const LogindUsers&) = delete;

private:
    void listen(const std::string& rule);
    void ask();
    void answered(sd_bus_message* answer);

    sd_bus* bus_;
    std::function<void(const std::set<uint32_t>&)> told_;
    std::vector<sd_bus_slot*> matches_;
    bus::AsyncCall call_;
    bool again_ = false; ///< something happened while the question was open
};

} // namespace haulier::daemon
