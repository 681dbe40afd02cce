// SPDX-License-Identifier: LGPL-2.1-or-later
// Parses values of properties as users write them: "10M", "2h", "+30min", "a,b".
#pragma once

#include "cli/failure.hpp"

#include <cstdint>
#include <map>
#include <string>
#include <utility>
#include <variant>
#include <vector>

namespace haulier::cli {

/// A value with the type that the property has on the bus.
using Value = std::variant<bool, uint32_t, uint64_t, std::string, std::vector<std::string>>;
/// By name of the property.
using Values = std::map<std::string, Value>;

/// "Name=value", the name in upper or lower case. `now_usec`: the date that "+2h" is relative to.
Result<std::pair<std::string, Value>, Failure> parse_assignment(const std::string& text, uint64_t now_usec);
Result<Values, Failure> parse_assignments(const std::vector<std::string>& texts, uint64_t now_usec);

Result<bool, Failure> parse_flag(const std::string& text);

} // namespace haulier::cli
