// SPDX-License-Identifier: LGPL-2.1-or-later
#include "daemon/pending_file.hpp"

#include "base/fd.hpp"
#include "base/log.hpp"
#include "base/sync.hpp"

#include <cerrno>
#include <cstring>
#include <fcntl.h>
#include <fmt/core.h>

namespace haulier::daemon {

namespace {

bool make_durable(const std::string& directory, const std::string& path) {
    Fd file{open(path.c_str(), O_WRONLY | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600)};
    return file && fsync(file.get()) == 0 && sync_directory(directory);
}

} // namespace

PendingFile::PendingFile(const std::string& state_directory)
    : directory_(state_directory), path_(state_directory + "/pending"),
      exists_(access(path_.c_str(), F_OK) == 0) {}

void PendingFile::create() {
    if (exists_) return;
    // Logged once: if this fails, the database logs errors as well.
    exists_ = true;
    if (!make_durable(directory_, path_))
        log::warning(fmt::format("{} cannot be written, so unfinished jobs wait for the first call after the "
                                 "next start: {}",
                                 path_, std::strerror(errno)));
}

void PendingFile::remove() {
    exists_ = false;
    if (unlink(path_.c_str()) < 0 && errno != ENOENT)
        log::warning(fmt::format("{} cannot be removed: {}", path_, std::strerror(errno)));
}

} // namespace haulier::daemon
