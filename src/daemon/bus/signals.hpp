// SPDX-License-Identifier: LGPL-2.1-or-later
// Sends signals, including PropertiesChanged, to listeners as long as these read them. The connection that
// owns our name sends them, because GDBus drops signals of any other.
#pragma once

#include "daemon/bus/access/message_size.hpp"
#include "daemon/bus/sdbus/async_call.hpp"
#include "daemon/bus/sdbus/compat.hpp"
#include "daemon/bus/subscribers.hpp"
#include "daemon/bus/unread_signals.hpp"

#include <functional>
#include <map>
#include <optional>
#include <string>
#include <vector>

namespace haulier::bus {

/// Property values by name.
using Values = std::map<std::string, sdbus::Variant>;

class Signals {
public:
    /// `tell_lost`: emits SignalsLost to this listener, which reads again.
    Signals(sd_bus* bus, std::function<void(const std::string& listener)> tell_lost)
        : bus_(bus), tell_lost_(std::move(tell_lost)) {}

    void add(const Listener& listener) { unread_.add(listener.name, listener.uid); }
    void remove(const std::string& listener);

    /// Throws if the connection is lost.
    template <class... Ts>
    void emit(sdbus::IObject& from, const std::string& interface, const std::string& member,
              const std::vector<Listener>& to, const Ts&... arguments) {
        std::optional<uint64_t> size; // the same for all
        for (const auto& listener : to) {
            if (!listener.name.empty() && !unread_.may_send(listener.name)) continue;
            auto signal = create_signal(from, interface, member);
            ((signal << arguments), ...);
            if (!listener.name.empty()) signal.setDestination(listener.name);
            from.emitSignal(signal);
            if (listener.name.empty()) continue;
            if (!size) size = HeaderSize + message_size(handle_of(signal));
            unread_.sent(listener.name, *size);
        }
        ask();
    }
    void emit_values(sdbus::IObject& from, const std::string& interface, const std::vector<Listener>& to,
                     const Values& values) {
        emit(from, "org.freedesktop.DBus.Properties", "PropertiesChanged", to, interface, values,
             std::vector<std::string>{});
    }

private:
    static constexpr uint64_t HeaderSize = 256;

    void ask();
    void answered(const std::string& listener, sd_bus_message* reply);

    sd_bus* bus_;
    std::function<void(const std::string&)> tell_lost_;
    UnreadSignals unread_;
    std::map<std::string, AsyncCall> questions_; ///< by listener
};

} // namespace haulier::bus
