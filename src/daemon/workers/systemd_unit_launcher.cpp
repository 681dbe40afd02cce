// SPDX-License-Identifier: LGPL-2.1-or-later
#include "daemon/workers/systemd_unit_launcher.hpp"

#include "base/log.hpp"

#include <cerrno>
#include <cstdio>
#include <cstring>
#include <fmt/core.h>
#include <memory>
#include <optional>
#include <pwd.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <utility>

namespace haulier::daemon {

namespace {

/// Many connections must not keep the daemon from its other work.
constexpr int ConnectionsInATurn = 64;
/// If no descriptor is left for another connection.
constexpr Usec AcceptPause{1'000'000};

std::string unit_of(uint32_t owner) {
    return fmt::format("haulier-worker@{}.service", owner);
}

Error no_workers(const std::string& path, int error) {
    return {Errc::Internal, fmt::format("workers cannot come to {}: {}", path, std::strerror(error))};
}

Fd packet_socket() {
    return Fd{socket(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC | SOCK_NONBLOCK, 0)};
}

using Call = int (*)(int, const sockaddr*, socklen_t);

/// 0 or an errno.
int call(Call what, const Fd& socket, const std::string& path) {
    sockaddr_un address{};
    address.sun_family = AF_UNIX;
    if (path.size() >= sizeof address.sun_path) return ENAMETOOLONG;
    path.copy(address.sun_path, path.size());
    return what(socket.get(), reinterpret_cast<sockaddr*>(&address), sizeof address) < 0 ? errno : 0;
}

/// Replaces a socket that a killed daemon left behind.
int bind_again(const Fd& socket, const std::string& path) {
    int r = call(bind, socket, path);
    if (r != EADDRINUSE) return r;
    if (call(connect, packet_socket(), path) != ECONNREFUSED) return r;
    unlink(path.c_str());
    return call(bind, socket, path);
}

std::optional<ucred> credentials_of(const Fd& socket) {
    ucred who{};
    socklen_t size = sizeof who;
    if (getsockopt(socket.get(), SOL_SOCKET, SO_PEERCRED, &who, &size) < 0) return std::nullopt;
    return who;
}

bool has_no_room(int error) {
    return error == EMFILE || error == ENFILE || error == ENOMEM || error == ENOBUFS;
}

/// Reads only the file, because other user databases can be slow.
bool is_in_passwd(uint32_t uid) {
    std::unique_ptr<FILE, int (*)(FILE*)> file{std::fopen("/etc/passwd", "re"), &std::fclose};
    if (!file) return false;
    while (const passwd* entry = fgetpwent(file.get()))
        if (entry->pw_uid == uid) return true;
    return false;
}

} // namespace

SystemdUnitLauncher::~SystemdUnitLauncher() {
    if (connections_) unlink(path_.c_str());
}

Status SystemdUnitLauncher::open() {
    Fd socket = packet_socket();
    if (!socket) return no_workers(path_, errno);
    if (int r = bind_again(socket, path_); r != 0) return no_workers(path_, r);
    // Access is decided by the peer's uid (SO_PEERCRED), so all users may connect.
    if (chmod(path_.c_str(), 0666) < 0 || listen(socket.get(), SOMAXCONN) < 0)
        return no_workers(path_, errno);
    socket_ = std::move(socket);
    watch_listener();
    return Done{};
}

void SystemdUnitLauncher::watch_listener() {
    connections_ = loop_.on_io(
        socket_.get(), EPOLLIN, [this](uint32_t) { accept_connections(); }, EventPriority::Normal);
}

void SystemdUnitLauncher::accept_connections() {
    for (int i = 0; i < ConnectionsInATurn; ++i) {
        Fd peer{accept4(socket_.get(), nullptr, nullptr, SOCK_CLOEXEC | SOCK_NONBLOCK)};
        if (!peer && has_no_room(errno)) return pause_accept(errno);
        if (!peer) return;
        receive(std::move(peer));
    }
}

/// New connections wait in the socket's backlog.
void SystemdUnitLauncher::pause_accept(int error) {
    log::warning(fmt::format("workers have to wait: {}", std::strerror(error)));
    connections_ = loop_.after(AcceptPause, [this] { watch_listener(); });
}

void SystemdUnitLauncher::receive(Fd peer) {
    auto who = credentials_of(peer);
    if (!who) return;
    auto found = launches_.find(who->uid);
    if (found == launches_.end())
        return log::debug(fmt::format("process {} of user {} came unasked to {}", who->pid, who->uid, path_));
    auto launched = std::move(found->second.launched);
    launches_.erase(found);
    launched(WorkerConnection{std::move(peer), fmt::format("{} ({})", unit_of(who->uid), who->pid)});
}

void SystemdUnitLauncher::launch(uint32_t owner, Launched launched) {
    auto& launch = launches_[owner];
    launch.number = ++last_number_;
    launch.launched = std::move(launched);
    launch.deadline = loop_.after(timeout_, [this, owner, number = launch.number] {
        systemd_.stop(unit_of(owner));
        give_up(owner, number,
                fmt::format("{0} was started and did not come to {1} within {2} s; 'journalctl -u {0}' may "
                            "say why",
                            unit_of(owner), path_, timeout_.count() / 1'000'000));
    });
    systemd_.restart(unit_of(owner), [this, owner, number = launch.number](const std::string& why) {
        give_up(owner, number, why);
    });
}

void SystemdUnitLauncher::give_up(uint32_t owner, uint64_t number, const std::string& why) {
    auto found = launches_.find(owner);
    if (found == launches_.end() || found->second.number != number) return;
    auto launched = std::move(found->second.launched);
    launches_.erase(found);
    const char* hint = is_in_passwd(owner) ? "" : "; is there such a user? /etc/passwd knows none";
    launched(Error{Errc::Internal, why + hint});
}

void SystemdUnitLauncher::kill(uint32_t owner) {
    launches_.erase(owner);
    systemd_.stop(unit_of(owner));
}

} // namespace haulier::daemon
