// SPDX-License-Identifier: LGPL-2.1-or-later
// Knows from logind who is there: logged in, or lingering. Only they can have a session bus.
#pragma once

#include "daemon/bus/question.hpp"

#include <cstdint>
#include <functional>
#include <set>
#include <string>
#include <vector>

namespace sdbus {
class IConnection;
}
struct sd_bus_slot;

namespace haulier::bus {

class Logins {
public:
    /// `told` gets all who are there, at each change.
    Logins(sdbus::IConnection& connection, std::function<void(const std::set<uint32_t>&)> told);
    ~Logins();
    Logins(const Logins&) = delete;
    Logins& operator=(const Logins&) = delete;

private:
    void listen(const std::string& rule);
    void ask();
    void answered(sd_bus_message* answer);

    sd_bus* bus_;
    std::function<void(const std::set<uint32_t>&)> told_;
    std::vector<sd_bus_slot*> matches_;
    Question question_;
    bool again_ = false; ///< something happened while the question was open
};

} // namespace haulier::bus
