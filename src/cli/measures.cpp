// SPDX-License-Identifier: LGPL-2.1-or-later
#include "cli/measures.hpp"

#include "cli/i18n.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <cstdio>
#include <ctime>
#include <fmt/core.h>
#include <optional>
#include <string_view>
#include <utility>

namespace haulier::cli {

namespace {

struct NamedFactor {
    std::string_view name;
    uint64_t factor;
};

constexpr uint64_t Kilo = 1000;
constexpr uint64_t Kibi = 1024;
constexpr std::array SizeUnits{
    NamedFactor{"", 1},
    NamedFactor{"k", Kilo},
    NamedFactor{"K", Kilo},
    NamedFactor{"M", Kilo* Kilo},
    NamedFactor{"G", Kilo* Kilo* Kilo},
    NamedFactor{"T", Kilo* Kilo* Kilo* Kilo},
    NamedFactor{"Ki", Kibi},
    NamedFactor{"Mi", Kibi* Kibi},
    NamedFactor{"Gi", Kibi* Kibi* Kibi},
    NamedFactor{"Ti", Kibi* Kibi* Kibi* Kibi},
};

constexpr uint64_t Second = 1'000'000;
constexpr std::array SpanUnits{
    NamedFactor{"ms", 1000},           NamedFactor{"s", Second},        NamedFactor{"m", 60 * Second},
    NamedFactor{"min", 60 * Second},   NamedFactor{"h", 3600 * Second}, NamedFactor{"d", 86400 * Second},
    NamedFactor{"w", 604800 * Second},
};

template <size_t N>
std::optional<uint64_t> factor_of(const std::array<NamedFactor, N>& units, std::string_view name) {
    for (const auto& unit : units)
        if (unit.name == name) return unit.factor;
    return std::nullopt;
}

bool is_digit(char c) {
    return c >= '0' && c <= '9';
}

/// Removes a number from the front of `text`.
std::optional<uint64_t> take_number(std::string_view& text) {
    uint64_t number = 0;
    auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
    if (error != std::errc{}) return std::nullopt;
    text.remove_prefix(static_cast<size_t>(end - text.data()));
    return number;
}

std::string_view take_letters(std::string_view& text) {
    size_t length = 0;
    while (length < text.size() && !is_digit(text[length]))
        ++length;
    auto letters = text.substr(0, length);
    text.remove_prefix(length);
    return letters;
}

std::optional<uint64_t> product(uint64_t a, uint64_t b) {
    uint64_t out = 0;
    if (__builtin_mul_overflow(a, b, &out)) return std::nullopt;
    return out;
}

std::optional<uint64_t> sum(uint64_t a, uint64_t b) {
    uint64_t out = 0;
    if (__builtin_add_overflow(a, b, &out)) return std::nullopt;
    return out;
}

std::optional<uint64_t> size_in(std::string_view text) {
    auto number = take_number(text);
    if (!number) return std::nullopt;
    if (text.ends_with('B')) text.remove_suffix(1);
    auto factor = factor_of(SizeUnits, text);
    return factor ? product(*number, *factor) : std::nullopt;
}

std::optional<uint64_t> span_in(std::string_view text, uint64_t bare) {
    std::optional<uint64_t> total;
    while (!text.empty()) {
        auto number = take_number(text);
        if (!number) return std::nullopt;
        auto name = take_letters(text);
        // A number without a unit must stand alone: "1h30" is an error.
        auto factor = name.empty() && !total && text.empty() ? bare : factor_of(SpanUnits, name);
        auto part = factor ? product(*number, *factor) : std::nullopt;
        if (!part) return std::nullopt;
        total = sum(total.value_or(0), *part);
        if (!total) return std::nullopt;
    }
    return total;
}

/// "Z" or "+hh:mm" as seconds east of Greenwich.
std::optional<long> zone_in(const std::string& text) {
    if (text == "Z") return 0;
    char sign = 0;
    int hours = 0;
    int minutes = 0;
    int used = 0;
    if (std::sscanf(text.c_str(), "%c%2d:%2d%n", &sign, &hours, &minutes, &used) != 3) return std::nullopt;
    if ((sign != '+' && sign != '-') || static_cast<size_t>(used) != text.size() || hours < 0 || hours > 23 ||
        minutes < 0 || minutes > 59)
        return std::nullopt;
    long east = hours * 3600L + minutes * 60L;
    return sign == '-' ? -east : east;
}

/// Seconds since the epoch; nothing for a date that does not exist, such as February 30.
std::optional<std::time_t> seconds_of(std::tm date, const std::string& zone) {
    date.tm_isdst = -1;
    auto normal = date;
    if (zone.empty()) {
        auto local = std::mktime(&normal);
        return normal.tm_mday == date.tm_mday && local >= 0 ? std::optional{local} : std::nullopt;
    }
    auto east = zone_in(zone);
    auto there = timegm(&normal);
    if (!east || normal.tm_mday != date.tm_mday || there < *east) return std::nullopt;
    return there - *east;
}

std::optional<std::time_t> date_in(const std::string& text) {
    std::tm date{};
    const char* rest = strptime(text.c_str(), "%Y-%m-%d", &date);
    if (!rest) return std::nullopt;
    if (*rest == '\0') return seconds_of(date, "");
    if (*rest != 'T' && *rest != ' ') return std::nullopt;
    const char* zone = strptime(rest + 1, "%H:%M:%S", &date);
    if (!zone) zone = strptime(rest + 1, "%H:%M", &date);
    return zone ? seconds_of(date, zone) : std::nullopt;
}

/// Midnight in local time, so many days before `now`.
std::time_t beginning_of_day(std::time_t now, int days_before) {
    std::tm date{};
    localtime_r(&now, &date);
    date.tm_mday -= days_before;
    date.tm_hour = date.tm_min = date.tm_sec = 0;
    date.tm_isdst = -1;
    return std::mktime(&date);
}

} // namespace

Result<uint64_t, Failure> parse_size(const std::string& text) {
    if (auto size = size_in(text)) return *size;
    return usage_error(translate("'{}' is not a size such as 1500, 10M or 1Gi", text));
}

Result<uint64_t, Failure> parse_span(const std::string& text, uint64_t unit) {
    if (auto span = span_in(text, unit)) return *span;
    return usage_error(translate("'{}' is not a time span such as 90s, 30min, 1h30min or 2d", text));
}

Result<uint64_t, Failure> parse_since(const std::string& text, uint64_t now_usec) {
    auto now = static_cast<std::time_t>(now_usec / Second);
    for (const auto& [word, days] : {std::pair{"today", 0}, std::pair{"yesterday", 1}})
        if (text == word) return static_cast<uint64_t>(beginning_of_day(now, days)) * Second;
    if (auto span = span_in(text, Second)) return now_usec - std::min(now_usec, *span);
    if (auto date = date_in(text)) return static_cast<uint64_t>(*date) * Second;
    return usage_error(
        translate("'{}' is neither a time span such as 2d nor a date such as 2027-01-31, today or "
                  "yesterday",
                  text));
}

Result<uint64_t, Failure> parse_date(const std::string& text, uint64_t now_usec) {
    if (text == "now" || text == "none" || text == "0") return uint64_t{0};
    if (text.starts_with('+')) {
        auto span = parse_span(text.substr(1), Second);
        if (!span) return span.error();
        if (auto date = sum(now_usec, *span)) return *date;
    } else if (auto seconds = date_in(text)) {
        return static_cast<uint64_t>(*seconds) * Second;
    }
    return usage_error(translate("'{}' is not a date such as 2027-01-31T18:00 or +2h", text));
}

} // namespace haulier::cli
