// SPDX-License-Identifier: LGPL-2.1-or-later
#include "base/display.hpp"

#include "base/i18n.hpp"
#include "base/text.hpp"

#include <algorithm>
#include <array>
#include <clocale>
#include <cwchar>
#include <fmt/core.h>
#include <utility>

namespace haulier {

namespace {

/// C0 and C1 control characters, and invisible characters that move the text around them or end the line.
constexpr std::array<std::pair<char32_t, char32_t>, 8> Unsafe{{
    {0x00, 0x1f},
    {0x7f, 0x9f},
    {0x61c, 0x61c},
    {0x200b, 0x200b},
    {0x200e, 0x200f},
    {0x2028, 0x202e},
    {0x2060, 0x206f},
    {0xfeff, 0xfeff},
}};

/// Of one well-formed UTF-8 sequence; D-Bus guarantees well-formed UTF-8.
char32_t code_point(std::string_view sequence) {
    auto first = static_cast<unsigned char>(sequence.front());
    if (sequence.size() == 1) return first;
    char32_t c = first & (0x7fU >> sequence.size());
    for (char next : sequence.substr(1))
        c = c << 6U | (static_cast<unsigned char>(next) & 0x3fU);
    return c;
}

size_t length_of_first(std::string_view text) {
    size_t length = 1;
    while (length < text.size() && continues_character(text[length]))
        ++length;
    return length;
}

/// Combining characters take no column, most East Asian ones and emoji two. The locale of the user may not
/// know this, and the C library may not know the newest emoji.
size_t width_of(char32_t c) {
    static locale_t utf8 = newlocale(LC_CTYPE_MASK, "C.UTF-8", nullptr);
    if (!utf8) return 1;
    auto before = uselocale(utf8);
    int width = wcwidth(static_cast<wchar_t>(c));
    uselocale(before);
    constexpr char32_t FirstEmoji = 0x1f000;
    if (width < 0) return c >= FirstEmoji ? 2 : 1;
    return static_cast<size_t>(width);
}

} // namespace

std::string size_text(uint64_t bytes) {
    constexpr std::array units{"kB", "MB", "GB", "TB", "PB", "EB"};
    if (bytes < 1000) return fmt::format("{} B", bytes);
    auto value = static_cast<double>(bytes) / 1000;
    size_t unit = 0;
    while (value >= 999.95 && unit + 1 < units.size()) {
        value /= 1000;
        ++unit;
    }
    return fmt::format("{:.1f} {}", value, units[unit]);
}

std::string amount_text(uint64_t done, std::optional<uint64_t> total) {
    return translate("{} of {}", size_text(done), total ? size_text(*total) : "?");
}

std::string span_text(std::chrono::seconds span) {
    auto s = span.count();
    if (s < 120) return fmt::format("{} s", s);
    if (s < 2 * 3600) return fmt::format("{} min", s / 60);
    if (s < 2 * 86400) return fmt::format("{} h", s / 3600);
    return fmt::format("{} d", s / 86400);
}

std::string sanitize(std::string_view text) {
    std::string out;
    while (!text.empty()) {
        auto length = length_of_first(text);
        auto c = code_point(text.substr(0, length));
        bool is_unsafe = std::any_of(Unsafe.begin(), Unsafe.end(),
                                     [c](const auto& span) { return span.first <= c && c <= span.second; });
        out += is_unsafe ? "?" : text.substr(0, length);
        text.remove_prefix(length);
    }
    return out;
}

size_t columns_of(std::string_view utf8) {
    size_t columns = 0;
    while (!utf8.empty()) {
        auto length = length_of_first(utf8);
        columns += width_of(code_point(utf8.substr(0, length)));
        utf8.remove_prefix(length);
    }
    return columns;
}

size_t bytes_of(std::string_view text, size_t columns) {
    size_t bytes = 0;
    for (size_t used = 0; bytes < text.size();) {
        auto length = length_of_first(text.substr(bytes));
        used += width_of(code_point(text.substr(bytes, length)));
        if (used > columns) break;
        bytes += length;
    }
    return bytes;
}

std::string cut(const std::string& text, size_t columns) {
    if (columns_of(text) <= columns) return text;
    size_t room = columns > 3 ? columns - 3 : columns;
    return text.substr(0, bytes_of(text, room)) + (columns > 3 ? "..." : "");
}

} // namespace haulier
