// SPDX-License-Identifier: LGPL-2.1-or-later
#include "base/ini.hpp"

#include "base/text.hpp"

#include <array>
#include <charconv>
#include <limits>

namespace haulier::ini {

namespace {

/// Removes the digits at the front of `text` and returns their value.
std::optional<uint64_t> take_number(std::string_view& text) {
    uint64_t number = 0;
    auto [end, fault] = std::from_chars(text.data(), text.data() + text.size(), number);
    if (fault != std::errc{}) return std::nullopt;
    text.remove_prefix(static_cast<size_t>(end - text.data()));
    return number;
}

std::optional<uint64_t> times(uint64_t number, uint64_t factor) {
    if (number > std::numeric_limits<int64_t>::max() / factor) return std::nullopt;
    return number * factor;
}

std::optional<uint64_t> milliseconds_in(std::string_view unit) {
    struct Unit {
        std::string_view name;
        uint64_t ms;
    };
    constexpr std::array Units{Unit{"ms", 1},         Unit{"", 1000},       Unit{"s", 1000},
                               Unit{"sec", 1000},     Unit{"min", 60000},   Unit{"m", 60000},
                               Unit{"h", 3600000},    Unit{"hr", 3600000},  Unit{"d", 86400000},
                               Unit{"day", 86400000}, Unit{"w", 604800000}, Unit{"week", 604800000}};
    for (const auto& u : Units)
        if (u.name == unit) return u.ms;
    return std::nullopt;
}

} // namespace

Parsed parse(std::string_view text) {
    Parsed parsed;
    std::string section;
    for (int number = 1; !text.empty(); ++number) {
        auto end = text.find('\n');
        auto line = trimmed(text.substr(0, end));
        text = end == std::string_view::npos ? std::string_view{} : text.substr(end + 1);
        if (line.empty() || line.front() == '#' || line.front() == ';') continue;
        if (line.front() == '[' && line.back() == ']') {
            section = line.substr(1, line.size() - 2);
            continue;
        }
        auto equals = line.find('=');
        if (equals == std::string_view::npos || section.empty()) {
            parsed.faults.push_back(
                {number, section.empty() ? "stands before any [Section]" : "is not Key=value"});
            continue;
        }
        parsed.entries.push_back({section, std::string{trimmed(line.substr(0, equals))},
                                  std::string{trimmed(line.substr(equals + 1))}, number});
    }
    return parsed;
}

std::optional<uint64_t> to_size(std::string_view text) {
    auto number = take_number(text);
    if (!number) return std::nullopt;
    if (text.empty()) return number;
    if (text == "K") return times(*number, 1ULL << 10);
    if (text == "M") return times(*number, 1ULL << 20);
    if (text == "G") return times(*number, 1ULL << 30);
    return std::nullopt;
}

std::optional<std::chrono::milliseconds> to_span(std::string_view text) {
    text = trimmed(text);
    if (text.empty()) return std::nullopt;
    uint64_t total = 0;
    while (!text.empty()) {
        auto number = take_number(text);
        if (!number) return std::nullopt;
        text = trimmed(text);
        auto end = text.find_first_of(" 0123456789");
        auto factor = milliseconds_in(text.substr(0, end));
        auto part = factor ? times(*number, *factor) : std::nullopt;
        if (!part || total > std::numeric_limits<int64_t>::max() - *part) return std::nullopt;
        total += *part;
        text = end == std::string_view::npos ? std::string_view{} : trimmed(text.substr(end));
    }
    return std::chrono::milliseconds{total};
}

} // namespace haulier::ini
