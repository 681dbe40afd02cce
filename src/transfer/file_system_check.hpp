// SPDX-License-Identifier: LGPL-2.1-or-later
// Whether a file system can hold a file: with this name, of this size and with these permissions. Some cannot
// (FAT and exFAT, encrypted directories, network shares), and would refuse it only after the last byte.
#pragma once

#include "transfer/failure.hpp"
#include "transfer/part_file.hpp"

#include <cstdint>
#include <optional>
#include <string>

namespace haulier::transfer {

struct WantedFile {
    std::string name;
    std::optional<uint64_t> size;
    std::optional<uint32_t> mode; ///< permission bits
};

/// Blocks, so it runs in the disk pool. On file systems that may refuse the name or the permissions, a file
/// is created and removed again.
Status check_file_system(const Directory& directory, const WantedFile& wanted);

} // namespace haulier::transfer
