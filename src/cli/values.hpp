// SPDX-License-Identifier: LGPL-2.1-or-later
// The properties that people can set, and what they write for their values: "10M", "2h", "+30min", "a,b".
#pragma once

#include "cli/measures.hpp"

#include <cstdint>
#include <map>
#include <string>
#include <utility>
#include <variant>
#include <vector>

namespace haulier::cli {

/// As the bus wants it.
using Value = std::variant<bool, uint32_t, uint64_t, std::string, std::vector<std::string>>;
/// By the name of the property.
using Values = std::map<std::string, Value>;

/// "Name=value"; the name in any case. `now_usec`: the date, for dates that are said as a distance.
Outcome<std::pair<std::string, Value>> parse_assignment(const std::string& text, uint64_t now_usec);
Outcome<Values> parse_assignments(const std::vector<std::string>& texts, uint64_t now_usec);

Outcome<bool> parse_flag(const std::string& text);

/// A piece of a file: "OFFSET:LENGTH", sizes as above; without a length to the end.
struct Piece {
    uint64_t offset = 0;
    uint64_t length = 0;
    bool operator==(const Piece&) const = default;
};
inline constexpr uint64_t ToEnd = ~uint64_t{0};
Outcome<Piece> parse_piece(const std::string& text);
Outcome<std::vector<Piece>> parse_pieces(const std::vector<std::string>& texts);
std::string to_text(const Piece& piece);

} // namespace haulier::cli
