// SPDX-License-Identifier: LGPL-2.1-or-later
// How many files of a job may be in transfer: few large ones, and many small ones, of which most wait for the
// server or for the disk at any time.
#pragma once

#include <cstdint>

namespace haulier::job {

/// Files of at most so many bytes are small.
inline constexpr uint64_t SmallFile = 256 * 1024;

struct FlightLimits {
    uint32_t files = 4;        ///< 1 = never more, whatever their size
    uint32_t small_files = 64; ///< while files are small
};

/// `small_in_a_row`: files that were transferred since the last one that was large or failed. The number of
/// files grows with them, so that a server which bears little is not asked for much at once.
constexpr uint64_t files_in_flight(const FlightLimits& limits, uint32_t small_in_a_row, bool has_large) {
    if (has_large || limits.files <= 1 || limits.small_files <= limits.files) return limits.files;
    auto grown = uint64_t{limits.files} + small_in_a_row;
    return grown < limits.small_files ? grown : limits.small_files;
}

/// Each file gets at least this part of a limit, in bytes per second, so that the files do not all become too
/// slow.
inline constexpr uint64_t LeastShare = 32 * 1024;

/// How many files may share the limit; 0 = no limit.
constexpr uint64_t files_in_limit(uint64_t files, uint64_t limit) {
    if (limit == 0 || limit >= files * LeastShare) return files;
    return limit < LeastShare ? 1 : limit / LeastShare;
}

} // namespace haulier::job
