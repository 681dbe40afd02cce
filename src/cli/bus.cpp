// SPDX-License-Identifier: LGPL-2.1-or-later
#include "cli/bus.hpp"

#include "cli/bus_errors.hpp"
#include "cli/compat.hpp"
#include "cli/i18n.hpp"
#include "cli/interrupts.hpp"
#include "cli/output.hpp"
#include "cli/session_bus.hpp"

#include <algorithm>
#include <array>
#include <cerrno>
#include <climits>
#include <cstdlib>
#include <fmt/core.h>
#include <poll.h>
#include <systemd/sd-bus.h>
#include <unistd.h>
#include <utility>

namespace haulier::cli {

namespace {

using std::chrono::microseconds;

constexpr std::chrono::seconds CallTimeout{60};
/// If the user may have to type a password; longer than the daemon's own limit.
constexpr std::chrono::minutes PasswordTimeout{3};

/// Milliseconds for poll() until the earlier deadline, rounded up so that it has passed when poll() returns.
int milliseconds_until(uint64_t bus_usec, std::optional<Deadline> deadline) {
    auto nearest = microseconds::max();
    if (bus_usec != UINT64_MAX) nearest = microseconds{static_cast<int64_t>(bus_usec)};
    if (deadline) nearest = std::min(nearest, std::chrono::ceil<microseconds>(deadline->time_since_epoch()));
    if (nearest == microseconds::max()) return -1;
    auto now = std::chrono::floor<microseconds>(std::chrono::steady_clock::now().time_since_epoch());
    auto span = std::chrono::ceil<std::chrono::milliseconds>(nearest - now).count();
    return static_cast<int>(std::clamp<int64_t>(span, 0, INT_MAX));
}

std::unique_ptr<sdbus::IConnection> connect(Scope scope) {
    if (scope == Scope::System) return sdbus::createSystemBusConnection();
    auto address =
        own_bus_address([](const char* name) { return std::getenv(name); }, "/run/user", geteuid());
    return address.empty() ? sdbus::createSessionBusConnection()
                           : sdbus::createSessionBusConnectionWithAddress(address);
}

void print_address(Scope scope, sd_bus* bus) {
    const char* address = nullptr;
    sd_bus_get_address(bus, &address);
    std::string at = address ? address : "";
    print_error(scope == Scope::User ? translate("using the daemon of the session ({})", at)
                                     : translate("using the daemon of the machine ({})", at));
}

} // namespace

Result<std::unique_ptr<Bus>, Failure> Bus::open(const Access& access) {
    try {
        std::unique_ptr<Bus> bus{new Bus{connect(access.scope), access}};
        bus->prepare();
        return bus;
    } catch (const sdbus::Error& error) {
        return bus_unreachable(access.scope, error.getName(), error.getMessage());
    }
}

Bus::Bus(std::unique_ptr<sdbus::IConnection> connection, const Access& access)
    : access_(access), connection_(std::move(connection)) {}
Bus::~Bus() = default;

void Bus::prepare() {
    auto* bus = compat::handle_of(*connection_);
    if (access_.verbose) print_address(access_.scope, bus);
    connection_->setMethodCallTimeout(access_.interactive() ? microseconds{PasswordTimeout} : CallTimeout);
    if (!access_.interactive()) return;
    sd_bus_set_allow_interactive_authorization(bus, 1);
    if (access_.scope == Scope::System) agent_ = Agent::start();
}

Failure Bus::failure_of(const sdbus::Error& error) const {
    return bus_failure(error.getName(), error.getMessage(), access_);
}

void Bus::guarded(const std::function<void()>& body) noexcept {
    try {
        body();
    } catch (const sdbus::Error&) {
        return;
    } catch (...) {
        thrown_ = std::current_exception();
    }
}

Result<Wakeup, Failure> Bus::run_once(const Interrupts* interrupts, std::optional<Deadline> deadline) {
    try {
        bool any = false;
        while (!thrown_ && compat::process_one(*connection_))
            any = true;
        if (thrown_) std::rethrow_exception(std::exchange(thrown_, nullptr));
        if (any) return Wakeup::Bus;
        auto data = connection_->getEventLoopPollData();
        std::array<pollfd, 2> watched{pollfd{data.fd, data.events, 0},
                                      pollfd{interrupts ? interrupts->fd() : -1, POLLIN, 0}};
        int ready =
            poll(watched.data(), watched.size(), milliseconds_until(compat::deadline_of(data), deadline));
        if (ready < 0 && errno != EINTR) return connection_lost();
        if (watched[1].revents != 0) return Wakeup::Interrupt;
        return ready == 0 ? Wakeup::Deadline : Wakeup::Bus;
    } catch (const sdbus::Error&) {
        return connection_lost();
    }
}

} // namespace haulier::cli
