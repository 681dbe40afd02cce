// SPDX-License-Identifier: LGPL-2.1-or-later
#include "process/process_facts.hpp"

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstdint>
#include <fcntl.h>
#include <fmt/core.h>
#include <poll.h>
#include <string_view>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

namespace haulier::process {

namespace {

using View = ProcessFacts::View;

constexpr size_t MaxProcFile = 256 * 1024;
constexpr size_t MaxSandboxInfo = 64 * 1024;

/// Takes what precedes `end`, and `end` itself, from the front of `text`.
std::string_view take_part(std::string_view& text, char end) {
    auto part = text.substr(0, text.find(end));
    text.remove_prefix(std::min(part.size() + 1, text.size()));
    return part;
}

/// The first `limit` bytes; nothing if it cannot be read.
std::string read_start(int file, size_t limit) {
    std::string text;
    std::array<char, 4096> piece{};
    while (text.size() < limit) {
        auto got = read(file, piece.data(), std::min(piece.size(), limit - text.size()));
        if (got < 0 && errno == EINTR) continue;
        if (got <= 0) break;
        text.append(piece.data(), static_cast<size_t>(got));
    }
    return text;
}

std::string read_proc(const std::string& path) {
    Fd file{open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NOCTTY)};
    return file ? read_start(file.get(), MaxProcFile) : std::string{};
}

/// The value of a line `KEY:<tab>VALUE`.
std::string value_in(std::string_view text, std::string_view key) {
    while (!text.empty()) {
        auto line = take_part(text, '\n');
        if (take_part(line, ':') != key) continue;
        line.remove_prefix(std::min(line.find_first_not_of(" \t"), line.size()));
        return std::string{line};
    }
    return {};
}

std::string about_descriptor(int fd, std::string_view key) {
    return value_in(read_proc(fmt::format("/proc/self/fdinfo/{}", fd)), key);
}

/// From proc(5): the number of the mount is the first word, and its type is the word after a lone hyphen.
std::string file_system_of(int fd, std::string_view mounts) {
    auto number = about_descriptor(fd, "mnt_id");
    while (!mounts.empty()) {
        auto line = take_part(mounts, '\n');
        if (number.empty() || take_part(line, ' ') != number) continue;
        while (!line.empty() && take_part(line, ' ') != "-") {
        }
        return std::string{take_part(line, ' ')};
    }
    return {};
}

bool is_local(std::string_view type) {
    constexpr std::array<std::string_view, 6> types{"tmpfs", "ext4", "xfs", "btrfs", "f2fs", "overlay"};
    return std::find(types.begin(), types.end(), type) != types.end();
}

/// The kernel shows nothing of a process with more privileges than ours. There is no such process in a
/// sandbox: Flatpak drops all capabilities, and its apps cannot create user namespaces in which they would
/// get some.
bool has_privileges_of_ours(const std::string& process) {
    auto capabilities = value_in(read_proc(process + "/status"), "CapEff");
    auto users = read_proc(process + "/uid_map");
    return capabilities.find_first_not_of('0') != std::string::npos && !users.empty() &&
           users == read_proc("/proc/self/uid_map");
}

/// Reads the file of the sandbox, if there is one. Descriptors opened with O_PATH do not contact the file
/// system, which may be one that the process itself serves. The root of Flatpak's sandboxes is a tmpfs.
View look_into(const Fd& root, const std::string& process, ProcessFacts& facts) {
    auto mounts = read_proc(process + "/mountinfo");
    auto type = file_system_of(root.get(), mounts);
    if (mounts.empty() || (type.empty() && mounts.size() >= MaxProcFile)) return View::Hidden;
    if (type != "tmpfs")
        return View::Open; // or the process has changed its root, which no app in a sandbox can do
    Fd found{openat(root.get(), ".flatpak-info", O_PATH | O_NOFOLLOW | O_CLOEXEC)};
    if (!found) return errno == ENOENT ? View::Open : View::Hidden;
    struct stat st {};
    if (!is_local(file_system_of(found.get(), mounts)) || fstat(found.get(), &st) < 0 || !S_ISREG(st.st_mode))
        return View::Hidden;
    Fd info{open(fmt::format("/proc/self/fd/{}", found.get()).c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK)};
    if (!info) return View::Hidden;
    facts.in_flatpak = true;
    facts.flatpak_info = read_start(info.get(), MaxSandboxInfo);
    if (facts.flatpak_info.size() >= MaxSandboxInfo) facts.flatpak_info.clear();
    return View::Open;
}

Fd root_of(const std::string& process) {
    return Fd{open((process + "/root").c_str(), O_PATH | O_DIRECTORY | O_CLOEXEC)};
}

/// A process that ends releases its root first, and then its mounts.
View look_at(const std::string& process, ProcessFacts& facts) {
    Fd root = root_of(process);
    bool is_forbidden = !root && (errno == EACCES || errno == EPERM);
    if (!root) return is_forbidden && has_privileges_of_ours(process) ? View::Open : View::Hidden;
    auto view = look_into(root, process, facts);
    return root_of(process) ? view : View::Hidden;
}

} // namespace

bool has_ended(const Fd& process) {
    pollfd ended{process.get(), POLLIN, 0};
    return poll(&ended, 1, 0) != 0;
}

Fd open_process(uint32_t pid) {
    return Fd{static_cast<int>(syscall(SYS_pidfd_open, pid, 0))};
}

/// A process id is not reused while its process runs. So if the process still runs at the end, everything
/// that was read was about it.
ProcessFacts examine(const Fd& process) {
    ProcessFacts facts;
    auto pid = about_descriptor(process.get(), "Pid");
    if (pid.starts_with('-')) return {.view = View::Ended};
    if (pid.empty() || pid == "0") return facts;
    facts.view = look_at("/proc/" + pid, facts);
    facts.cgroups = read_proc("/proc/" + pid + "/cgroup");
    return has_ended(process) ? ProcessFacts{.view = View::Ended} : facts;
}

} // namespace haulier::process
