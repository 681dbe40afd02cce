// SPDX-License-Identifier: LGPL-2.1-or-later
// How heavy a message is in memory, which libsystemd does not tell.
#pragma once

#include <cstdint>

struct sd_bus_message;

namespace haulier::bus {

/// As much as a message of the system bus may have.
inline constexpr uint64_t MaxMessageSize = 32ULL << 20;
/// What is no heavier need not be looked at.
inline constexpr uint64_t SmallMessage = 64ULL << 10;

/// Bytes in the values of a received message, about. One that has very many, or is malformed, counts as the
/// heaviest; so a look costs little.
uint64_t message_size(sd_bus_message* message);

} // namespace haulier::bus
