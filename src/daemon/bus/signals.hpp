// SPDX-License-Identifier: LGPL-2.1-or-later
// The one way out for signals, of properties too: to each who may set_reported it, or to all at once.
#pragma once

#include "daemon/bus/sdbus/compat.hpp"
#include "daemon/bus/subscribers.hpp"

#include <map>
#include <string>
#include <vector>

namespace haulier::bus {

/// By name.
using Values = std::map<std::string, sdbus::Variant>;

/// Throws when the bus is gone.
template <class... Ts>
void emit(sdbus::IObject& from, const std::string& interface, const std::string& member,
          const std::vector<Listener>& to, const Ts&... arguments) {
    for (const auto& listener : to) {
        auto signal = create_signal(from, interface, member);
        ((signal << arguments), ...);
        if (!listener.name.empty()) signal.setDestination(listener.name);
        from.emitSignal(signal);
    }
}

inline void emit_values(sdbus::IObject& from, const std::string& interface, const std::vector<Listener>& to,
                        const Values& values) {
    emit(from, "org.freedesktop.DBus.Properties", "PropertiesChanged", to, interface, values,
         std::vector<std::string>{});
}

} // namespace haulier::bus
