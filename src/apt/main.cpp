// SPDX-License-Identifier: LGPL-2.1-or-later
// A method of apt for http and https, see haulier-apt(8). It needs no libraries but those that apt needs as
// well, because apt can download nothing without its methods.
#include "apt/bus_prefetch.hpp"
#include "apt/relay.hpp"
#include "apt/rights.hpp"

#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <exception>
#include <sys/signalfd.h>
#include <unistd.h>

namespace {

using namespace haulier;
using namespace haulier::apt;

constexpr const char* BusSocket = "/run/dbus/system_bus_socket";

bool has_system_bus() {
    return std::getenv("DBUS_SYSTEM_BUS_ADDRESS") || access(BusSocket, F_OK) == 0;
}

/// In chroots and installers there is no bus, and what other users than root download is not for apt's cache.
bool is_of_use() {
    return geteuid() == 0 && has_system_bus();
}

/// If apt's methods stay root, they cannot use the jobs of another user.
std::unique_ptr<Prefetch> begin(const Settings& settings) {
    if (settings.user.empty() || !become_user(settings.user) || !settings.is_enabled) return nullptr;
    return std::make_unique<BusPrefetch>(settings.staging);
}

Fd blocked_signals() {
    sigset_t signals{};
    sigemptyset(&signals);
    for (int signal : {SIGINT, SIGTERM, SIGHUP})
        sigaddset(&signals, signal);
    sigprocmask(SIG_BLOCK, &signals, nullptr);
    return Fd{signalfd(-1, &signals, SFD_CLOEXEC)};
}

int serve(const std::string& path) {
    OwnMethod own{path};
    std::signal(SIGPIPE, SIG_IGN);
    auto signals = blocked_signals();
    Method method{begin};
    return relay(method, own, STDIN_FILENO, STDOUT_FILENO, signals.get());
}

} // namespace

int main(int /*argc*/, char** argv) {
    auto path = own_method_path(argv[0] ? argv[0] : "");
    if (!is_of_use()) {
        become_own_method(path);
        std::perror(path.c_str());
        return EXIT_FAILURE;
    }
    try {
        return serve(path);
    } catch (const std::exception& error) {
        std::fprintf(stderr, "haulier: %s\n", error.what());
        return EXIT_FAILURE;
    }
}
