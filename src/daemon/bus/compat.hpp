// SPDX-License-Identifier: LGPL-2.1-or-later
// The only file that knows which sdbus-c++ it is built with: today 1.2; what 2.x spells otherwise is gathered
// here.
#pragma once

#include <sdbus-c++/sdbus-c++.h>

#include <cstdint>
#include <string>
#include <systemd/sd-bus.h>
#include <tuple>
#include <vector>

namespace haulier::bus {

inline void request_name(sdbus::IConnection& c, const std::string& name) {
    c.requestName(name);
}
inline void release_name(sdbus::IConnection& c, const std::string& name) {
    c.releaseName(name);
}
inline sdbus::Error make_error(const std::string& name, const std::string& message) {
    return {name, message};
}
/// Handles one message; false when there was none.
inline bool process_one(sdbus::IConnection& c) {
    return c.processPendingRequest();
}
/// Absolute deadline on CLOCK_MONOTONIC in microseconds, UINT64_MAX for none.
inline uint64_t deadline_of(const sdbus::IConnection::PollData& data) {
    return data.timeout_usec;
}
/// The members of a D-Bus struct, for structured bindings.
template <class... Ts>
const std::tuple<Ts...>& members_of(const sdbus::Struct<Ts...>& values) {
    return values;
}
/// Unique name of the caller of the method that is being handled.
inline std::string sender_of(const sdbus::IObject& object) {
    const auto* message = object.getCurrentlyProcessedMessage();
    return message ? message->getSender() : std::string{};
}
/// Unique name of whoever replied, also with an error; empty when the reply was made up by the bus or by us.
inline std::string sender_of(const sdbus::Message& reply) {
    try {
        auto sender = reply.getSender();
        return sender.starts_with(':') ? sender : std::string{};
    } catch (const std::exception&) {
        return {}; // 1.2 makes a string of a null pointer
    }
}
inline void emit_changed(sdbus::IObject& object, const std::string& interface,
                         const std::vector<std::string>& names) {
    object.emitPropertiesChangedSignal(interface, names);
}
/// The connection's sd_bus, which 1.2 hides: every message knows it, and a derived class may name the base's
/// member.
inline sd_bus* handle_of(sdbus::IProxy& proxy) {
    struct Opened : sdbus::Message {
        static sd_bus* bus_of(const sdbus::Message& message) {
            return sd_bus_message_get_bus(static_cast<sd_bus_message*>(message.*(&Opened::msg_)));
        }
    };
    return Opened::bus_of(proxy.createMethodCall("org.freedesktop.DBus", "GetId"));
}

} // namespace haulier::bus
