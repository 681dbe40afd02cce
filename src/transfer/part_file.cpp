// SPDX-License-Identifier: LGPL-2.1-or-later
#include "transfer/part_file.hpp"

#include "transfer/storage.hpp"
#include "transfer/uncached.hpp"

#include <algorithm>
#include <cerrno>
#include <fcntl.h>
#include <fmt/core.h>
#include <linux/openat2.h>
#include <sys/file.h>
#include <sys/syscall.h>
#include <utility>

namespace haulier::transfer {

namespace {

/// Reserving less space costs more time than it saves.
constexpr uint64_t MinReservation = 1024 * 1024;

Failure not_ours(const Directory& directory, const std::string& name, std::string_view what) {
    return {.cause = wire::LOCAL_FILE,
            .message = fmt::format("'{}' in '{}' is {}, Haulier does not touch it, remove it", name,
                                   directory.path(), what)};
}

Status check_own_file(const Directory& directory, const std::string& name, const struct stat& st) {
    if (S_ISLNK(st.st_mode)) return not_ours(directory, name, "a symbolic link");
    if (!S_ISREG(st.st_mode)) return not_ours(directory, name, "not a regular file");
    if (st.st_uid != geteuid()) return not_ours(directory, name, "owned by another user");
    if (st.st_nlink != 1) return not_ours(directory, name, "a file with more than one name");
    return Done{};
}

/// Nothing if there is a file of this name.
Result<std::optional<Fd>, Failure> create(const Directory& directory, const std::string& name) {
    Fd fd{openat(directory.fd(), name.c_str(), O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0600)};
    if (fd) return std::optional{std::move(fd)};
    if (errno == EEXIST) return std::optional<Fd>{};
    return local_failure(errno, fmt::format("cannot create the temporary file in '{}'", directory.path()));
}

} // namespace

Inode inode_of(const struct stat& st) {
    return {st.st_dev, st.st_ino};
}

bool is_temporary_name(std::string_view name) {
    return name.starts_with(".haulier-") && name.ends_with(".part") && name.size() <= 255 &&
           name.find('/') == std::string_view::npos && name.find('\0') == std::string_view::npos;
}

namespace {

constexpr int OpenDirectory = O_PATH | O_DIRECTORY | O_CLOEXEC;

bool is_absolute(const std::string& path) {
    return path.starts_with('/') && path.find('\0') == std::string::npos;
}

/// Returns the path relative to the root; nothing if it is not below the root.
std::optional<std::string> path_below(const Place& place) {
    auto root = std::string_view{place.root};
    while (root.ends_with('/'))
        root.remove_suffix(1);
    if (!is_absolute(place.root) || !place.path.starts_with(root)) return std::nullopt;
    auto rest = std::string_view{place.path}.substr(root.size());
    if (!rest.empty() && rest.front() != '/') return std::nullopt;
    rest.remove_prefix(std::min(rest.find_first_not_of('/'), rest.size()));
    return rest.empty() ? "." : std::string{rest};
}

/// Sets errno if it fails: ELOOP if a link is on the way, and EXDEV if the path would leave the root.
Fd open_place(const Place& place) {
    if (place.root.empty()) return Fd{::open(place.path.c_str(), OpenDirectory)};
    auto below = path_below(place);
    errno = EXDEV;
    if (!below) return {};
    Fd root{::open(place.root.c_str(), OpenDirectory)};
    if (!root) return {};
    open_how how{};
    how.flags = OpenDirectory;
    how.resolve = RESOLVE_BENEATH | RESOLVE_NO_SYMLINKS | RESOLVE_NO_MAGICLINKS;
    return Fd{static_cast<int>(syscall(SYS_openat2, root.get(), below->c_str(), &how, sizeof(how)))};
}

Failure not_opened(const Place& place, int error) {
    if (!place.root.empty() && error == ELOOP)
        return {.cause = wire::LOCAL_FILE,
                .code = error,
                .message =
                    fmt::format("'{}' leads through a symbolic link, which jobs of apps in sandboxes do "
                                "not follow",
                                place.path)};
    return local_failure(error, fmt::format("cannot open the directory '{}'", place.path));
}

} // namespace

Result<Directory, Failure> Directory::open(const Place& place) {
    if (!is_absolute(place.path))
        return Failure{.cause = wire::LOCAL_FILE,
                       .message = fmt::format("directory '{}' is not an absolute path", place.path)};
    Fd fd = open_place(place);
    if (!fd) return not_opened(place, errno);
    struct stat st {};
    if (fstat(fd.get(), &st) < 0) return local_failure(errno, fmt::format("cannot examine '{}'", place.path));
    return Directory{std::move(fd), place, inode_of(st)};
}

bool Directory::is_in_place() const {
    struct stat st {};
    if (place_.root.empty()) return stat(place_.path.c_str(), &st) == 0 && inode_of(st) == inode();
    Fd now = open_place(place_);
    return now && fstat(now.get(), &st) == 0 && inode_of(st) == inode();
}

bool Directory::is_same_place(const Directory& other) const {
    return inode_ == other.inode_ && place_ == other.place_;
}

Status Directory::sync(int file) const {
    Fd readable{openat(fd(), ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC)};
    int r = readable ? fsync(readable.get()) : syncfs(file);
    if (r < 0) return local_failure(errno, fmt::format("cannot sync the directory '{}'", path()));
    return Done{};
}

Status Directory::sync_names() const {
    Fd readable{openat(fd(), ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC)};
    if (!readable || fsync(readable.get()) == 0 || errno == EINVAL || errno == EROFS) return Done{};
    return local_failure(errno, fmt::format("cannot sync the directory '{}'", path()));
}

bool Directory::is_same(const Inode& stored) const {
    return stored == Inode{} || inode().matches(stored);
}

Failure Directory::not_mounted() const {
    return {.cause = wire::LOCAL_FILE,
            .message = fmt::format("the temporary file is not there; is the disk of '{}' mounted?", path()),
            .storage = true};
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

bool is_taken(const Directory& directory, const std::string& name) {
    struct stat st {};
    return !name.empty() && fstatat(directory.fd(), name.c_str(), &st, AT_SYMLINK_NOFOLLOW) == 0;
}

Failure name_taken(const Directory& directory, const std::string& name) {
    return {.cause = wire::FILE_EXISTS,
            .message = fmt::format("there is a '{}' in '{}' already", name, directory.path())};
}

Fd open_regular(int directory, const std::string& name, int access) {
    struct stat ignored {};
    return open_regular(directory, name, access, ignored);
}

Fd open_regular(int directory, const std::string& name, int access, struct stat& st) {
    // Without O_NONBLOCK, opening a FIFO of this name would block for ever.
    Fd fd{openat(directory, name.c_str(), access | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC)};
    if (!fd && errno == ELOOP) {
        // The document portal of Debian 12 says this of every file. What the name is can still be found out.
        Fd path{openat(directory, name.c_str(), O_PATH | O_NOFOLLOW | O_CLOEXEC)};
        bool regular = path && fstat(path.get(), &st) == 0 && S_ISREG(st.st_mode);
        errno = ELOOP;
        if (!regular) return {};
        return Fd{open(fmt::format("/proc/self/fd/{}", path.get()).c_str(), access | O_NONBLOCK | O_CLOEXEC)};
    }
    if (!fd || fstat(fd.get(), &st) < 0) return {};
    if (S_ISREG(st.st_mode)) return fd;
    errno = EINVAL;
    return {};
}

Result<std::optional<Fd>, Failure> open_own_file(const Directory& directory, const std::string& name,
                                                 int access) {
    struct stat st {};
    return open_own_file(directory, name, access, st);
}

Result<std::optional<Fd>, Failure> open_own_file(const Directory& directory, const std::string& name,
                                                 int access, struct stat& st) {
    Fd fd = open_regular(directory.fd(), name, access, st);
    if (!fd && errno == ENOENT) return std::optional<Fd>{};
    if (!fd && errno == ELOOP) return not_ours(directory, name, "a symbolic link");
    if (!fd && errno == EINVAL) return not_ours(directory, name, "not a regular file");
    if (!fd) return local_failure(errno, fmt::format("cannot open '{}' in '{}'", name, directory.path()));
    if (auto ok = check_own_file(directory, name, st); !ok) return ok.error();
    return std::optional{std::move(fd)};
}

Result<std::optional<struct stat>, Failure> find_own_file(const Directory& directory,
                                                          const std::string& name) {
    struct stat st {};
    int r = fstatat(directory.fd(), name.c_str(), &st, AT_SYMLINK_NOFOLLOW);
    if (r < 0 && errno == ENOENT) return std::optional<struct stat>{};
    if (r < 0)
        return local_failure(errno, fmt::format("cannot examine '{}' in '{}'", name, directory.path()));
    if (auto ok = check_own_file(directory, name, st); !ok) return ok.error();
    return std::optional{st};
}

namespace {

/// The file itself often cannot be opened.
Failure or_taken(Failure failure, const Directory& directory, const std::string& name) {
    struct stat st {};
    failure.name_taken =
        fstatat(directory.fd(), name.c_str(), &st, AT_SYMLINK_NOFOLLOW) == 0 && st.st_uid != geteuid();
    return failure;
}

} // namespace

/// Most files are new.
Result<PartFile, Failure> PartFile::open(std::shared_ptr<const Directory> shared, const std::string& name,
                                         uint64_t keep_free) {
    const auto& directory = *shared;
    auto file = create(directory, name);
    struct stat st {};
    if (file && *file && fstat((*file)->get(), &st) < 0)
        return local_failure(errno,
                             fmt::format("cannot examine the temporary file in '{}'", directory.path()));
    if (file && !*file) file = open_own_file(directory, name, O_RDWR, st);
    if (!file) return or_taken(file.error(), directory, name);
    if (!*file) // it was deleted meanwhile
        return local_failure(ENOENT, fmt::format("cannot open the temporary file in '{}'", directory.path()));
    return PartFile{std::move(shared), name, std::move(**file), st, keep_free};
}

PartFile::PartFile(std::shared_ptr<const Directory> directory, std::string name, Fd fd, const struct stat& st,
                   uint64_t keep_free)
    : directory_(std::move(directory)), name_(std::move(name)), fd_(std::move(fd)), inode_(inode_of(st)),
      keep_free_(keep_free), is_new_(st.st_size == 0) {}

Failure PartFile::failed(std::string_view action) const {
    return local_failure(errno,
                         fmt::format("cannot {} the temporary file in '{}'", action, directory_->path()));
}

bool PartFile::lock() {
    // On a file system without locks, downloading without one is better than not at all.
    if (flock(fd_.get(), LOCK_EX | LOCK_NB) < 0 && errno == EWOULDBLOCK) return false;
    struct stat named {};
    bool is_named = fstatat(directory_->fd(), name_.c_str(), &named, AT_SYMLINK_NOFOLLOW) == 0 &&
                    inode_of(named) == inode();
    if (is_named) found_size_ = static_cast<uint64_t>(named.st_size);
    return is_named;
}

void PartFile::unlock() {
    flock(fd_.get(), LOCK_UN);
}

uint64_t PartFile::size() const {
    struct stat st {};
    return fstat(fd_.get(), &st) == 0 ? static_cast<uint64_t>(st.st_size) : 0;
}

Status PartFile::prepare(uint64_t keep, std::optional<uint64_t> total) {
    uncached_.reset();
    bool is_empty = std::exchange(is_new_, false) && keep == 0;
    if (!is_empty && ftruncate(fd_.get(), static_cast<off_t>(keep)) < 0) return failed("truncate");
    length_ = keep;
    may_grow_ = !total;
    return total && *total > keep ? reserve(keep, *total) : Status{Done{}};
}

Status PartFile::reserve(uint64_t keep, uint64_t total) {
    if (auto ok = check_room(fd_.get(), total - keep, keep_free_, directory_->path()); !ok) return ok;
    if (total - keep < MinReservation) return Done{};
    // The size remains what was written, so that an incomplete file can be recognised.
    if (fallocate(fd_.get(), FALLOC_FL_KEEP_SIZE, 0, static_cast<off_t>(total)) == 0) return Done{};
    if (errno == EOPNOTSUPP || errno == ENOSYS || errno == EINTR) return Done{};
    auto failure =
        local_failure(errno, fmt::format("cannot reserve {} bytes in '{}'", total, directory_->path()));
    // ext4 keeps what it found, up to the last free block.
    if (ftruncate(fd_.get(), static_cast<off_t>(keep)) < 0) return failed("truncate");
    return failure;
}

Status PartFile::resize(std::optional<uint64_t> total, bool anew) {
    uncached_.reset();
    is_new_ = false;
    may_grow_ = true;
    bool done = (!anew || ftruncate(fd_.get(), 0) == 0) &&
                (!total || ftruncate(fd_.get(), static_cast<off_t>(*total)) == 0);
    length_ = size();
    return done ? Status{Done{}} : failed("resize");
}

void PartFile::bypass_cache() {
    uncached_ = open_uncached(fd_.get());
}

/// Writing behind the end of a file that another program has cut would fill the gap with zeros.
Status PartFile::write(uint64_t at, std::string_view bytes) {
    if (length_ > 0 && size() < length_) return harmed("cut");
    length_ = std::max(length_, at + bytes.size());
    while (!bytes.empty()) {
        ssize_t n = write_some(at, bytes);
        if (n < 0 && errno == EINTR) continue;
        if (n < 0) return failed("write");
        at += static_cast<uint64_t>(n);
        bytes.remove_prefix(static_cast<size_t>(n));
    }
    return Done{};
}

ssize_t PartFile::write_some(uint64_t at, std::string_view bytes) {
    auto step = uncached_ ? next_step(at, bytes) : WriteStep{bytes, false};
    auto offset = static_cast<off_t>(at);
    if (step.uncached) {
        ssize_t n = pwrite(uncached_.get(), step.bytes.data(), step.bytes.size(), offset);
        if (n >= 0 || errno != EINVAL) return n;
        uncached_.reset(); // the file system has other demands than it says
    }
    return pwrite(fd_.get(), step.bytes.data(), step.bytes.size(), offset);
}

Status PartFile::read(uint64_t at, char* into, size_t count) const {
    while (count > 0) {
        ssize_t n = pread(fd_.get(), into, count, static_cast<off_t>(at));
        if (n < 0 && errno == EINTR) continue;
        if (n == 0) errno = EIO;
        if (n <= 0) return failed("read");
        at += static_cast<uint64_t>(n);
        into += n;
        count -= static_cast<size_t>(n);
    }
    return Done{};
}

Status PartFile::sync() {
    if (fdatasync(fd_.get()) < 0) return failed("sync");
    if (!std::exchange(name_synced_, true))
        if (auto ok = sync_name(); !ok) return ok;
    return check_state();
}

Failure PartFile::not_synced(int error) const {
    errno = error;
    return failed("sync");
}

Status PartFile::sync_name() {
    return directory_->sync(fd_.get());
}

Status PartFile::check_state() const {
    if (auto ok = check_folder(); !ok) return ok;
    if (auto ok = check_name(); !ok) return ok;
    return may_grow_ ? check_room(fd_.get(), 0, keep_free_, directory_->path()) : Status{Done{}};
}

/// It may have been moved or unmounted.
Status PartFile::check_folder() const {
    return directory_->is_in_place() ? Status{Done{}} : directory_->not_mounted();
}

/// The file may have been removed or replaced.
Status PartFile::check_name() const {
    struct stat st {};
    if (fstatat(directory_->fd(), name_.c_str(), &st, AT_SYMLINK_NOFOLLOW) == 0 && inode_of(st) == inode())
        return Done{};
    return harmed("removed or replaced");
}

Failure PartFile::harmed(std::string_view how) const {
    return {.cause = wire::LOCAL_FILE,
            .code = ENOENT,
            .message = fmt::format("the temporary file in '{}' was {}", directory_->path(), how),
            .void_offset = true,
            .part_gone = true};
}

} // namespace haulier::transfer
