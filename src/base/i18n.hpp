// SPDX-License-Identifier: LGPL-2.1-or-later
// Messages in the language of the user. What programs read is never translated: JSON, names and values of
// properties, ids, exit codes.
#pragma once

#include <fmt/core.h>
#include <string>

namespace haulier {

/// Chooses the language that the environment asks for. Without this, all messages are English.
void choose_language();

/// The translation of `text`, or `text` itself if there is none.
const char* _(const char* text);
/// Marks a text of a table, which is translated when it is used.
constexpr const char* N_(const char* text) {
    return text;
}

/// Formats the translation of `english`. If its placeholders do not fit the arguments, `english` is used.
std::string format_translation(const char* english, fmt::format_args arguments);

/// The same with arguments that the compiler compares with the English text, which must be a literal.
template <class... Args>
std::string translate(fmt::format_string<const Args&...> english, const Args&... arguments) {
    fmt::string_view literal = english;
    return format_translation(literal.data(), fmt::make_format_args(arguments...));
}

} // namespace haulier
