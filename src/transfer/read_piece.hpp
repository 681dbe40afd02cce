// SPDX-License-Identifier: LGPL-2.1-or-later
// A small piece of a file of ours, for a client that wants the reply of its upload in memory.
#pragma once

#include "worker.pb.h"

#include <cstddef>

namespace haulier::transfer {

/// Small enough for a packet.
inline constexpr size_t LargestPiece = 32 * 1024;

wire::Answer read_piece(const wire::Read& request);

} // namespace haulier::transfer
