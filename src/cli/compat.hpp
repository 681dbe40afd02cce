// SPDX-License-Identifier: LGPL-2.1-or-later
// The only file of the command that knows which sdbus-c++ it is built with. The library's headers do not say:
// the build does, by defining SDBUSCPP_2. Who uses the names below, and spells the type of a Variant wherever
// one is made, is right with 1.2 and with 2.x.
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

// Names are texts in 1.2 and types of their own in 2.x.
// CallError: what a handler of an asynchronous reply is told of its failure; tested and followed like a
// pointer. process_one: handles one message; false when there was none. deadline_of: absolute, on
// CLOCK_MONOTONIC in microseconds; UINT64_MAX for none. signature_of: the D-Bus type of T, as in "a{sv}".
// add_match: for as long as the slot is held.
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

/// The connection's sd_bus, which sdbus-c++ hides: every message knows it, and a derived class may name the
/// base's member.
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
