// SPDX-License-Identifier: LGPL-2.1-or-later
// Makes many files durable with one flush of the disk. Each fsync has the disk write its cache, which takes
// longer than everything else about a small file.
#pragma once

#include <span>
#include <vector>

namespace haulier::transfer {

struct GroupSync {
    std::vector<int> errors;        ///< of each file: 0, or errno
    bool names_are_durable = false; ///< of all files in the file system
};

/// Makes content and attributes durable. The files are in one file system. On a thread.
GroupSync sync_group(std::span<const int> files);

} // namespace haulier::transfer
