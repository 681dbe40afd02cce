// SPDX-License-Identifier: LGPL-2.1-or-later
#include "base/text.hpp"

#include <algorithm>

namespace haulier {

namespace {

/// Length of the well-formed UTF-8 sequence at the front of `text` (RFC 3629), 0 if there is none.
size_t sequence_length(std::string_view text) {
    auto byte = [&](size_t i) { return static_cast<unsigned char>(text[i]); };
    auto first = byte(0);
    size_t length = first < 0x80   ? 1
                    : first < 0xc2 ? 0
                    : first < 0xe0 ? 2
                    : first < 0xf0 ? 3
                    : first < 0xf5 ? 4
                                   : 0;
    if (length == 0 || length > text.size()) return 0;
    for (size_t i = 1; i < length; ++i)
        if (!continues_character(text[i])) return 0;
    if (length > 1) {
        // Overlong forms, surrogates, beyond U+10FFFF.
        auto second = byte(1);
        if ((first == 0xe0 && second < 0xa0) || (first == 0xed && second > 0x9f)) return 0;
        if ((first == 0xf0 && second < 0x90) || (first == 0xf4 && second > 0x8f)) return 0;
    }
    return length;
}

} // namespace

std::string printable(std::string_view text, size_t limit) {
    std::string out;
    while (!text.empty()) {
        size_t length = sequence_length(text);
        bool control = static_cast<unsigned char>(text.front()) < 0x20 || text.front() == 0x7f;
        size_t take = std::max<size_t>(length, 1);
        if (out.size() + take > limit) break;
        if (length == 0 || control)
            out += '?';
        else
            out.append(text.substr(0, length));
        text.remove_prefix(take);
    }
    return out;
}

bool continues_character(char c) {
    return (static_cast<unsigned char>(c) & 0xc0) == 0x80;
}

bool is_utf8(std::string_view text) {
    while (!text.empty()) {
        size_t length = sequence_length(text);
        if (length == 0) return false;
        text.remove_prefix(length);
    }
    return true;
}

std::string ascii_lower(std::string_view text) {
    std::string lower{text};
    for (char& c : lower)
        if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
    return lower;
}

std::string_view trimmed(std::string_view text) {
    constexpr std::string_view blanks = " \t\r\n";
    auto first = text.find_first_not_of(blanks);
    if (first == std::string_view::npos) return {};
    return text.substr(first, text.find_last_not_of(blanks) - first + 1);
}

bool has_control_character(std::string_view text) {
    return std::any_of(text.begin(), text.end(), [](unsigned char c) { return c < 0x20 || c == 0x7f; });
}

} // namespace haulier
