// SPDX-License-Identifier: LGPL-2.1-or-later
// Numbers as people read them, and strangers' text made harmless for a terminal.
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace haulier::cli {

/// "999 B", "1.5 MB", "12.0 GB": powers of 1000.
std::string size_text(uint64_t bytes);
/// "312.4 MB of 700.0 MB", or with a question mark while the whole is not known.
std::string amount_text(uint64_t done, std::optional<uint64_t> total);
/// "0:07", "12:34", "1:02:03".
std::string clock_text(std::chrono::seconds span);
/// "12 s", "3 min", "2 h".
std::string span_text(std::chrono::seconds span);
/// Local date and time of microseconds since the epoch; "never" for 0.
std::string date_text(uint64_t usec);

/// Without control characters and marks of direction, so that no job's name can play with the terminal.
std::string harmless(std::string_view text);
/// How many characters, taking each for one column.
size_t columns_of(std::string_view utf8);
/// `text` in at most `columns`, with "..." in the place of what was cut.
std::string cut(const std::string& text, size_t columns);
/// `text` filled with blanks.
std::string padded(const std::string& text, size_t columns);

/// Rows with aligned columns; the last column is neither filled nor cut.
std::string table(const std::vector<std::vector<std::string>>& rows);

} // namespace haulier::cli
