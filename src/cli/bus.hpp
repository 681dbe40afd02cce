// SPDX-License-Identifier: LGPL-2.1-or-later
// The connection to the bus, and the event loop of the command: one poll() for the connection and Ctrl-C.
#pragma once

#include "cli/access.hpp"
#include "cli/agent.hpp"
#include "cli/failure.hpp"
#include "cli/wakeup.hpp"

#include <exception>
#include <functional>
#include <memory>
#include <optional>

namespace sdbus {
class IConnection;
class Error;
} // namespace sdbus

namespace haulier::cli {

class Interrupts;

class Bus {
public:
    static Result<std::unique_ptr<Bus>, Failure> open(const Access& access);
    ~Bus();
    Bus(const Bus&) = delete;
    Bus& operator=(const Bus&) = delete;

    [[nodiscard]] sdbus::IConnection& connection() { return *connection_; }
    [[nodiscard]] const Access& access() const { return access_; }
    [[nodiscard]] Failure failure_of(const sdbus::Error& error) const;

    /// Runs a callback of the library. Exceptions must not pass through its C frames: run_once() throws them
    /// again. Messages that do not conform to the interface are dropped.
    void guarded(const std::function<void()>& body) noexcept;

    /// See Client::run_once.
    Result<Wakeup, Failure> run_once(const Interrupts* interrupts, std::optional<Deadline> deadline);

private:
    Bus(std::unique_ptr<sdbus::IConnection> connection, const Access& access);
    void prepare();

    Access access_;
    std::unique_ptr<sdbus::IConnection> connection_;
    std::unique_ptr<Agent> agent_;
    std::exception_ptr thrown_;
};

} // namespace haulier::cli
