// SPDX-License-Identifier: LGPL-2.1-or-later
// How much memory jobs need in the daemon, counted by the texts in them, and how much of it is too much.
#pragma once

#include "job/types.hpp"

#include <cstdint>

namespace haulier::job {

/// Of a job, of an owner, or of all.
struct Usage {
    uint32_t jobs = 0; ///< unfinished ones
    uint64_t text = 0; ///< bytes
    bool operator==(const Usage&) const = default;
};

/// What a file or a job needs besides its texts, so that many small ones are counted, too.
inline constexpr uint64_t FileOverhead = 512;
inline constexpr uint64_t JobOverhead = 2048;

uint64_t memory_size(const Job& job);
uint64_t memory_size(const File& file);
uint64_t memory_size(const FileSpec& spec);

/// May `more` be added to what an owner has (`own`), and to what all have? TooManyJobs or TooLarge. What adds
/// nothing is always allowed.
Status check_usage(const Usage& own, const Usage& all, const Usage& more, const Limits& limits);

/// May a job that has `have` files have so many more? TooManyFiles.
Status check_files(uint32_t have, size_t more, const Limits& limits);

/// `limits` without those on jobs, files and text.
Limits unlimited(Limits limits);

} // namespace haulier::job
