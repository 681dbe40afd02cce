// SPDX-License-Identifier: LGPL-2.1-or-later
// The temporary file next to its target, and the directory of both. Files are always reached through the
// opened directory, so that changing the path meanwhile has no effect. Files that another user planted there
// are refused.
#pragma once

#include "base/clock.hpp"
#include "base/fd.hpp"
#include "transfer/failure.hpp"

#include <compare>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <sys/stat.h>
#include <utility>

namespace haulier::transfer {

struct Inode {
    uint64_t device = 0;
    uint64_t number = 0;
    bool operator==(const Inode&) const = default;
    /// Equality that survives a reboot: some file systems (btrfs, overlayfs, NFS) get another device number
    /// at each mount, so only the inode number is compared.
    [[nodiscard]] bool matches(const Inode& stored) const { return number == stored.number; }
};
Inode inode_of(const struct stat& st);

/// `.haulier-ID-INDEX.part`, without a path.
bool is_temporary_name(std::string_view name);

/// A directory as an order names it.
struct Place {
    std::string path; ///< absolute
    std::string root; ///< the directory is opened beneath this one, without following a link; empty: anywhere

    Place(std::string directory, std::string beneath = {})
        : path(std::move(directory)), root(std::move(beneath)) {}
    bool operator==(const Place&) const = default;
};

class Directory {
public:
    /// Fails with LOCAL_FILE.
    static Result<Directory, Failure> open(const Place& place);

    [[nodiscard]] int fd() const { return fd_.get(); }
    [[nodiscard]] const std::string& path() const { return place_.path; }
    /// Whether the place still leads to this directory.
    [[nodiscard]] bool is_in_place() const;
    /// Whether both have the same place and are the same directory.
    [[nodiscard]] bool is_same_place(const Directory& other) const;
    /// Makes names durable. If the directory can be written but not read, the file system of `file`, which is
    /// in this directory, is synced instead.
    [[nodiscard]] Status sync(int file) const;
    /// As above without a file, as far as the directory and its file system permit.
    [[nodiscard]] Status sync_names() const;
    [[nodiscard]] Inode inode() const { return inode_; }
    /// `stored` is this directory, or is unknown.
    [[nodiscard]] bool is_same(const Inode& stored) const;
    /// The failure to report if another directory is at the path.
    [[nodiscard]] Failure not_mounted() const;

private:
    Directory(Fd fd, Place place, Inode inode)
        : fd_(std::move(fd)), place_(std::move(place)), inode_(inode) {}
    Fd fd_;
    Place place_;
    Inode inode_;
};

/// What `name` in the directory is, such as "a directory", if a file must not replace it; empty otherwise.
/// Files and symbolic links can be replaced.
std::string_view irreplaceable(const Directory& directory, const std::string& name);

/// Whether the directory has anything of this name; `name` may be empty.
bool is_taken(const Directory& directory, const std::string& name);
/// The failure of a file that must not replace what has its name.
Failure name_taken(const Directory& directory, const std::string& name);

/// Opens `name` if it is a regular file. Otherwise sets errno: ELOOP for a symbolic link, EINVAL for other
/// kinds.
Fd open_regular(int directory, const std::string& name, int access);
/// As above; `st` is the state of the file.
Fd open_regular(int directory, const std::string& name, int access, struct stat& st);

/// Opens `name` if it is a regular file of this user with one link. Nothing if there is no such file;
/// LOCAL_FILE if it is anything else.
Result<std::optional<Fd>, Failure> open_own_file(const Directory& directory, const std::string& name,
                                                 int access);
/// As above; `st` is the state of the file.
Result<std::optional<Fd>, Failure> open_own_file(const Directory& directory, const std::string& name,
                                                 int access, struct stat& st);
/// Returns likewise the state of a file that need not be opened.
Result<std::optional<struct stat>, Failure> find_own_file(const Directory& directory,
                                                          const std::string& name);

/// A worker that is about to exit may hold the lock of a part file for a while.
inline constexpr Usec LockRetry = std::chrono::milliseconds{100};
inline constexpr uint32_t MaxLockAttempts = 100;

class PartFile {
public:
    /// Opens the file, or creates an empty one. `keep_free` bytes of the file system stay free for others.
    static Result<PartFile, Failure> open(std::shared_ptr<const Directory> directory, const std::string& name,
                                          uint64_t keep_free = 0);
    static Result<PartFile, Failure> open(Directory directory, const std::string& name,
                                          uint64_t keep_free = 0) {
        return open(std::make_shared<const Directory>(std::move(directory)), name, keep_free);
    }

    /// False if another process holds the lock, or the name belongs to another file by now.
    [[nodiscard]] bool lock();
    void unlock();
    [[nodiscard]] uint64_t size() const;
    /// When it was locked.
    [[nodiscard]] uint64_t found_size() const { return found_size_; }
    [[nodiscard]] Inode inode() const { return inode_; }

    /// Truncates the file to `keep` bytes and reserves space for `total`. If there is not enough, nothing is
    /// reserved.
    Status prepare(uint64_t keep, std::optional<uint64_t> total);
    /// Until the next prepare() or resize(), what can be written without the page cache is, see uncached.hpp.
    void bypass_cache();
    [[nodiscard]] bool bypasses_cache() const { return static_cast<bool>(uncached_); }
    /// Makes the file `total` bytes long and keeps its content, or with `anew` discards it.
    Status resize(std::optional<uint64_t> total, bool anew);
    /// Fails if the file is shorter than what was written, because another program has cut it.
    Status write(uint64_t at, std::string_view bytes);
    /// Reads `count` bytes from `at` on; it is a failure if the file has fewer.
    Status read(uint64_t at, char* into, size_t count) const;
    /// Makes the content durable, and the first time also the name. Fails if the path does not lead to this
    /// file any more, and if a file of unknown size would use up the file system.
    Status sync();
    // The steps of sync(), for many files at a time.
    [[nodiscard]] int fd() const { return fd_.get(); }
    /// The content could not be made durable.
    [[nodiscard]] Failure not_synced(int error) const;
    Status sync_name();
    [[nodiscard]] Status check_folder() const;
    [[nodiscard]] Status check_name() const;
    [[nodiscard]] const Directory& directory() const { return *directory_; }
    [[nodiscard]] Inode folder() const { return directory_->inode(); }

private:
    PartFile(std::shared_ptr<const Directory> directory, std::string name, Fd fd, const struct stat& st,
             uint64_t keep_free);
    [[nodiscard]] Failure failed(std::string_view action) const;
    [[nodiscard]] ssize_t write_some(uint64_t at, std::string_view bytes);
    /// The failure to report if another program has done this to the file.
    [[nodiscard]] Failure harmed(std::string_view how) const;
    [[nodiscard]] Status reserve(uint64_t keep, uint64_t total);
    [[nodiscard]] Status check_state() const;

    std::shared_ptr<const Directory> directory_; ///< of several files, if they were opened together
    std::string name_;
    Fd fd_;
    Fd uncached_; ///< the same file, for bypass_cache()
    Inode inode_;
    uint64_t keep_free_;
    bool is_new_; ///< empty, and never written to
    uint64_t found_size_ = 0;
    bool name_synced_ = false;
    uint64_t length_ = 0;   ///< that the file has at least
    bool may_grow_ = false; ///< no space was reserved for all of it
};

} // namespace haulier::transfer
