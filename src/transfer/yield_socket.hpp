// SPDX-License-Identifier: LGPL-2.1-or-later
// Measures and controls a TCP connection for the controller of background transfers.
#pragma once

#include "yield/samples.hpp"

#include <cstdint>
#include <optional>
#include <string>

namespace haulier::transfer {

/// The acknowledgement of each single packet would be delayed, so this many bytes are sent together, unpaced.
inline constexpr double LeastSendBuffer = 2 * 1448;

/// Where a connection goes.
struct ConnectionPath {
    std::string remote;    ///< address of the peer
    std::string interface; ///< network interface of its packets; empty = not known
    bool leaves_machine = false;
};
std::optional<ConnectionPath> path_of(int socket);

/// Samples a connection that is or was established; nothing if the kernel provides no data. With `sends`,
/// uploads count, otherwise downloads. `remote` is not set.
std::optional<yield::Sample> sample_of(int socket, bool sends);

/// Limits the bytes that this machine has in flight to `window`, or removes the limit.
void limit_sending(int socket, std::optional<double> window, yield::Seconds round_trip);

} // namespace haulier::transfer
