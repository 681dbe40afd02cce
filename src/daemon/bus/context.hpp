// SPDX-License-Identifier: LGPL-2.1-or-later
// What every object on the bus needs to answer.
#pragma once

#include "daemon/bus/peers.hpp"
#include "daemon/manager.hpp"

#include <cstdint>
#include <functional>

namespace haulier::bus {

struct Context {
    daemon::Manager& manager;
    Peers& peers;
    uint32_t owner = 0;          ///< in the session instance, whose bus this is
    std::function<void()> asked; ///< called at every request, for the idle clock
};

} // namespace haulier::bus
