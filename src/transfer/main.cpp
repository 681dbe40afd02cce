// SPDX-License-Identifier: LGPL-2.1-or-later
// haulier-worker --fd=N: fetches files for the daemon at the other end of socket N, which it inherited.
#include "base/event.hpp"
#include "base/log.hpp"
#include "transfer/answer.hpp"
#include "transfer/worker.hpp"

#include <clocale>
#include <csignal>
#include <curl/curl.h>
#include <fcntl.h>
#include <optional>
#include <string_view>
#include <sys/socket.h>

namespace {

using namespace haulier;

/// The connected packet socket that the daemon left open for us, or nothing.
std::optional<Fd> inherited_socket(int argc, char** argv) {
    constexpr std::string_view option = "--fd=";
    if (argc != 2 || !std::string_view{argv[1]}.starts_with(option)) return {};
    auto number = transfer::parse_number(std::string_view{argv[1]}.substr(option.size()));
    if (!number || *number > 1024 * 1024) return {};
    int fd = static_cast<int>(*number);
    int type = 0;
    socklen_t size = sizeof type;
    if (getsockopt(fd, SOL_SOCKET, SO_TYPE, &type, &size) < 0 || type != SOCK_SEQPACKET) return {};
    if (fcntl(fd, F_SETFD, FD_CLOEXEC) < 0 || fcntl(fd, F_SETFL, O_NONBLOCK) < 0) return {};
    return Fd{fd};
}

int serve(Fd socket) {
    Loop loop;
    transfer::Worker worker{loop, std::move(socket), [&loop](int code) { loop.exit(code); }};
    auto terminate = loop.on_signal(SIGTERM, [&worker] { worker.stop(); });
    // Ctrl-C at the daemon's terminal reaches us too; the daemon says what to do.
    auto interrupt = loop.on_signal(SIGINT, [] {});
    auto hang_up = loop.on_signal(SIGHUP, [] {});
    return loop.run();
}

} // namespace

int main(int argc, char** argv) {
    block_signals();
    // Names of hosts are Unicode whatever the user speaks; libidn goes by the locale.
    std::setlocale(LC_CTYPE, "C.UTF-8");
    std::signal(SIGPIPE, SIG_IGN);
    auto socket = inherited_socket(argc, argv);
    if (!socket) {
        log::error("haulier-worker is started by haulierd, with --fd=N naming a connected packet socket.");
        return 2;
    }
    if (curl_global_init(CURL_GLOBAL_DEFAULT) != CURLE_OK) {
        log::error("libcurl cannot be initialised.");
        return 1;
    }
    return serve(std::move(*socket));
}
