// SPDX-License-Identifier: LGPL-2.1-or-later
// What the controller is told at each tick about the background connections of one network interface and one
// direction, and what it orders. docs/yielding.md explains the law.
#pragma once

#include "base/clock.hpp"

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace haulier::yield {

using Seconds = std::chrono::duration<double>;
using ConnectionId = uint64_t; ///< never used for another connection

/// One connection, as the kernel sees it now.
struct Sample {
    ConnectionId id = 0;
    std::string remote;         ///< address of the peer
    Seconds round_trip{};       ///< measured on the data that moves; 0 = not known yet
    Seconds handshake{};        ///< round trip of the connection's beginning
    uint64_t bytes = 0;         ///< moved in all
    uint32_t losses = 0;        ///< packets out of order, or sent again, in all
    double segment = 0;         ///< bytes of a full packet
    bool measures_queue = true; ///< false: `round_trip` does not follow the queue (no TCP timestamps)
};

struct Tick {
    BootTime now;
    std::vector<Sample> connections;
    /// What they have moved since the last tick, and others like them that have ended meanwhile.
    uint64_t own_bytes = 0;
    /// Bytes that the interface has moved in this direction, of all programs; nothing = it has no counter.
    std::optional<uint64_t> interface_bytes{};
};

/// How many bytes of a connection may be under way at a time.
struct Order {
    ConnectionId id = 0;
    double window = 0;
    bool is_open = true; ///< false: it is not its turn, and `window` is the smallest there is
};

} // namespace haulier::yield
