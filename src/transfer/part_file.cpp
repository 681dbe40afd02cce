// SPDX-License-Identifier: LGPL-2.1-or-later
#include "transfer/part_file.hpp"

#include <cerrno>
#include <fcntl.h>
#include <fmt/core.h>
#include <sys/file.h>
#include <utility>

namespace haulier::transfer {

namespace {

/// Below this a reservation costs more than it saves.
constexpr uint64_t WorthReserving = 1024 * 1024;

Failure refused(const Directory& directory, const std::string& name, std::string_view what) {
    return {.cause = wire::LOCAL_FILE,
            .message = fmt::format("“{}” in “{}” is {}; Haulier does not touch it. Remove it.", name,
                                   directory.path(), what)};
}

Trouble check_own_file(const Directory& directory, const std::string& name, const struct stat& st) {
    if (!S_ISREG(st.st_mode)) return refused(directory, name, "not a plain file");
    if (st.st_uid != geteuid()) return refused(directory, name, "the file of another user");
    if (st.st_nlink != 1) return refused(directory, name, "a file with more than one name");
    return {};
}

Outcome<Fd> create(const Directory& directory, const std::string& name) {
    Fd fd{openat(directory.fd(), name.c_str(), O_RDWR | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0600)};
    if (!fd)
        return local_failure(errno,
                             fmt::format("Cannot create the temporary file in “{}”", directory.path()));
    return fd;
}

} // namespace

Inode inode_of(const struct stat& st) {
    return {st.st_dev, st.st_ino};
}

bool is_temporary_name(std::string_view name) {
    return name.starts_with(".haulier-") && name.ends_with(".part") && name.size() <= 255 &&
           name.find('/') == std::string_view::npos && name.find('\0') == std::string_view::npos;
}

Outcome<Directory> Directory::open(const std::string& path) {
    if (!path.starts_with('/') || path.find('\0') != std::string::npos)
        return Failure{.cause = wire::LOCAL_FILE,
                       .message = "The directory must be given by an absolute path."};
    Fd fd{::open(path.c_str(), O_PATH | O_DIRECTORY | O_CLOEXEC)};
    if (!fd) return local_failure(errno, fmt::format("Cannot open the directory “{}”", path));
    return Directory{std::move(fd), path};
}

Trouble Directory::sync(int file) const {
    Fd readable{openat(fd(), ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC)};
    int r = readable ? fsync(readable.get()) : syncfs(file);
    if (r < 0) return local_failure(errno, fmt::format("Cannot sync the directory “{}”", path_));
    return {};
}

std::string_view irreplaceable(const Directory& directory, const std::string& name) {
    struct stat st {};
    if (fstatat(directory.fd(), name.c_str(), &st, AT_SYMLINK_NOFOLLOW) < 0) return {};
    switch (st.st_mode & S_IFMT) {
    case S_IFREG:
    case S_IFLNK: return {};
    case S_IFDIR: return "a directory";
    case S_IFIFO: return "a pipe";
    case S_IFSOCK: return "a socket";
    default: return "a device";
    }
}

Outcome<std::optional<Fd>> open_own_file(const Directory& directory, const std::string& name, int access) {
    // Without O_NONBLOCK a FIFO in this place would hold us for ever.
    Fd fd{openat(directory.fd(), name.c_str(), access | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC)};
    if (!fd && errno == ENOENT) return std::optional<Fd>{};
    if (!fd && errno == ELOOP) return refused(directory, name, "a symbolic link");
    if (!fd) return local_failure(errno, fmt::format("Cannot open “{}” in “{}”", name, directory.path()));
    struct stat st {};
    if (fstat(fd.get(), &st) < 0) return local_failure(errno, fmt::format("Cannot examine “{}”", name));
    if (auto trouble = check_own_file(directory, name, st)) return *trouble;
    return std::optional{std::move(fd)};
}

Outcome<PartFile> PartFile::open(Directory directory, const std::string& name) {
    auto found = open_own_file(directory, name, O_RDWR);
    if (auto* failure = std::get_if<Failure>(&found)) return std::move(*failure);
    if (auto& fd = std::get<0>(found)) return PartFile{std::move(directory), name, std::move(*fd)};
    auto created = create(directory, name);
    if (auto* failure = std::get_if<Failure>(&created)) return std::move(*failure);
    return PartFile{std::move(directory), name, std::move(std::get<Fd>(created))};
}

bool PartFile::lock() {
    // A file system without locks has no second worker to fear more than having no downloads at all.
    if (flock(fd_.get(), LOCK_EX | LOCK_NB) < 0 && errno == EWOULDBLOCK) return false;
    struct stat named {};
    return fstatat(directory_.fd(), name_.c_str(), &named, AT_SYMLINK_NOFOLLOW) == 0 &&
           inode_of(named) == inode();
}

void PartFile::unlock() {
    flock(fd_.get(), LOCK_UN);
}

uint64_t PartFile::size() const {
    struct stat st {};
    return fstat(fd_.get(), &st) == 0 ? static_cast<uint64_t>(st.st_size) : 0;
}

Inode PartFile::inode() const {
    struct stat st {};
    return fstat(fd_.get(), &st) == 0 ? inode_of(st) : Inode{};
}

Trouble PartFile::prepare(uint64_t keep, std::optional<uint64_t> total) {
    if (ftruncate(fd_.get(), static_cast<off_t>(keep)) < 0)
        return local_failure(errno,
                             fmt::format("Cannot shorten the temporary file in “{}”", directory_.path()));
    if (!total || *total <= keep || *total - keep < WorthReserving) return {};
    // The length stays what was written, so that a short file is seen to be short.
    if (fallocate(fd_.get(), FALLOC_FL_KEEP_SIZE, 0, static_cast<off_t>(*total)) == 0) return {};
    if (errno == EOPNOTSUPP || errno == ENOSYS || errno == EINTR) return {};
    return local_failure(errno, fmt::format("Cannot reserve {} bytes in “{}”", *total, directory_.path()));
}

Trouble PartFile::lay_out(std::optional<uint64_t> total, bool anew) {
    bool done = (!anew || ftruncate(fd_.get(), 0) == 0) &&
                (!total || ftruncate(fd_.get(), static_cast<off_t>(*total)) == 0);
    if (done) return {};
    return local_failure(
        errno, fmt::format("Cannot set the length of the temporary file in “{}”", directory_.path()));
}

Trouble PartFile::write(uint64_t at, std::string_view bytes) {
    while (!bytes.empty()) {
        ssize_t n = pwrite(fd_.get(), bytes.data(), bytes.size(), static_cast<off_t>(at));
        if (n < 0 && errno == EINTR) continue;
        if (n < 0) return local_failure(errno, fmt::format("Cannot write to “{}”", directory_.path()));
        at += static_cast<uint64_t>(n);
        bytes.remove_prefix(static_cast<size_t>(n));
    }
    return {};
}

Trouble PartFile::read(uint64_t at, char* into, size_t count) const {
    while (count > 0) {
        ssize_t n = pread(fd_.get(), into, count, static_cast<off_t>(at));
        if (n < 0 && errno == EINTR) continue;
        if (n <= 0)
            return local_failure(n < 0 ? errno : EIO,
                                 fmt::format("Cannot read back from “{}”", directory_.path()));
        at += static_cast<uint64_t>(n);
        into += n;
        count -= static_cast<size_t>(n);
    }
    return {};
}

Trouble PartFile::sync() {
    if (fdatasync(fd_.get()) < 0)
        return local_failure(errno, fmt::format("Cannot sync the temporary file in “{}”", directory_.path()));
    if (std::exchange(name_synced_, true)) return {};
    return directory_.sync(fd_.get());
}

} // namespace haulier::transfer
