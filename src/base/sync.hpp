// SPDX-License-Identifier: LGPL-2.1-or-later
// Makes new and changed file names durable.
#pragma once

#include "base/fd.hpp"

#include <fcntl.h>
#include <string>
#include <unistd.h>

namespace haulier {

/// A new name in a directory survives a power cut only after the directory was synced. False with errno set
/// on failure.
inline bool sync_directory(const std::string& directory) {
    Fd fd{open(directory.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC)};
    return fd && fsync(fd.get()) == 0;
}

} // namespace haulier
