// SPDX-License-Identifier: LGPL-2.1-or-later
// Room on a file system, and whether a directory that could not be written to can be written to again.
#pragma once

#include "transfer/failure.hpp"
#include "worker.pb.h"

#include <cstdint>
#include <string>

namespace haulier::transfer {

/// Success if the file system of `fd` has room for `bytes` more and `keep_free` besides, or does not say.
/// Otherwise DISK_FULL. A file system in memory keeps nothing free.
Status check_room(int fd, uint64_t bytes, uint64_t keep_free, const std::string& directory);

/// Changes nothing. Blocks, so it runs in the disk pool.
Status check_storage(const wire::CheckStorage& request, uint64_t keep_free);

} // namespace haulier::transfer
