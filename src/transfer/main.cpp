// SPDX-License-Identifier: LGPL-2.1-or-later
// haulier-worker --fd=N: transfers files for the daemon at the other end of the inherited socket N.
// haulier-worker --connect=PATH: the same for the daemon that listens at PATH and gets our uid from the
// kernel.
#include "base/event.hpp"
#include "base/log.hpp"
#include "base/process_limits.hpp"
#include "session/session_bus_caller.hpp"
#include "transfer/http_response.hpp"
#include "transfer/worker.hpp"

#include <cerrno>
#include <clocale>
#include <csignal>
#include <cstdlib>
#include <cstring>
#include <curl/curl.h>
#include <fcntl.h>
#include <fmt/core.h>
#include <optional>
#include <string_view>
#include <sys/socket.h>
#include <sys/un.h>
#include <systemd/sd-daemon.h>
#include <unistd.h>

namespace {

using namespace haulier;

Fd usage_error(std::string_view message) {
    log::error(message);
    return {};
}

/// The connected packet socket that the daemon left open, or an invalid descriptor.
Fd inherited_socket(std::string_view text) {
    constexpr int HighestFd = 1024 * 1024;
    auto number = transfer::parse_number(text);
    int fd = number && *number <= HighestFd ? static_cast<int>(*number) : -1;
    int type = 0;
    socklen_t size = sizeof type;
    bool is_packet_socket = getsockopt(fd, SOL_SOCKET, SO_TYPE, &type, &size) == 0 && type == SOCK_SEQPACKET;
    if (!is_packet_socket || fcntl(fd, F_SETFD, FD_CLOEXEC) < 0 || fcntl(fd, F_SETFL, O_NONBLOCK) < 0)
        return usage_error("--fd requires the number of a connected packet socket");
    return Fd{fd};
}

/// Blocks while the daemon's backlog is full.
Fd connected_socket(std::string_view path) {
    sockaddr_un address{};
    address.sun_family = AF_UNIX;
    if (path.size() >= sizeof address.sun_path) return usage_error("--connect: the path is too long");
    path.copy(address.sun_path, path.size());
    Fd fd{socket(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0)};
    if (connect(fd.get(), reinterpret_cast<sockaddr*>(&address), sizeof address) < 0 ||
        fcntl(fd.get(), F_SETFL, O_NONBLOCK) < 0)
        return usage_error(fmt::format("cannot connect to haulierd at {}: {}", path, std::strerror(errno)));
    sd_notify(0, "READY=1");
    return fd;
}

/// The text after `option`, if `argument` begins with it.
std::optional<std::string_view> value_of(std::string_view argument, std::string_view option) {
    if (!argument.starts_with(option)) return {};
    return argument.substr(option.size());
}

Fd socket_to_daemon(int argc, char** argv) {
    std::string_view argument = argc == 2 ? argv[1] : "";
    if (auto number = value_of(argument, "--fd=")) return inherited_socket(*number);
    if (auto path = value_of(argument, "--connect=")) return connected_socket(*path);
    return usage_error("haulier-worker is started by haulierd, with --fd=N or --connect=PATH");
}

int serve(Fd socket) {
    Loop loop;
    session::SessionBusCaller caller{loop,
                                     session::bus_socket(std::getenv("DBUS_SESSION_BUS_ADDRESS"), getuid())};
    transfer::Worker worker{
        loop, std::move(socket),
        [&caller](const wire::Call& call, auto done) { caller.call(call, std::move(done)); },
        [&loop](int code) { loop.exit(code); }};
    auto terminate = loop.on_signal(SIGTERM, [&worker] { worker.stop(); });
    // Ctrl-C at the daemon's terminal signals this process too; the daemon decides what happens.
    auto interrupt = loop.on_signal(SIGINT, [] {});
    auto hang_up = loop.on_signal(SIGHUP, [] {});
    return loop.run();
}

} // namespace

int main(int argc, char** argv) {
    block_signals();
    // Host names may be Unicode in every locale, but libidn uses the locale's encoding.
    std::setlocale(LC_CTYPE, "C.UTF-8");
    std::signal(SIGPIPE, SIG_IGN);
    relax_limits();
    auto socket = socket_to_daemon(argc, argv);
    if (!socket) return 2;
    if (curl_global_init(CURL_GLOBAL_DEFAULT) != CURLE_OK) {
        log::error("cannot initialise libcurl");
        return 1;
    }
    return serve(std::move(socket));
}
