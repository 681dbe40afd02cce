// SPDX-License-Identifier: LGPL-2.1-or-later
// A TCP connection as the controller of background transfers sees and steers it.
#pragma once

#include "yield/samples.hpp"

#include <cstdint>
#include <optional>
#include <string>

namespace haulier::transfer {

/// Where a connection goes.
struct ConnectionPath {
    std::string remote;    ///< address of the peer
    std::string interface; ///< that its packets go through; empty = not known
    bool leaves_machine = false;
};
std::optional<ConnectionPath> path_of(int socket);

/// Of a connection that is or was established; nothing if the kernel does not tell. `sends`: its uploads
/// count, not its downloads. Without `remote`.
std::optional<yield::Sample> sample_of(int socket, bool sends);

/// Keeps the sender of this machine from having more than `window` bytes under way, or lets it go again.
void limit_sending(int socket, std::optional<double> window, yield::Seconds round_trip);

} // namespace haulier::transfer
