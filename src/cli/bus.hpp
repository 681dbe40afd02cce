// SPDX-License-Identifier: LGPL-2.1-or-later
// The connection to the bus and the command's whole event loop: one poll over the connection and Ctrl-C.
#pragma once

#include "cli/failure.hpp"
#include "cli/view.hpp"

#include <chrono>
#include <exception>
#include <functional>
#include <memory>
#include <optional>
#include <string>

namespace sdbus {
class IConnection;
class Error;
} // namespace sdbus

namespace haulier::cli {

class Interrupts;

enum class Scope { User, System };

inline constexpr const char* BusName = "org.haulier.Haulier1";
inline constexpr const char* RootPath = "/org/haulier/Haulier1";
std::string path_of(const std::string& id);

/// A signal of the daemon, or NameOwnerChanged of its name.
struct Signal {
    std::string path;
    std::string member;
    Json arguments;
    [[nodiscard]] std::string id() const; ///< of the job it came from; empty for the manager's
};

/// Lasts as long as it is held.
using Subscription = std::shared_ptr<void>;

class Bus {
public:
    using Deadline = std::chrono::steady_clock::time_point;
    enum class Woken { ByBus, ByInterrupt, ByTime };

    static Outcome<std::unique_ptr<Bus>> open(Scope scope);
    ~Bus();
    Bus(const Bus&) = delete;
    Bus& operator=(const Bus&) = delete;

    [[nodiscard]] sdbus::IConnection& connection() { return *connection_; }

    /// All signals of the daemon from now on, whoever owns its name.
    Outcome<Subscription> on_signals(std::function<void(const Signal&)> handler);
    /// Its coming (true) and going (false).
    Outcome<Subscription> on_owner(std::function<void(bool present)> handler);

    /// Runs what the library calls back. Nothing may be thrown through its C frames: what is thrown waits for
    /// the end of the turn, and what is not as the contract says is dropped.
    void fenced(const std::function<void()>& body) noexcept;

    /// Handles what has come; when there is nothing, waits for something, an interrupt or the deadline.
    Outcome<Woken> turn(const Interrupts* interrupts, std::optional<Deadline> deadline);

private:
    explicit Bus(std::unique_ptr<sdbus::IConnection> connection);
    Outcome<Subscription> subscribe(const std::string& rule, std::function<void(const Signal&)> handler);
    std::unique_ptr<sdbus::IConnection> connection_;
    std::exception_ptr thrown_;
};

/// What a bus error means to a person, without the bus.
Failure failure_of(const sdbus::Error& error);

} // namespace haulier::cli
