// SPDX-License-Identifier: LGPL-2.1-or-later
// Limits that the daemon and the worker share.
#pragma once

#include <cstddef>
#include <cstdint>

namespace haulier {

/// Size of the largest file, in bytes: the largest value of off_t. It is also the largest offset.
inline constexpr uint64_t MaxFileSize = (uint64_t{1} << 63) - 1;

/// Length of the longest URL, in bytes (BITS allows 2,200 characters; today's signed URLs are longer).
inline constexpr size_t MaxUrl = 8000;

/// Bytes in a file name: NAME_MAX.
inline constexpr size_t MaxFileName = 255;

/// Connections over which one file may be fetched.
inline constexpr uint32_t MaxConnections = 16;

/// Pieces of a file on disk that a checkpoint may have.
inline constexpr size_t MaxPieces = 64;

} // namespace haulier
