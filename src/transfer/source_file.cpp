// SPDX-License-Identifier: LGPL-2.1-or-later
#include "transfer/source_file.hpp"

#include <cerrno>
#include <fcntl.h>
#include <fmt/core.h>
#include <sys/stat.h>

namespace haulier::transfer {

namespace {

Failure not_uploaded(const std::string& name, const std::string& directory, std::string_view what) {
    return {.cause = wire::LOCAL_FILE,
            .message =
                fmt::format("'{}' in '{}' is {}, only regular files are uploaded", name, directory, what)};
}

} // namespace

Result<SourceFile, Failure> SourceFile::open(const Place& directory, const std::string& name) {
    auto opened = Directory::open(directory);
    if (!opened) return opened.error();
    Fd fd = open_regular(opened->fd(), name, O_RDONLY);
    if (!fd && errno == ELOOP) return not_uploaded(name, directory.path, "a symbolic link");
    if (!fd && errno == EINVAL) return not_uploaded(name, directory.path, "not a regular file");
    if (!fd) return local_failure(errno, fmt::format("cannot open '{}' in '{}'", name, directory.path));
    return SourceFile{std::move(fd), name};
}

Stamp SourceFile::stamp() const {
    struct stat st {};
    if (fstat(fd_.get(), &st) < 0) return {};
    constexpr int64_t second = 1'000'000'000;
    return {inode_of(st), static_cast<uint64_t>(st.st_size), st.st_mtim.tv_sec * second + st.st_mtim.tv_nsec};
}

Status SourceFile::read(uint64_t at, char* into, size_t count) const {
    while (count > 0) {
        ssize_t n = pread(fd_.get(), into, count, static_cast<off_t>(at));
        if (n < 0 && errno == EINTR) continue;
        if (n <= 0) return local_failure(n < 0 ? errno : EIO, fmt::format("cannot read '{}'", name_));
        at += static_cast<uint64_t>(n);
        into += n;
        count -= static_cast<size_t>(n);
    }
    return Done{};
}

Failure SourceFile::changed() const {
    return {.cause = wire::LOCAL_FILE_CHANGED,
            .message = fmt::format("'{}' has changed since its upload began", name_)};
}

} // namespace haulier::transfer
