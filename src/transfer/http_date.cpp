// SPDX-License-Identifier: LGPL-2.1-or-later
#include "transfer/http_date.hpp"

#include "base/clock.hpp"

#include <algorithm>
#include <array>
#include <chrono>
#include <ctime>
#include <fmt/core.h>
#include <string>

namespace haulier::transfer {

namespace {

constexpr std::array<std::string_view, 7> Days{"Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"};
constexpr std::array<std::string_view, 12> Months{"Jan", "Feb", "Mar", "Apr", "May", "Jun",
                                                  "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};

bool has_form(std::string_view text, std::string_view form) {
    return std::equal(text.begin(), text.end(), form.begin(), form.end(), [](char c, char expected) {
        if (expected == '0') return c >= '0' && c <= '9';
        return expected == '?' || c == expected;
    });
}

/// The form that nearly all servers use; strptime() takes much longer.
std::optional<int64_t> parse_usual_form(std::string_view text) {
    if (!has_form(text, "???, 00 ??? 0000 00:00:00 GMT")) return std::nullopt;
    auto number = [&](size_t at, size_t digits) {
        int value = 0;
        for (char c : text.substr(at, digits))
            value = 10 * value + (c - '0');
        return value;
    };
    const auto* month = std::find(Months.begin(), Months.end(), text.substr(8, 3));
    bool is_day = std::find(Days.begin(), Days.end(), text.substr(0, 3)) != Days.end();
    int day = number(5, 2);
    std::chrono::hours hour{number(17, 2)};
    std::chrono::minutes minute{number(20, 2)};
    std::chrono::seconds second{number(23, 2)};
    if (!is_day || month == Months.end() || day < 1 || day > 31) return std::nullopt;
    if (hour.count() > 23 || minute.count() > 59 || second.count() > 60) return std::nullopt;
    auto number_of_month = static_cast<unsigned>(month - Months.begin() + 1);
    std::chrono::sys_days date{std::chrono::year{number(12, 4)} / std::chrono::month{number_of_month} / 1};
    return (date.time_since_epoch() + std::chrono::days{day - 1} + hour + minute + second) /
           std::chrono::seconds{1};
}

/// strptime understands English names here: of the locale, the worker sets LC_CTYPE alone.
std::optional<int64_t> parse_as(const std::string& text, const char* form) {
    tm parts{};
    const char* end = strptime(text.c_str(), form, &parts);
    if (!end || *end != '\0') return std::nullopt;
    return timegm(&parts);
}

} // namespace

std::optional<int64_t> parse_http_date(std::string_view text) {
    if (text.size() > 40) return std::nullopt;
    if (auto date = parse_usual_form(text)) return date;
    const std::string copy{text};
    // The three forms of RFC 9110 5.6.7, and how some servers write the first one.
    for (const char* form :
         {"%a, %d %b %Y %H:%M:%S GMT", "%A, %d-%b-%y %H:%M:%S GMT", "%a %b %d %H:%M:%S %Y",
          "%a, %d %b %Y %H:%M:%S UTC", "%a, %d %b %Y %H:%M:%S +0000", "%a, %d %b %Y %H:%M:%S -0000"})
        if (auto date = parse_as(copy, form)) return date;
    return std::nullopt;
}

std::string http_date(int64_t seconds) {
    time_t time = seconds;
    tm parts{};
    if (!gmtime_r(&time, &parts)) return {};
    return fmt::format("{}, {:02} {} {:04} {:02}:{:02}:{:02} GMT",
                       Days.at(static_cast<size_t>(parts.tm_wday)), parts.tm_mday,
                       Months.at(static_cast<size_t>(parts.tm_mon)), parts.tm_year + 1900, parts.tm_hour,
                       parts.tm_min, parts.tm_sec);
}

int64_t wall_seconds() {
    return std::chrono::duration_cast<std::chrono::seconds>(SystemClock{}.now().wall.since_epoch).count();
}

} // namespace haulier::transfer
