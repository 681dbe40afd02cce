// SPDX-License-Identifier: LGPL-2.1-or-later
// Emits signals, PropertiesChanged among them, to a list of listeners.
#pragma once

#include "daemon/bus/sdbus/compat.hpp"
#include "daemon/bus/subscribers.hpp"

#include <map>
#include <string>
#include <vector>

namespace haulier::bus {

/// Property values by name.
using Values = std::map<std::string, sdbus::Variant>;

/// Throws if the connection is lost.
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
