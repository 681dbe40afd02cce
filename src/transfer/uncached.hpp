// SPDX-License-Identifier: LGPL-2.1-or-later
// Writing without the page cache (direct I/O): the disk reads the bytes from the memory of the program. This
// costs a fraction of the CPU time, and the cache keeps what other programs have in it.
#pragma once

#include "base/fd.hpp"

#include <cstddef>
#include <cstdint>
#include <string_view>

namespace haulier::transfer {

/// Such a write begins and ends at a multiple of this in the file, and begins at one in memory.
inline constexpr size_t UncachedAlignment = 4096;

/// Opens the file of the descriptor once more. Nothing if its file system does not say that it supports such
/// writes, or if multiples of UncachedAlignment do not suffice.
Fd open_uncached(int file);

/// The bytes that one call can write.
struct WriteStep {
    std::string_view bytes;
    bool uncached;
};
/// The beginning of `bytes`, which are for the offset `at`, up to where the way to write changes.
WriteStep next_step(uint64_t at, std::string_view bytes);

/// How many bytes must precede those for the offset `at` in a buffer, so that the bytes for a
/// multiple of UncachedAlignment are at such a multiple in memory.
size_t padding_for(uint64_t at, const char* buffer);

} // namespace haulier::transfer
