// SPDX-License-Identifier: LGPL-2.1-or-later
#include "cli/bus.hpp"

#include "cli/compat.hpp"
#include "cli/decode.hpp"
#include "cli/interrupts.hpp"

#include <algorithm>
#include <array>
#include <cerrno>
#include <climits>
#include <fmt/core.h>
#include <poll.h>
#include <string_view>
#include <utility>

namespace haulier::cli {

namespace {

using std::chrono::microseconds;

constexpr std::chrono::seconds Patience{60};
constexpr std::string_view OurErrors = "org.haulier.Haulier1.Error.";
const std::string JobFolder = std::string{RootPath} + "/job/";

Failure lost() {
    return {Exit::Unreachable, "the connection to the bus is lost"};
}

/// Milliseconds for poll() until the nearer of both, rounded up so that it is over when we wake.
int milliseconds_until(uint64_t bus_usec, std::optional<Bus::Deadline> deadline) {
    auto nearest = microseconds::max();
    if (bus_usec != UINT64_MAX) nearest = microseconds{static_cast<int64_t>(bus_usec)};
    if (deadline) nearest = std::min(nearest, std::chrono::ceil<microseconds>(deadline->time_since_epoch()));
    if (nearest == microseconds::max()) return -1;
    auto now = std::chrono::floor<microseconds>(std::chrono::steady_clock::now().time_since_epoch());
    auto span = std::chrono::ceil<std::chrono::milliseconds>(nearest - now).count();
    return static_cast<int>(std::clamp<int64_t>(span, 0, INT_MAX));
}

bool is_any(const std::string& name, std::initializer_list<std::string_view> names) {
    return std::find(names.begin(), names.end(), name) != names.end();
}

/// The bus could not start the daemon, or nobody has told it how.
bool cannot_start(const std::string& name) {
    return name.starts_with("org.freedesktop.DBus.Error.Spawn.") ||
           name.starts_with("org.freedesktop.systemd1.") ||
           is_any(name, {"org.freedesktop.DBus.Error.NameHasNoOwner", "org.freedesktop.DBus.Error.TimedOut"});
}

/// It was there and went away before it answered, or is stuck.
bool no_answer(const std::string& name) {
    return is_any(name, {"org.freedesktop.DBus.Error.NoReply", "org.freedesktop.DBus.Error.Timeout",
                         "System.Error.ETIMEDOUT"});
}

bool no_bus(const std::string& name) {
    return is_any(name, {"org.freedesktop.DBus.Error.Disconnected", "System.Error.ECONNRESET",
                         "System.Error.ENOTCONN", "System.Error.EPIPE", "System.Error.ESTALE"});
}

} // namespace

std::string path_of(const std::string& id) {
    return JobFolder + id;
}

std::string Signal::id() const {
    return path.starts_with(JobFolder) ? path.substr(JobFolder.size()) : std::string{};
}

Failure failure_of(const sdbus::Error& error) {
    const std::string& name = error.getName();
    const std::string& message = error.getMessage();
    if (name == std::string{OurErrors} + "NotFound" || name == "org.freedesktop.DBus.Error.UnknownObject")
        return {Exit::NoSuchJob, message};
    if (name.starts_with(OurErrors)) return {Exit::Failed, message};
    if (name == "org.freedesktop.DBus.Error.ServiceUnknown")
        return {Exit::Unreachable, "haulierd does not run, and the bus does not know how to start it"};
    if (cannot_start(name))
        return {Exit::Unreachable, fmt::format("haulierd cannot be started ({})", message)};
    if (no_answer(name)) return {Exit::Unreachable, "haulierd went away, or is stuck, before it answered"};
    if (no_bus(name)) return lost();
    return {Exit::Failed, message};
}

Outcome<std::unique_ptr<Bus>> Bus::open(Scope scope) {
    try {
        auto connection =
            scope == Scope::User ? sdbus::createSessionBusConnection() : sdbus::createSystemBusConnection();
        connection->setMethodCallTimeout(Patience);
        return std::unique_ptr<Bus>{new Bus{std::move(connection)}};
    } catch (const sdbus::Error& error) {
        return Failure{Exit::Unreachable,
                       fmt::format("the {} bus cannot be reached: {}",
                                   scope == Scope::User ? "session" : "system", error.getMessage())};
    }
}

Bus::Bus(std::unique_ptr<sdbus::IConnection> connection) : connection_(std::move(connection)) {}
Bus::~Bus() = default;

Outcome<Subscription> Bus::subscribe(const std::string& rule, std::function<void(const Signal&)> handler) {
    auto take = [this, handler = std::move(handler)](auto&& message) {
        fenced([&] {
            std::string member = message.getMemberName();
            handler({message.getPath(), member, decode_arguments(member, message)});
        });
    };
    try {
        return Subscription{connection_->addMatch(rule, take)};
    } catch (const sdbus::Error& error) {
        return failure_of(error);
    }
}

Outcome<Subscription> Bus::on_signals(std::function<void(const Signal&)> handler) {
    return subscribe(fmt::format("type='signal',sender='{}',path_namespace='{}'", BusName, RootPath),
                     std::move(handler));
}

Outcome<Subscription> Bus::on_owner(std::function<void(bool present)> handler) {
    auto rule = fmt::format("type='signal',sender='org.freedesktop.DBus',interface='org.freedesktop.DBus',"
                            "member='NameOwnerChanged',arg0='{}'",
                            BusName);
    return subscribe(rule, [handler = std::move(handler)](const Signal& signal) {
        handler(signal.arguments.size() == 3 && signal.arguments[2] != "");
    });
}

void Bus::fenced(const std::function<void()>& body) noexcept {
    try {
        body();
    } catch (const sdbus::Error&) {
        return;
    } catch (...) {
        thrown_ = std::current_exception();
    }
}

Outcome<Bus::Woken> Bus::turn(const Interrupts* interrupts, std::optional<Deadline> deadline) {
    try {
        bool any = false;
        while (!thrown_ && compat::process_one(*connection_))
            any = true;
        if (thrown_) std::rethrow_exception(std::exchange(thrown_, nullptr));
        if (any) return Woken::ByBus;
        auto data = connection_->getEventLoopPollData();
        std::array<pollfd, 2> watched{pollfd{data.fd, data.events, 0},
                                      pollfd{interrupts ? interrupts->fd() : -1, POLLIN, 0}};
        int ready =
            poll(watched.data(), watched.size(), milliseconds_until(compat::deadline_of(data), deadline));
        if (ready < 0 && errno != EINTR) return lost();
        if (watched[1].revents != 0) return Woken::ByInterrupt;
        return ready == 0 ? Woken::ByTime : Woken::ByBus;
    } catch (const sdbus::Error&) {
        return lost();
    }
}

} // namespace haulier::cli
