// SPDX-License-Identifier: LGPL-2.1-or-later
// Sizes and spans as people read them, and text from other users made safe to be shown.
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace haulier {

/// "999 B", "1.5 MB", "12.0 GB": powers of 1000.
std::string size_text(uint64_t bytes);
/// "312.4 MB of 700.0 MB", or with a question mark while the total is not known.
std::string amount_text(uint64_t done, std::optional<uint64_t> total);
/// "12 s", "3 min", "2 h", "14 d".
std::string span_text(std::chrono::seconds span);

/// Replaces control characters and directional marks, so that the name of a job cannot control the terminal.
std::string sanitize(std::string_view text);
/// Number of columns that `utf8` takes on a terminal.
size_t columns_of(std::string_view utf8);
/// Number of bytes at the front of `text` that fit in `columns`.
size_t bytes_of(std::string_view text, size_t columns);
/// Shortens `text` to `columns`, replacing the end by "...".
std::string cut(const std::string& text, size_t columns);

} // namespace haulier
