// SPDX-License-Identifier: LGPL-2.1-or-later
// The connection to the bus and the command's whole event loop: one poll over the connection and Ctrl-C.
#pragma once

#include "cli/access.hpp"
#include "cli/agent.hpp"
#include "cli/failure.hpp"

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

inline constexpr const char* BusName = "org.haulier.Haulier1";
inline constexpr const char* RootPath = "/org/haulier/Haulier1";
inline constexpr const char* JobFolder = "/org/haulier/Haulier1/job/";
std::string path_of(const std::string& id);

class Bus {
public:
    using Deadline = std::chrono::steady_clock::time_point;
    enum class Woken { ByBus, ByInterrupt, ByTime };

    static Outcome<std::unique_ptr<Bus>> open(const Access& access);
    ~Bus();
    Bus(const Bus&) = delete;
    Bus& operator=(const Bus&) = delete;

    [[nodiscard]] sdbus::IConnection& connection() { return *connection_; }
    [[nodiscard]] const Access& access() const { return access_; }
    /// What a bus error means to a person, without the bus.
    [[nodiscard]] Failure failure_of(const sdbus::Error& error) const;

    /// Runs what the library calls back. Nothing may be thrown through its C frames: what is thrown waits for
    /// the end of the turn, and what is not as the contract says is dropped.
    void fenced(const std::function<void()>& body) noexcept;

    /// Handles what has come; when there is nothing, waits for something, an interrupt or the deadline.
    Outcome<Woken> turn(const Interrupts* interrupts, std::optional<Deadline> deadline);

private:
    Bus(std::unique_ptr<sdbus::IConnection> connection, const Access& access);
    void prepare();

    Access access_;
    std::unique_ptr<sdbus::IConnection> connection_;
    std::unique_ptr<Agent> agent_;
    std::exception_ptr thrown_;
};

} // namespace haulier::cli
