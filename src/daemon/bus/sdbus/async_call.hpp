// SPDX-License-Identifier: LGPL-2.1-or-later
// An asynchronous call to another service on the bus. Destroying it, which is allowed in its own reply
// handler, cancels the wait for the reply.
//
// Uses libsystemd's API, which is the same under every version of sdbus-c++.
#pragma once

#include "base/clock.hpp"

#include <functional>
#include <memory>
#include <string>

struct sd_bus;
struct sd_bus_message;

namespace haulier::bus {

inline constexpr const char* PropertiesInterface = "org.freedesktop.DBus.Properties";

/// A reference to a message.
using Message = std::shared_ptr<sd_bus_message>;
/// Adds a reference.
Message keep(sd_bus_message* message);
/// Empty on failure; libsystemd returns an error for any use of that.
Message new_call(sd_bus* bus, const char* name, const char* path, const char* interface, const char* method);
/// The sender's unique name, or the bus driver's name; empty if the message has none.
std::string sender_of(sd_bus_message* message);
/// Whether this error means that the service does not run and cannot be started.
bool is_absence(const std::string& error);

class AsyncCall {
public:
    /// Gets a reply or an error; after the timeout, an error made by libsystemd.
    using ReplyHandler = std::function<void(sd_bus_message*)>;
    /// libsystemd's own.
    static constexpr Usec DefaultTimeout{25'000'000};

    AsyncCall();
    /// Calls `on_reply` in a later turn of the loop. If the call cannot be sent, `on_reply` is never called
    /// and operator bool is false.
    AsyncCall(sd_bus* bus, const Message& call, Usec timeout, ReplyHandler on_reply);
    AsyncCall(AsyncCall&&) noexcept;
    AsyncCall& operator=(AsyncCall&&) noexcept;
    ~AsyncCall();
    explicit operator bool() const { return pending_ != nullptr; }

private:
    struct Pending;
    std::unique_ptr<Pending> pending_;
};

} // namespace haulier::bus
