// SPDX-License-Identifier: LGPL-2.1-or-later
#include "cli/properties.hpp"

#include <algorithm>

namespace haulier::cli {

namespace {

/// Properties whose usual value the interface does not call a default.
bool is_usual(const Json& properties, const std::string& name, const Json& value, Scope scope) {
    if (name == "SecurityFlags") return false;
    if (name == "Type") return value == "download";
    if (name == "Visibility") return value == (scope == Scope::System ? "hidden" : "full");
    if (name == "NetworkCost")
        return value == (properties.value("Priority", "") == "foreground" ? "no-roaming" : "standard");
    const auto* property = find_property(name);
    return property && !property->default_value.is_null() && property->default_value == value;
}

} // namespace

const Property* find_property(std::string_view name) {
    auto found = std::find_if(JobProperties.begin(), JobProperties.end(),
                              [&](const Property& property) { return property.name == name; });
    return found == JobProperties.end() ? nullptr : &*found;
}

Json non_default(const Json& properties, Scope scope) {
    Json out = Json::object();
    for (const auto& [name, value] : properties.items())
        if (!is_usual(properties, name, value, scope)) out[name] = value;
    return out;
}

} // namespace haulier::cli
