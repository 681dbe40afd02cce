// SPDX-License-Identifier: LGPL-2.1-or-later
#include "transfer/storage.hpp"

#include "transfer/convert.hpp"
#include "transfer/part_file.hpp"

#include <algorithm>
#include <cerrno>
#include <fcntl.h>
#include <fmt/core.h>
#include <linux/magic.h>
#include <sys/vfs.h>

namespace haulier::transfer {

namespace {

/// Enough to notice that a quota is used up, and little enough to disturb no other program.
constexpr uint64_t MaxProbe = 16 * 1024 * 1024;

bool is_in_memory(const struct statfs& st) {
    return st.f_type == TMPFS_MAGIC || st.f_type == RAMFS_MAGIC;
}

bool is_in_memory(int fd) {
    struct statfs st {};
    return fstatfs(fd, &st) == 0 && is_in_memory(st);
}

bool is_unsupported(int error) {
    return error == EOPNOTSUPP || error == ENOSYS || error == EISDIR || error == EINVAL;
}

/// Tries what free space does not tell: inodes, a quota, a file system that fails or is read-only.
Status try_unnamed_file(const Directory& directory, uint64_t bytes) {
    Fd file{openat(directory.fd(), ".", O_TMPFILE | O_WRONLY | O_CLOEXEC, 0600)};
    if (!file && !is_unsupported(errno))
        return local_failure(errno, fmt::format("files cannot be created in '{}'", directory.path()));
    if (!file || bytes == 0 || is_in_memory(file.get())) return Done{};
    auto size = static_cast<off_t>(std::min(bytes, MaxProbe));
    if (fallocate(file.get(), FALLOC_FL_KEEP_SIZE, 0, size) == 0 || is_unsupported(errno) || errno == EINTR)
        return Done{};
    return local_failure(errno, fmt::format("files cannot be written in '{}'", directory.path()));
}

} // namespace

Status check_room(int fd, uint64_t bytes, uint64_t keep_free, const std::string& directory) {
    struct statfs st {};
    // Some network file systems report no sizes.
    if (fstatfs(fd, &st) < 0 || st.f_blocks == 0) return Done{};
    auto unit = static_cast<uint64_t>(st.f_frsize);
    uint64_t available = uint64_t{st.f_bavail} * unit;
    keep_free = is_in_memory(st) ? 0 : std::min(keep_free, uint64_t{st.f_blocks} * unit / 4);
    if (bytes <= available && keep_free <= available - bytes) return Done{};
    return Failure{.cause = wire::DISK_FULL,
                   .code = ENOSPC,
                   .message = fmt::format("there is no room for {} bytes in '{}': {} are available, of which "
                                          "{} must stay free",
                                          bytes, directory, available, keep_free),
                   .storage = true};
}

Status check_storage(const wire::CheckStorage& request, uint64_t keep_free) {
    auto directory = Directory::open({request.directory(), request.root()});
    if (!directory) return directory.error();
    if (!directory->is_same(from_wire(request.folder()))) return directory->not_mounted();
    if (auto ok = check_room(directory->fd(), request.bytes(), keep_free, directory->path()); !ok) return ok;
    return try_unnamed_file(*directory, request.bytes());
}

} // namespace haulier::transfer
