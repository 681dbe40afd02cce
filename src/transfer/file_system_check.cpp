// SPDX-License-Identifier: LGPL-2.1-or-later
#include "transfer/file_system_check.hpp"

#include "base/fd.hpp"
#include "base/limits.hpp"

#include <algorithm>
#include <array>
#include <cerrno>
#include <climits>
#include <fcntl.h>
#include <fmt/core.h>
#include <linux/magic.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <sys/vfs.h>
#include <unistd.h>

namespace haulier::transfer {

namespace {

constexpr uint64_t LargestOfFat = 0xffffffff;
constexpr int64_t XfsMagic = 0x58465342;
constexpr int64_t ZfsMagic = 0x2fc12fc1;

/// These file systems accept every name and all permissions.
bool is_unrestricted(int64_t type) {
    constexpr std::array types{
        int64_t{EXT4_SUPER_MAGIC}, int64_t{BTRFS_SUPER_MAGIC},     XfsMagic, int64_t{TMPFS_MAGIC},
        int64_t{F2FS_SUPER_MAGIC}, int64_t{OVERLAYFS_SUPER_MAGIC}, ZfsMagic};
    return std::find(types.begin(), types.end(), type) != types.end();
}

int64_t type_of(const Directory& directory) {
    struct statfs st {};
    return fstatfs(directory.fd(), &st) == 0 ? static_cast<int64_t>(st.f_type) : 0;
}

Failure unusable(int error, std::string message) {
    return {.cause = wire::LOCAL_FILE, .code = error, .message = std::move(message)};
}

Status check_length(const Directory& directory, const std::string& name) {
    struct statvfs st {};
    if (fstatvfs(directory.fd(), &st) < 0 || st.f_namemax == 0 || name.size() <= st.f_namemax) return Done{};
    return unusable(ENAMETOOLONG,
                    fmt::format("the file name has {} bytes, but the file system of '{}' allows at most {}",
                                name.size(), directory.path(), st.f_namemax));
}

/// FAT's limit is the only one that present files reach.
uint64_t largest_file(int64_t type) {
    uint64_t largest = type == MSDOS_SUPER_MAGIC ? LargestOfFat : MaxFileSize;
    rlimit limit{};
    if (getrlimit(RLIMIT_FSIZE, &limit) == 0 && limit.rlim_cur != RLIM_INFINITY)
        largest = std::min<uint64_t>(largest, limit.rlim_cur);
    return largest;
}

Status check_size(const Directory& directory, int64_t type, uint64_t size) {
    auto largest = largest_file(type);
    if (size <= largest) return Done{};
    return unusable(EFBIG, fmt::format("the file has {} bytes, but files in '{}' can have at most {}", size,
                                       directory.path(), largest));
}

/// Whether the name contains characters that Windows forbids, or that are not ASCII.
bool is_unusual(const std::string& name) {
    bool has_unusual = std::any_of(name.begin(), name.end(), [](char c) {
        auto byte = static_cast<unsigned char>(c);
        return byte < 0x20 || byte >= 0x7f ||
               std::string_view{"\"*:<>?\\|"}.find(c) != std::string_view::npos;
    });
    return has_unusual || name.ends_with(' ') || name.ends_with('.');
}

bool is_fault_of_name(int error) {
    return error == EINVAL || error == EILSEQ || error == ENAMETOOLONG;
}

/// The name itself is not used, because other programs may watch the directory. Other faults are found
/// when the transfer begins.
Status try_to_create(const Directory& directory, const WantedFile& wanted) {
    auto probe = ".haulier-" + wanted.name;
    if (probe.size() > NAME_MAX) return Done{};
    unlinkat(directory.fd(), probe.c_str(), 0);
    Fd file{
        openat(directory.fd(), probe.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0600)};
    if (!file && is_fault_of_name(errno))
        return unusable(errno, fmt::format("the file system of '{}' does not accept the name '{}'",
                                           directory.path(), wanted.name));
    if (!file) return Done{};
    int error = wanted.mode && fchmod(file.get(), *wanted.mode & 0777) < 0 ? errno : 0;
    unlinkat(directory.fd(), probe.c_str(), 0);
    if (error == 0) return Done{};
    return unusable(error, fmt::format("the file system of '{}' cannot give a file the permissions {:04o}",
                                       directory.path(), *wanted.mode & 0777));
}

} // namespace

Status check_file_system(const Directory& directory, const WantedFile& wanted) {
    if (auto ok = check_length(directory, wanted.name); !ok) return ok;
    auto type = type_of(directory);
    if (wanted.size)
        if (auto ok = check_size(directory, type, *wanted.size); !ok) return ok;
    bool may_be_refused = wanted.mode || is_unusual(wanted.name);
    return may_be_refused && !is_unrestricted(type) ? try_to_create(directory, wanted) : Status{Done{}};
}

} // namespace haulier::transfer
