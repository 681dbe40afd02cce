// SPDX-License-Identifier: LGPL-2.1-or-later
#include "apt/staging.hpp"

#include "base/fd.hpp"

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstdio>
#include <fcntl.h>
#include <sys/sendfile.h>
#include <sys/stat.h>
#include <unistd.h>

namespace haulier::apt {

namespace {

constexpr const char* HttpDate = "%a, %d %b %Y %H:%M:%S GMT";
constexpr mode_t PackageMode = 0644;
constexpr const char* CopySuffix = ".haulier";

std::optional<uint64_t> size_of(const std::string& path) {
    struct stat st {};
    if (lstat(path.c_str(), &st) != 0 || !S_ISREG(st.st_mode)) return std::nullopt;
    return static_cast<uint64_t>(st.st_size);
}

bool copy_bytes(int from, int to, uint64_t count) {
    off_t offset = 0;
    while (static_cast<uint64_t>(offset) < count) {
        auto sent = sendfile(to, from, &offset, count - static_cast<uint64_t>(offset));
        if (sent < 0 && errno == EINTR) continue;
        if (sent <= 0) return false;
    }
    return true;
}

/// A file with a part of a package and no date would be taken for a part of another version.
bool fill(int to, int from, uint64_t count, time_t date) {
    std::array<timespec, 2> times{timespec{.tv_sec = date, .tv_nsec = 0},
                                  timespec{.tv_sec = date, .tv_nsec = 0}};
    return copy_bytes(from, to, count) && futimens(to, times.data()) == 0;
}

/// What apt has itself at this path is replaced when the copy is complete, and durable if there is anything
/// to be lost. A method that was killed may have left a copy.
bool copy_to(int from, const std::string& path, uint64_t count, time_t date) {
    auto copy = path + CopySuffix;
    unlink(copy.c_str());
    Fd to{open(copy.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, PackageMode)};
    if (!to) return false;
    bool is_good = fill(to.get(), from, count, date) && (!size_of(path) || fdatasync(to.get()) == 0);
    if (is_good && rename(copy.c_str(), path.c_str()) == 0) return true;
    unlink(copy.c_str());
    return false;
}

/// Without waiting and without following links.
Fd open_regular(const std::string& path, struct stat& st) {
    Fd fd{open(path.c_str(), O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC)};
    if (!fd || fstat(fd.get(), &st) != 0 || !S_ISREG(st.st_mode)) return {};
    return fd;
}

/// How much of a temporary file has arrived, if it is filled from the beginning. One that is filled over
/// several connections has gaps.
std::optional<uint64_t> filled_size(int fd, const struct stat& st) {
    if (st.st_size == 0) return std::nullopt;
    off_t gap = lseek(fd, 0, SEEK_HOLE);
    if (gap >= 0 && gap < st.st_size) return std::nullopt;
    return static_cast<uint64_t>(st.st_size);
}

} // namespace

std::optional<time_t> parse_date(const std::string& text) {
    std::tm parts{};
    const char* end = strptime(text.c_str(), HttpDate, &parts);
    if (!end || *end != '\0') return std::nullopt;
    return timegm(&parts);
}

std::string format_date(time_t date) {
    std::tm parts{};
    std::array<char, 64> text{};
    if (!gmtime_r(&date, &parts)) return {};
    return {text.data(), std::strftime(text.data(), text.size(), HttpDate, &parts)};
}

std::optional<time_t> take_finished(const std::string& folder, const Package& package) {
    auto staged = folder + "/" + package.name();
    struct stat st {};
    auto fd = open_regular(staged, st);
    if (!fd || static_cast<uint64_t>(st.st_size) != package.size) return std::nullopt;
    if (rename(staged.c_str(), package.path.c_str()) == 0) return st.st_mtime;
    if (errno != EXDEV || !copy_to(fd.get(), package.path, package.size, st.st_mtime)) return std::nullopt;
    unlink(staged.c_str());
    return st.st_mtime;
}

bool take_beginning(const std::string& temporary, const Package& package, const std::string& last_modified) {
    auto date = parse_date(last_modified);
    struct stat st {};
    auto fd = open_regular(temporary, st);
    if (!date || !fd) return false;
    auto filled = filled_size(fd.get(), st);
    // A file of several connections has its final size from the beginning.
    if (!filled || *filled >= package.size || size_of(package.path).value_or(0) >= *filled) return false;
    return copy_to(fd.get(), package.path, *filled, *date);
}

} // namespace haulier::apt
