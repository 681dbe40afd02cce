// SPDX-License-Identifier: LGPL-2.1-or-later
// Reads a chunk of a file of this user, for a client that wants the reply of its upload in memory.
#pragma once

#include "worker.pb.h"

#include <cstddef>

namespace haulier::transfer {

/// Bytes; fits in a packet.
inline constexpr size_t MaxChunk = 32 * 1024;

/// The caller sets `request` of the reply. Blocks, so it runs in the disk pool.
wire::Reply read_chunk(const wire::Read& request);

} // namespace haulier::transfer
