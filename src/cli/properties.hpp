// SPDX-License-Identifier: LGPL-2.1-or-later
// The properties of a job. The table is generated from the annotations of org.haulier.Haulier1.Job.xml.
#pragma once

#include "cli/access.hpp"
#include "cli/view.hpp"

#include <string>
#include <string_view>
#include <vector>

namespace haulier::cli {

enum class Unit { None, Bytes, BytesPerSecond, Seconds, Milliseconds, DateUsec, Uid, Path };

struct Property {
    std::string_view name;
    std::string_view type; ///< D-Bus signature
    bool settable;
    Unit unit;
    Json default_value; ///< null if there is none, or if it depends on other properties
    Json none;          ///< the value that means none, unlimited or unknown; null if there is no such value
    std::vector<std::string_view> words; ///< the possible words, or elements of a list; empty = any
    Json minimum;                        ///< of a number other than `none`; null if there is none
    Json maximum;                        ///< of a number; null if there is none but that of the type
    std::string_view maximum_length;     ///< of a text, such as "256 characters"
};

/// Generated, in the order of the interface.
extern const std::vector<Property> JobProperties;

/// Nothing if this version does not know the property.
const Property* find_property(std::string_view name);

/// The properties that differ from their defaults on this bus. SecurityFlags is always included.
Json non_default(const Json& properties, Scope scope = Scope::User);

} // namespace haulier::cli
