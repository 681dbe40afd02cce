// SPDX-License-Identifier: LGPL-2.1-or-later
#include "transfer/failure.hpp"

#include <cerrno>
#include <fmt/core.h>
#include <system_error>

namespace haulier::transfer {

namespace {

bool is_storage(int error) {
    switch (error) {
    case ENOSPC:
    case EDQUOT:
    case EROFS:
    case EIO:
    case ESTALE:
    case ENODEV:
    case ENXIO:
    case ENOTCONN: // the server of a FUSE file system has ended
    case EHOSTDOWN:
    case ETIMEDOUT: return true;
    default: return false;
    }
}

/// The machine or the process has run out of something that will be released again.
bool is_shortage(int error) {
    return error == EMFILE || error == ENFILE || error == ENOMEM || error == EAGAIN;
}

} // namespace

Failure local_failure(int error, const std::string& what) {
    bool full = error == ENOSPC || error == EDQUOT;
    return {.cause = full ? wire::DISK_FULL : wire::LOCAL_FILE,
            .code = error,
            .message = fmt::format("{}: {}", what, std::generic_category().message(error)),
            .is_transient = is_shortage(error),
            .storage = is_storage(error)};
}

Failure not_responding(const std::string& path) {
    return {.cause = wire::LOCAL_FILE,
            .code = ETIMEDOUT,
            .message = fmt::format("the file system of '{}' does not respond", path),
            .storage = true};
}

} // namespace haulier::transfer
