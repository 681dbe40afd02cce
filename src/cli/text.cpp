// SPDX-License-Identifier: LGPL-2.1-or-later
#include "cli/text.hpp"

#include "base/text.hpp"
#include "cli/i18n.hpp"

#include <algorithm>
#include <array>
#include <clocale>
#include <ctime>
#include <cwchar>
#include <fmt/chrono.h>
#include <fmt/core.h>
#include <utility>

namespace haulier::cli {

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

/// Number of bytes at the front of `text` that fit in `columns`.
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

std::vector<size_t> widths_of(const std::vector<std::vector<std::string>>& rows) {
    std::vector<size_t> widths;
    for (const auto& row : rows) {
        widths.resize(std::max(widths.size(), row.size()));
        for (size_t i = 0; i < row.size(); ++i)
            widths[i] = std::max(widths[i], columns_of(row[i]));
    }
    return widths;
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

std::string clock_text(std::chrono::seconds span) {
    auto s = span.count();
    if (s >= 3600) return fmt::format("{}:{:02}:{:02}", s / 3600, s / 60 % 60, s % 60);
    return fmt::format("{}:{:02}", s / 60, s % 60);
}

std::string span_text(std::chrono::seconds span) {
    auto s = span.count();
    if (s < 120) return fmt::format("{} s", s);
    if (s < 2 * 3600) return fmt::format("{} min", s / 60);
    if (s < 2 * 86400) return fmt::format("{} h", s / 3600);
    return fmt::format("{} d", s / 86400);
}

std::string date_text(uint64_t usec) {
    if (usec == 0) return _("never");
    auto seconds = static_cast<std::time_t>(usec / 1000000);
    std::tm local{};
    localtime_r(&seconds, &local);
    return fmt::format("{:%Y-%m-%d %H:%M:%S}", local);
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

std::string cut(const std::string& text, size_t columns) {
    if (columns_of(text) <= columns) return text;
    size_t room = columns > 3 ? columns - 3 : columns;
    return text.substr(0, bytes_of(text, room)) + (columns > 3 ? "..." : "");
}

std::string wrapped(const std::string& line, size_t columns, size_t indent) {
    auto begin = bytes_of(line, indent);
    if (columns_of(line) <= columns || line.size() == begin) return line;
    auto out = line.substr(0, begin);
    size_t used = columns_of(out);
    for (size_t at = begin; at < line.size();) {
        auto end = std::min(line.find(' ', at), line.size());
        auto word = line.substr(at, end - at);
        if (used > indent && used + columns_of(word) > columns) {
            out.resize(out.find_last_not_of(' ') + 1);
            out += "\n" + std::string(indent, ' ');
            used = indent;
        }
        out += word + " ";
        used += columns_of(word) + 1;
        at = end + 1;
    }
    out.resize(out.find_last_not_of(' ') + 1);
    return out;
}

bool is_one_of(std::string_view text, std::initializer_list<std::string_view> words) {
    return std::find(words.begin(), words.end(), text) != words.end();
}

std::string padded(const std::string& text, size_t columns) {
    auto have = columns_of(text);
    return text + std::string(columns > have ? columns - have : 0, ' ');
}

size_t room_beside(const std::vector<std::vector<std::string>>& rows, size_t columns) {
    size_t taken = 0;
    for (auto width : widths_of(rows))
        taken += width + ColumnGap;
    return columns > taken ? columns - taken : 0;
}

std::string table(const std::vector<std::vector<std::string>>& rows) {
    auto widths = widths_of(rows);
    std::string out;
    for (const auto& row : rows) {
        for (size_t i = 0; i < row.size(); ++i)
            out += i + 1 < row.size() ? padded(row[i], widths[i] + ColumnGap) : row[i];
        out += '\n';
    }
    return out;
}

} // namespace haulier::cli
