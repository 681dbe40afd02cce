// SPDX-License-Identifier: LGPL-2.1-or-later
// The only file of the daemon that depends on the version of sdbus-c++. The library's headers do not tell it;
// the build defines SDBUSCPP_2. Code that uses the names below, and names the type of a Variant and of an
// ObjectPath wherever it makes one, compiles with 1.2 and with 2.x.
#pragma once

#include <sdbus-c++/sdbus-c++.h>

#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <systemd/sd-bus.h>
#include <tuple>
#include <utility>
#include <vector>

namespace haulier::bus {

// Names are strings in 1.2 and types of their own in 2.x.
// CallError: the error passed to a reply handler; used like a pointer.
// process_one: handles one message; false when there was none.
// deadline_of: absolute, on CLOCK_MONOTONIC in microseconds; UINT64_MAX for none.
// signature_of: the D-Bus type of T, as in "a{sv}".
// add_match: for as long as the slot is held.
// Interface: collects the members of an interface and exports them with finish().
// call_async: for as long as the proxy lives; `handler` takes a MethodReply& or const MethodReply&, and a
// CallError.
using Names = std::vector<std::string>;
using Emits = sdbus::Flags::PropertyUpdateBehaviorFlags;
using Getter = std::function<void(sdbus::PropertyGetReply&)>;
using Setter = std::function<void(sdbus::PropertySetCall&)>;

#ifdef SDBUSCPP_2

using ServiceName = sdbus::ServiceName;
using InterfaceName = sdbus::InterfaceName;
using MemberName = sdbus::MemberName;
using ErrorName = sdbus::Error::Name;
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
    return c.addMatch(
        rule, [handler = std::move(handler)](sdbus::Message message) { handler(message); },
        sdbus::return_slot);
}
template <class Handler>
void call_async(sdbus::IProxy& proxy, const sdbus::MethodCall& call, Handler handler, uint64_t timeout) {
    proxy.callMethodAsync(
        call,
        [handler = std::move(handler)](sdbus::MethodReply reply, CallError error) { handler(reply, error); },
        timeout);
}

class Interface {
public:
    Interface(sdbus::IObject& object, std::string name) : object_(object), name_(std::move(name)) {}

    template <class Handler>
    void method(const std::string& name, const Names& inputs, const Names& outputs, Handler handler) {
        auto item = sdbus::registerMethod(name);
        item.withInputParamNames(inputs).withOutputParamNames(outputs).implementedAs(std::move(handler));
        members_.emplace_back(std::move(item));
    }
    void signal(const std::string& name, const std::string& signature, const Names& parameters) {
        auto item = sdbus::registerSignal(name);
        item.signature = sdbus::Signature{signature};
        item.paramNames = parameters;
        members_.emplace_back(std::move(item));
    }
    void property(const std::string& name, const std::string& signature, Emits emits, const Getter& get,
                  const Setter& set = {}) {
        auto item = sdbus::registerProperty(name);
        item.signature = sdbus::Signature{signature};
        item.getter = get;
        if (set) item.setter = [set](sdbus::PropertySetCall call) { set(call); };
        item.flags.set(emits);
        members_.emplace_back(std::move(item));
    }
    void finish() { object_.addVTable(std::move(members_)).forInterface(InterfaceName{name_}); }

private:
    sdbus::IObject& object_;
    std::string name_;
    std::vector<sdbus::VTableItem> members_;
};

#else

using ServiceName = std::string;
using InterfaceName = std::string;
using MemberName = std::string;
using ErrorName = std::string;
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
template <class Handler>
void call_async(sdbus::IProxy& proxy, const sdbus::MethodCall& call, Handler handler, uint64_t timeout) {
    proxy.callMethod(call, std::move(handler), timeout);
}

class Interface {
public:
    Interface(sdbus::IObject& object, std::string name) : object_(object), name_(std::move(name)) {}

    template <class Handler>
    void method(const std::string& name, const Names& inputs, const Names& outputs, Handler handler) {
        object_.registerMethod(name)
            .onInterface(name_)
            .withInputParamNames(inputs)
            .withOutputParamNames(outputs)
            .implementedAs(std::move(handler));
    }
    void signal(const std::string& name, const std::string& signature, const Names& parameters) {
        object_.registerSignal(name_, name, signature, parameters);
    }
    void property(const std::string& name, const std::string& signature, Emits emits, const Getter& get,
                  const Setter& set = {}) {
        sdbus::Flags flags;
        flags.set(emits);
        object_.registerProperty(name_, name, signature, get, set, flags);
    }
    void finish() { object_.finishRegistration(); }

private:
    sdbus::IObject& object_;
    std::string name_;
};

#endif

inline void request_name(sdbus::IConnection& c, const std::string& name) {
    c.requestName(ServiceName{name});
}
inline void release_name(sdbus::IConnection& c, const std::string& name) {
    c.releaseName(ServiceName{name});
}
inline sdbus::Error make_error(const std::string& name, const std::string& message) {
    return sdbus::Error{ErrorName{name}, message};
}
inline std::unique_ptr<sdbus::IProxy> make_proxy(sdbus::IConnection& c, const std::string& service,
                                                 const std::string& path) {
    return sdbus::createProxy(c, ServiceName{service}, sdbus::ObjectPath{path});
}
inline sdbus::MethodCall create_call(sdbus::IProxy& proxy, const std::string& interface,
                                     const std::string& method) {
    return proxy.createMethodCall(InterfaceName{interface}, MemberName{method});
}
inline sdbus::Signal create_signal(sdbus::IObject& object, const std::string& interface,
                                   const std::string& member) {
    return object.createSignal(InterfaceName{interface}, MemberName{member});
}
/// The members of a D-Bus struct, for structured bindings.
template <class... Ts>
const std::tuple<Ts...>& members_of(const sdbus::Struct<Ts...>& values) {
    return values;
}

/// libsystemd's message, which sdbus-c++ hides. A derived class can access the protected member of its base.
inline sd_bus_message* handle_of(const sdbus::Message& message) {
    struct Opened : sdbus::Message {
        static void* pointer_of(const sdbus::Message& message) { return message.*(&Opened::msg_); }
    };
    return static_cast<sd_bus_message*>(Opened::pointer_of(message));
}
/// The connection's sd_bus, by way of a message.
inline sd_bus* handle_of(sdbus::IProxy& proxy) {
    return sd_bus_message_get_bus(handle_of(create_call(proxy, "org.freedesktop.DBus", "GetId")));
}
inline sd_bus* handle_of(sdbus::IConnection& connection) {
    return handle_of(*make_proxy(connection, "org.freedesktop.DBus", "/org/freedesktop/DBus"));
}
/// Unique name of the connection that sent the message or error; empty if the bus itself sent it, or if it
/// was made in this process.
inline std::string unique_sender_of(const sdbus::Message& message) {
    const char* sender = sd_bus_message_get_sender(handle_of(message));
    return sender && *sender == ':' ? std::string{sender} : std::string{};
}

} // namespace haulier::bus
