// SPDX-License-Identifier: LGPL-2.1-or-later
// The only file of the command that knows which version of sdbus-c++ it is built with. The headers of the
// library do not say, so the build defines SDBUSCPP_2. Code that uses the names below, and writes the type of
// each Variant that it makes, compiles with 1.2 and 2.x.
#pragma once

#include <sdbus-c++/sdbus-c++.h>

#include <chrono>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <systemd/sd-bus.h>
#include <utility>

namespace haulier::cli::compat {

using Path = sdbus::ObjectPath;
using Options = std::map<std::string, sdbus::Variant>;

// Names are strings in 1.2 and have types of their own in 2.x.
// CallError: the error that the handler of an asynchronous reply receives; it is used like a pointer.
// process_one: handles one message; false if there was none. deadline_of: absolute, on CLOCK_MONOTONIC in
// microseconds; UINT64_MAX for none. signature_of: the D-Bus type of T, such as "a{sv}". add_match: is in
// force as long as the slot exists.
#ifdef SDBUSCPP_2

using Destination = sdbus::ServiceName;
using InterfaceName = sdbus::InterfaceName;
using MemberName = sdbus::MemberName;
using CallError = std::optional<sdbus::Error>;

inline bool process_one(sdbus::IConnection& c) {
    return c.processPendingEvent();
}
inline uint64_t deadline_of(const sdbus::IConnection::PollData& data) {
    if (data.timeout == std::chrono::microseconds::max()) return UINT64_MAX;
    return static_cast<uint64_t>(data.timeout.count());
}
template <class T>
std::string signature_of() {
    constexpr auto letters = sdbus::signature_of_v<T>;
    return {letters.begin(), letters.end()};
}
template <class Handler>
sdbus::Slot add_match(sdbus::IConnection& c, const std::string& rule, Handler handler) {
    return c.addMatch(rule, std::move(handler), sdbus::return_slot);
}

#else

using Destination = std::string;
using InterfaceName = std::string;
using MemberName = std::string;
using CallError = const sdbus::Error*;

inline bool process_one(sdbus::IConnection& c) {
    return c.processPendingRequest();
}
inline uint64_t deadline_of(const sdbus::IConnection::PollData& data) {
    return data.timeout_usec;
}
template <class T>
std::string signature_of() {
    return sdbus::signature_of<T>::str();
}
template <class Handler>
sdbus::Slot add_match(sdbus::IConnection& c, const std::string& rule, Handler handler) {
    return c.addMatch(rule, std::move(handler));
}

#endif

/// The connection's sd_bus, which sdbus-c++ hides. Every message knows it, and a derived class may access the
/// protected member.
inline sd_bus* handle_of(sdbus::IConnection& c) {
    struct Opened : sdbus::Message {
        static sd_bus* bus_of(const sdbus::Message& message) {
            return sd_bus_message_get_bus(static_cast<sd_bus_message*>(message.*(&Opened::msg_)));
        }
    };
    auto driver = sdbus::createProxy(c, Destination{"org.freedesktop.DBus"}, Path{"/org/freedesktop/DBus"});
    return Opened::bus_of(
        driver->createMethodCall(InterfaceName{"org.freedesktop.DBus"}, MemberName{"GetId"}));
}

} // namespace haulier::cli::compat
