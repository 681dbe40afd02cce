// SPDX-License-Identifier: LGPL-2.1-or-later
#include "transfer/publish.hpp"

#include "transfer/http_date.hpp"
#include "transfer/part_file.hpp"

#include <array>
#include <cerrno>
#include <cstdio>
#include <fcntl.h>
#include <fmt/core.h>
#include <sys/stat.h>
#include <utility>

namespace haulier::transfer {

namespace {

Failure wrong(std::string message) {
    return {.cause = wire::LOCAL_FILE, .message = std::move(message)};
}

bool is_named(const Directory& directory, const std::string& name, Inode inode) {
    struct stat st {};
    return fstatat(directory.fd(), name.c_str(), &st, AT_SYMLINK_NOFOLLOW) == 0 && inode_of(st).was(inode);
}

/// Mode, date and data, all durable before the name is.
Trouble dress(int file, const wire::Publish& request, mode_t umask) {
    mode_t mode = request.mode_known() ? request.mode() & 0777 : 0666 & ~umask;
    if (fchmod(file, mode) < 0) return local_failure(errno, "Cannot set the permissions of the file");
    if (auto date = parse_http_date(request.last_modified())) {
        // A date that this file system cannot keep is no reason to withhold the file.
        const std::array<timespec, 2> times{timespec{.tv_nsec = UTIME_OMIT}, timespec{.tv_sec = *date}};
        futimens(file, times.data());
    }
    if (fsync(file) < 0) return local_failure(errno, "Cannot sync the file");
    return {};
}

/// The temporary file is gone: fine, if it is because this was done before.
Trouble done_before(const Directory& directory, const wire::Publish& request, Inode inode) {
    if (!is_named(directory, request.name(), inode))
        return wrong(fmt::format("The fetched file for “{}” has disappeared from “{}”.", request.name(),
                                 directory.path()));
    auto file = open_own_file(directory, request.name(), O_RDONLY);
    // Only a sync is left to do; who may not open the file any more has changed it since.
    if (auto* fd = std::get_if<std::optional<Fd>>(&file); fd && *fd) return directory.sync((*fd)->get());
    return {};
}

Trouble rename_durably(const Directory& directory, const wire::Publish& request, int file) {
    if (auto what = irreplaceable(directory, request.name()); !what.empty())
        return wrong(fmt::format("“{}” in “{}” is {}; the file cannot replace it.", request.name(),
                                 directory.path(), what));
    if (renameat(directory.fd(), request.temporary().c_str(), directory.fd(), request.name().c_str()) < 0)
        return local_failure(
            errno, fmt::format("Cannot name the file “{}” in “{}”", request.name(), directory.path()));
    return directory.sync(file);
}

} // namespace

Trouble publish(const wire::Publish& request, mode_t umask) {
    if (!is_temporary_name(request.temporary())) return wrong("The temporary file has an impossible name.");
    auto opened = Directory::open(request.directory());
    if (auto* failure = std::get_if<Failure>(&opened)) return std::move(*failure);
    const auto& directory = std::get<Directory>(opened);
    const Inode inode{request.inode().device(), request.inode().number()};

    auto found = open_own_file(directory, request.temporary(), O_RDONLY);
    if (auto* failure = std::get_if<Failure>(&found)) return std::move(*failure);
    const auto& file = std::get<std::optional<Fd>>(found);
    if (!file) return done_before(directory, request, inode);
    struct stat st {};
    if (fstat(file->get(), &st) < 0 || !inode_of(st).was(inode))
        return wrong(
            fmt::format("The temporary file in “{}” is not the one that was fetched.", directory.path()));
    if (auto trouble = dress(file->get(), request, umask)) return trouble;
    return rename_durably(directory, request, file->get());
}

Trouble discard(const wire::Discard& request) {
    if (!is_temporary_name(request.temporary())) return wrong("The temporary file has an impossible name.");
    auto opened = Directory::open(request.directory());
    if (auto* failure = std::get_if<Failure>(&opened)) {
        bool gone = failure->code == ENOENT || failure->code == ENOTDIR;
        return gone ? Trouble{} : std::move(*failure);
    }
    const auto& directory = std::get<Directory>(opened);
    struct stat st {};
    if (fstatat(directory.fd(), request.temporary().c_str(), &st, AT_SYMLINK_NOFOLLOW) < 0 && errno == ENOENT)
        return {};
    if (!S_ISREG(st.st_mode))
        return wrong(fmt::format("“{}” in “{}” is not a plain file; it was left alone.", request.temporary(),
                                 directory.path()));
    if (unlinkat(directory.fd(), request.temporary().c_str(), 0) < 0 && errno != ENOENT)
        return local_failure(errno,
                             fmt::format("Cannot delete the temporary file in “{}”", directory.path()));
    return {};
}

} // namespace haulier::transfer
