// SPDX-License-Identifier: LGPL-2.1-or-later
#include "daemon/bus/access/app_identity.hpp"

#include "job/validation.hpp"

#include <algorithm>
#include <array>
#include <cerrno>
#include <charconv>
#include <fcntl.h>
#include <fmt/core.h>
#include <optional>
#include <poll.h>
#include <sys/stat.h>

namespace haulier::bus {

namespace {

constexpr size_t MaxProcFile = 256 * 1024;
constexpr size_t MaxSandboxInfo = 64 * 1024;

/// Takes what precedes `end`, and `end` itself, from the front of `text`.
std::string_view take_part(std::string_view& text, char end) {
    auto part = text.substr(0, text.find(end));
    text.remove_prefix(std::min(part.size() + 1, text.size()));
    return part;
}

std::string sound_or_empty(std::string id) {
    return job::check_app_id(id) ? std::move(id) : std::string{};
}

std::optional<char> hex_byte(std::string_view digits) {
    unsigned value = 0;
    auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), value, 16);
    if (error != std::errc{} || end != digits.data() + digits.size()) return std::nullopt;
    return static_cast<char>(value);
}

/// `\x2d` is a hyphen: systemd escapes what has a meaning in the names of units.
std::string unescaped(std::string_view text) {
    constexpr std::string_view escape = "\\x";
    std::string out;
    while (!text.empty()) {
        auto byte = text.starts_with(escape) && text.size() >= 4 ? hex_byte(text.substr(2, 2)) : std::nullopt;
        out += byte.value_or(text.front());
        text.remove_prefix(byte ? 4 : 1);
    }
    return out;
}

bool drop_suffix(std::string_view& text, std::string_view suffix) {
    if (!text.ends_with(suffix)) return false;
    text.remove_suffix(suffix.size());
    return true;
}

/// Empty if the unit is not one of an app.
std::string app_of_unit(std::string_view unit) {
    constexpr std::string_view prefix = "app-";
    if (!unit.starts_with(prefix)) return {};
    unit.remove_prefix(prefix.size());
    if (drop_suffix(unit, ".scope"))
        unit = unit.substr(0, std::min(unit.rfind('-'), unit.size()));
    else if (drop_suffix(unit, ".service"))
        unit = unit.substr(0, unit.find('@'));
    else
        return {};
    return sound_or_empty(unescaped(unit.substr(unit.rfind('-') + 1)));
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

const Sandbox Unseen{.kind = Sandbox::Kind::Unknown};

Sandbox flatpak_sandbox(const std::string& content) {
    auto info = parse_flatpak_info(content);
    if (!info || content.size() >= MaxSandboxInfo) return Unseen;
    return {Sandbox::Kind::Flatpak, info->app, info->instance, info->network,
            grants_of(*info, user_folders())};
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

/// Descriptors opened with O_PATH do not contact the file system, which may be one that the process itself
/// serves. The root of Flatpak's sandboxes is a tmpfs.
Sandbox sandbox_at(const Fd& root, const std::string& process) {
    auto mounts = read_proc(process + "/mountinfo");
    auto type = file_system_of(root.get(), mounts);
    if (mounts.empty() || (type.empty() && mounts.size() >= MaxProcFile)) return Unseen;
    if (type != "tmpfs") return {}; // or the process has changed its root, which no app in a sandbox can do
    Fd found{openat(root.get(), ".flatpak-info", O_PATH | O_NOFOLLOW | O_CLOEXEC)};
    if (!found) return errno == ENOENT ? Sandbox{} : Unseen;
    struct stat st {};
    if (!is_local(file_system_of(found.get(), mounts)) || fstat(found.get(), &st) < 0 || !S_ISREG(st.st_mode))
        return Unseen;
    Fd info{open(fmt::format("/proc/self/fd/{}", found.get()).c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK)};
    return info ? flatpak_sandbox(read_start(info.get(), MaxSandboxInfo)) : Unseen;
}

Fd root_of(const std::string& process) {
    return Fd{open((process + "/root").c_str(), O_PATH | O_DIRECTORY | O_CLOEXEC)};
}

/// A process that ends releases its root first, and then its mounts.
Sandbox sandbox_of(const std::string& process) {
    Fd root = root_of(process);
    bool is_forbidden = !root && (errno == EACCES || errno == EPERM);
    if (!root) return is_forbidden && has_privileges_of_ours(process) ? Sandbox{} : Unseen;
    auto sandbox = sandbox_at(root, process);
    return root_of(process) ? sandbox : Unseen;
}

/// Whether an AppArmor profile is enforced; classic snaps have one that is not.
Sandbox snap_with(std::string_view label) {
    constexpr std::string_view Prefix = "snap.";
    if (!label.starts_with(Prefix) || label.find("(enforce)") == std::string_view::npos) return {};
    label.remove_prefix(Prefix.size());
    return {.kind = Sandbox::Kind::Snap, .app = std::string{label.substr(0, label.find('.'))}};
}

bool has_ended(const Fd& process) {
    pollfd ended{process.get(), POLLIN, 0};
    return poll(&ended, 1, 0) != 0;
}

ProcessIdentity identity_of(const std::string& process, std::string_view label) {
    auto sandbox = sandbox_of(process);
    if (sandbox.kind == Sandbox::Kind::Flatpak) return {{sandbox.app, job::AppIdSource::Sandbox}, sandbox};
    if (sandbox.kind == Sandbox::Kind::None) sandbox = snap_with(label);
    auto id = app_in_cgroup(read_proc(process + "/cgroup"));
    if (id.empty()) return {{}, sandbox};
    return {{id, job::AppIdSource::Cgroup}, sandbox};
}

} // namespace

std::string app_in_cgroup(std::string_view cgroups) {
    std::string app;
    while (!cgroups.empty()) {
        auto line = take_part(cgroups, '\n');
        if (!line.starts_with("0::")) continue; // of the unified hierarchy, which systemd uses
        while (!line.empty())
            if (auto id = app_of_unit(take_part(line, '/')); !id.empty()) app = id;
    }
    return app;
}

/// A number is not given to another process while its process runs. So if that runs at the end, all that was
/// read was about it.
ProcessIdentity identify(const Fd& process, std::string_view label) {
    auto pid = about_descriptor(process.get(), "Pid");
    if (pid.empty() || pid.starts_with('-') || pid == "0") return unknown_process();
    auto identity = identity_of("/proc/" + pid, label);
    return has_ended(process) ? unknown_process() : identity;
}

ProcessIdentity unknown_process() {
    return {{}, Unseen};
}

} // namespace haulier::bus
