// SPDX-License-Identifier: LGPL-2.1-or-later
// Makes untrusted text safe for the bus and the log; also plain helpers for text.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace haulier {

/// `text` truncated to at most `limit` bytes; each control character and each byte that is not part of valid
/// UTF-8 becomes '?'.
std::string printable(std::string_view text, size_t limit);

bool is_utf8(std::string_view text);
/// Whether `c` is a byte of a UTF-8 character, but not its first.
bool continues_character(char c);

/// `text` with A to Z in lower case, whatever the locale.
std::string ascii_lower(std::string_view text);

/// `text` without spaces, tabs and line ends at its beginning and end.
std::string_view trimmed(std::string_view text);

/// `text` contains a byte from 0x00 to 0x1f, or 0x7f.
bool has_control_character(std::string_view text);

} // namespace haulier
