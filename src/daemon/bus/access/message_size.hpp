// SPDX-License-Identifier: LGPL-2.1-or-later
// The size of a message in memory, which libsystemd does not report.
#pragma once

#include <cstdint>

struct sd_bus_message;

namespace haulier::bus {

/// The system bus allows no larger messages.
inline constexpr uint64_t MaxMessageSize = 32ULL << 20;
/// A message up to this size is accepted even from a user who is over the limit on bytes.
inline constexpr uint64_t SmallMessage = 64ULL << 10;

/// About how many bytes the values of a received message take. A message with very many values, or a
/// malformed one, counts as MaxMessageSize, which bounds the cost of this function.
uint64_t message_size(sd_bus_message* message);

} // namespace haulier::bus
