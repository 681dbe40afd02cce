// SPDX-License-Identifier: LGPL-2.1-or-later
// The temporary file beside its target, and the directory both live in. Everything is reached through the
// opened directory, so that a path that changes meanwhile leads nowhere else; what somebody planted there is
// refused.
#pragma once

#include "base/fd.hpp"
#include "transfer/failure.hpp"

#include <compare>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <sys/stat.h>

namespace haulier::transfer {

struct Inode {
    uint64_t device = 0;
    uint64_t number = 0;
    bool operator==(const Inode&) const = default;
    /// The same after a reboot as well. Some file systems (btrfs, overlayfs, NFS) are given another device
    /// number at each mount, so that of the file must do.
    [[nodiscard]] bool was(const Inode& remembered) const { return number == remembered.number; }
};
Inode inode_of(const struct stat& st);

/// `.haulier-ID-INDEX.part`, and no way out of its directory.
bool is_temporary_name(std::string_view name);

class Directory {
public:
    static Outcome<Directory> open(const std::string& path);

    [[nodiscard]] int fd() const { return fd_.get(); }
    [[nodiscard]] const std::string& path() const { return path_; }
    /// Makes names durable. `file` lies in here; it serves where we may write but not read the directory.
    [[nodiscard]] Trouble sync(int file) const;

private:
    Directory(Fd fd, std::string path) : fd_(std::move(fd)), path_(std::move(path)) {}
    Fd fd_;
    std::string path_;
};

/// What is called `name` there, as "a directory", if it is nothing that a file may take the place of; empty
/// otherwise. A symbolic link is replaced like a file.
std::string_view irreplaceable(const Directory& directory, const std::string& name);

/// Opens `name` if it is a plain file of ours with one name; nothing if there is no such file.
Outcome<std::optional<Fd>> open_own_file(const Directory& directory, const std::string& name, int access);

class PartFile {
public:
    /// Opens the file, or creates it empty.
    static Outcome<PartFile> open(Directory directory, const std::string& name);

    /// False while another process holds it, or once it has lost its name to another file.
    [[nodiscard]] bool lock();
    void unlock();
    [[nodiscard]] uint64_t size() const;
    [[nodiscard]] Inode inode() const;

    /// Cuts off everything after `keep` bytes and reserves space for `total`.
    Trouble prepare(uint64_t keep, std::optional<uint64_t> total);
    /// Makes the file `total` bytes long and leaves what is in it, or with `anew` leaves nothing.
    Trouble lay_out(std::optional<uint64_t> total, bool anew);
    Trouble write(uint64_t at, std::string_view bytes);
    /// Fills `into` from `at` on; fewer bytes than asked for are a failure.
    Trouble read(uint64_t at, char* into, size_t count) const;
    /// Data, and at the first time the name too, survive a power cut.
    Trouble sync();

private:
    PartFile(Directory directory, std::string name, Fd fd)
        : directory_(std::move(directory)), name_(std::move(name)), fd_(std::move(fd)) {}

    Directory directory_;
    std::string name_;
    Fd fd_;
    bool name_synced_ = false;
};

} // namespace haulier::transfer
