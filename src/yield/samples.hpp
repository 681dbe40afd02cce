// SPDX-License-Identifier: LGPL-2.1-or-later
// The input of the controller at each tick, about the background connections of one network interface and one
// direction, and the orders that it returns. docs/yielding.md explains the rules.
#pragma once

#include "base/clock.hpp"

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace haulier::yield {

using Seconds = std::chrono::duration<double>;
using ConnectionId = uint64_t; ///< is never used for another connection

/// One connection, as the kernel sees it now.
struct Sample {
    ConnectionId id = 0;
    std::string remote;         ///< address of the peer
    Seconds round_trip{};       ///< measured with the transferred data; 0 = not known yet
    Seconds handshake{};        ///< round trip when the connection was established
    uint64_t bytes = 0;         ///< transferred in total
    uint32_t losses = 0;        ///< packets out of order, or retransmitted, in total
    double segment = 0;         ///< bytes of a full packet
    bool measures_queue = true; ///< false: `round_trip` does not follow the queue (no TCP timestamps)
};

/// Workers of other users that have background connections on the same interface in the same direction. All
/// of them together yield as one.
struct OtherWorkers {
    uint32_t count = 0;
    double rate = 0; ///< bytes per second of all of them
    bool operator==(const OtherWorkers&) const = default;
};

struct Tick {
    BootTime now;
    std::vector<Sample> connections;
    /// Bytes that these connections, and those that have ended meanwhile, have transferred since the last
    /// tick.
    uint64_t own_bytes = 0;
    /// Bytes of all programs on the interface in this direction; nothing = it has no counter.
    std::optional<uint64_t> interface_bytes{};
    OtherWorkers other_workers{};
};

/// How many bytes of a connection may be in flight.
struct Order {
    ConnectionId id = 0;
    double window = 0;
    bool is_open = true; ///< false: it is not its turn, and `window` is the smallest there is
};

} // namespace haulier::yield
