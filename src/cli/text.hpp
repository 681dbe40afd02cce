// SPDX-License-Identifier: LGPL-2.1-or-later
// Formats dates, spans and tables for a terminal.
#pragma once

#include "base/display.hpp"
#include "base/text.hpp"

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <initializer_list>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace haulier::cli {

/// "0:07", "12:34", "1:02:03".
std::string clock_text(std::chrono::seconds span);
/// Local date and time of microseconds since the epoch; "never" for 0.
std::string date_text(uint64_t usec);

/// Breaks `line` at spaces so that it fits; further lines begin with `indent` spaces. Longer words stay
/// whole, so that paths and URLs can be copied.
std::string wrapped(const std::string& line, size_t columns, size_t indent);
bool is_one_of(std::string_view text, std::initializer_list<std::string_view> words);
/// Fills up `text` with spaces.
std::string padded(const std::string& text, size_t columns);

/// Rows with aligned columns; the last column is not padded.
std::string table(const std::vector<std::vector<std::string>>& rows);
/// Between two columns of a table.
inline constexpr size_t ColumnGap = 2;
/// Of `columns`, what such a table leaves for one more column.
size_t room_beside(const std::vector<std::vector<std::string>>& rows, size_t columns);

} // namespace haulier::cli
