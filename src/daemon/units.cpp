// SPDX-License-Identifier: LGPL-2.1-or-later
#include "daemon/units.hpp"

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

/// So that a crowd at the door does not keep the daemon from its work.
constexpr int VisitorsInATurn = 64;
/// When no descriptor is left for another visitor.
constexpr Usec Rest{1'000'000};

std::string unit_of(uint32_t owner) {
    return fmt::format("haulier-worker@{}.service", owner);
}

Error failure(const std::string& path, int error) {
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

/// A socket that a daemon left when it was killed is taken away.
int bind_anew(const Fd& socket, const std::string& path) {
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

/// Looks at the file alone: another database could take its time.
bool is_in_passwd(uint32_t uid) {
    std::unique_ptr<FILE, int (*)(FILE*)> file{std::fopen("/etc/passwd", "re"), &std::fclose};
    if (!file) return false;
    while (const passwd* entry = fgetpwent(file.get()))
        if (entry->pw_uid == uid) return true;
    return false;
}

} // namespace

Units::~Units() {
    if (visitors_) unlink(path_.c_str());
}

Status Units::open() {
    Fd socket = packet_socket();
    if (!socket) return failure(path_, errno);
    if (int r = bind_anew(socket, path_); r != 0) return failure(path_, r);
    // Who may is decided by who it is.
    if (chmod(path_.c_str(), 0666) < 0 || listen(socket.get(), SOMAXCONN) < 0) return failure(path_, errno);
    socket_ = std::move(socket);
    attend();
    return Done{};
}

void Units::attend() {
    visitors_ = loop_.on_io(
        socket_.get(), EPOLLIN, [this](uint32_t) { open_door(); }, Turn::Normal);
}

void Units::open_door() {
    for (int i = 0; i < VisitorsInATurn; ++i) {
        Fd visitor{accept4(socket_.get(), nullptr, nullptr, SOCK_CLOEXEC | SOCK_NONBLOCK)};
        if (!visitor && has_no_room(errno)) return rest(errno);
        if (!visitor) return;
        receive(std::move(visitor));
    }
}

/// They wait at the door meanwhile.
void Units::rest(int error) {
    log::warning(fmt::format("workers have to wait: {}", std::strerror(error)));
    visitors_ = loop_.after(Rest, [this] { attend(); });
}

void Units::receive(Fd visitor) {
    auto who = credentials_of(visitor);
    if (!who) return;
    auto found = hires_.find(who->uid);
    if (found == hires_.end())
        return log::debug(fmt::format("process {} of user {} came unasked to {}", who->pid, who->uid, path_));
    auto hired = std::move(found->second.hired);
    hires_.erase(found);
    hired(Hand{std::move(visitor), fmt::format("{} ({})", unit_of(who->uid), who->pid)});
}

void Units::hire(uint32_t owner, Hired hired) {
    auto& hire = hires_[owner];
    hire.number = ++last_number_;
    hire.hired = std::move(hired);
    hire.deadline = loop_.after(patience_, [this, owner, number = hire.number] {
        systemd_.stop(unit_of(owner));
        give_up(owner, number,
                fmt::format("{0} was started and did not come to {1} within {2} s; 'journalctl -u {0}' may "
                            "say why",
                            unit_of(owner), path_, patience_.count() / 1'000'000));
    });
    systemd_.restart(unit_of(owner), [this, owner, number = hire.number](const std::string& why) {
        give_up(owner, number, why);
    });
}

void Units::give_up(uint32_t owner, uint64_t number, const std::string& why) {
    auto found = hires_.find(owner);
    if (found == hires_.end() || found->second.number != number) return;
    auto hired = std::move(found->second.hired);
    hires_.erase(found);
    const char* hint = is_in_passwd(owner) ? "" : "; is there such a user? /etc/passwd knows none";
    hired(Error{Errc::Internal, why + hint});
}

void Units::dismiss(uint32_t owner) {
    hires_.erase(owner);
    systemd_.stop(unit_of(owner));
}

} // namespace haulier::daemon
