// SPDX-License-Identifier: LGPL-2.1-or-later
#include "session/bus_socket.hpp"

#include "base/log.hpp"

#include <array>
#include <cerrno>
#include <cstring>
#include <fmt/core.h>
#include <string_view>
#include <sys/epoll.h>
#include <sys/inotify.h>
#include <sys/stat.h>
#include <unistd.h>

namespace haulier::session {

namespace {

std::string directory_of(const std::string& path) {
    return path.substr(0, path.rfind('/'));
}

void drain(int inotify) {
    std::array<char, 4096> events{};
    while (read(inotify, events.data(), events.size()) > 0)
        continue;
}

} // namespace

std::string bus_socket(const char* address, uid_t uid) {
    if (!address || !*address) return fmt::format("/run/user/{}/bus", uid);
    constexpr std::string_view kind = "unix:path=/";
    std::string_view text{address};
    if (!text.starts_with(kind)) return {};
    text.remove_prefix(kind.size() - 1);
    text = text.substr(0, text.find_first_of(",;"));
    return text.find('%') == text.npos ? std::string{text} : std::string{};
}

BusSocket::State BusSocket::state() const {
    struct stat st {};
    if (stat(path_.c_str(), &st) == 0)
        return S_ISSOCK(st.st_mode) && st.st_uid == geteuid() ? State::Present : State::Foreign;
    return stat(directory_of(path_).c_str(), &st) == 0 ? State::Missing : State::NoDirectory;
}

void BusSocket::watch(std::function<void()> changed) {
    inotify_ = Fd{inotify_init1(IN_NONBLOCK | IN_CLOEXEC)};
    constexpr uint32_t events = IN_CREATE | IN_MOVED_TO | IN_DELETE_SELF;
    if (!inotify_ || inotify_add_watch(inotify_.get(), directory_of(path_).c_str(), events) < 0) {
        log::warning(fmt::format("cannot wait for {}: {}", path_, std::strerror(errno)));
        return stop_watching();
    }
    io_ = loop_.on_io(inotify_.get(), EPOLLIN, [fd = inotify_.get(), changed = std::move(changed)](uint32_t) {
        drain(fd);
        changed();
    });
}

void BusSocket::stop_watching() {
    io_.reset();
    inotify_.reset();
}

} // namespace haulier::session
