// SPDX-License-Identifier: LGPL-2.1-or-later
#include "transfer/metadata.hpp"

#include "transfer/http_date.hpp"

#include <array>
#include <cerrno>
#include <fcntl.h>

namespace haulier::transfer {

namespace {

constexpr mode_t PermissionBits = 07777;

bool has_date(const struct stat& st, time_t date) {
    return st.st_mtim.tv_sec == date && st.st_mtim.tv_nsec == 0;
}

} // namespace

Metadata metadata_of(const Permissions& permissions, const std::string& last_modified, mode_t umask) {
    return {.mode = permissions.mode.value_or(0666 & ~permissions.umask.value_or(umask)),
            .is_mode_chosen = permissions.mode.has_value(),
            .date = parse_http_date(last_modified)};
}

bool differs(const Metadata& metadata, const struct stat& st) {
    return (st.st_mode & PermissionBits) != metadata.mode || (metadata.date && !has_date(st, *metadata.date));
}

Result<bool, Failure> apply(const Metadata& metadata, int file, const struct stat& st) {
    bool changed = false;
    if ((st.st_mode & PermissionBits) != metadata.mode) {
        changed = fchmod(file, metadata.mode) == 0;
        // A file system without permissions, such as that of a memory stick, is no reason to fail.
        if (!changed && (metadata.is_mode_chosen || (errno != EPERM && errno != EOPNOTSUPP)))
            return local_failure(errno, "cannot set the permissions of the file");
    }
    if (!metadata.date || has_date(st, *metadata.date)) return changed;
    // A date that the file system cannot store is no reason to fail.
    const std::array<timespec, 2> times{timespec{.tv_nsec = UTIME_OMIT}, timespec{.tv_sec = *metadata.date}};
    futimens(file, times.data());
    return true;
}

} // namespace haulier::transfer
