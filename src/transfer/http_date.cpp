// SPDX-License-Identifier: LGPL-2.1-or-later
#include "transfer/http_date.hpp"

#include "base/clock.hpp"

#include <array>
#include <chrono>
#include <ctime>
#include <fmt/core.h>
#include <string>

namespace haulier::transfer {

namespace {

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
    const std::string copy{text};
    // The three forms of RFC 9110 5.6.7, and how some servers write the first one.
    for (const char* form :
         {"%a, %d %b %Y %H:%M:%S GMT", "%A, %d-%b-%y %H:%M:%S GMT", "%a %b %d %H:%M:%S %Y",
          "%a, %d %b %Y %H:%M:%S UTC", "%a, %d %b %Y %H:%M:%S +0000", "%a, %d %b %Y %H:%M:%S -0000"})
        if (auto date = parse_as(copy, form)) return date;
    return std::nullopt;
}

std::string http_date(int64_t seconds) {
    constexpr std::array Days{"Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"};
    constexpr std::array Months{"Jan", "Feb", "Mar", "Apr", "May", "Jun",
                                "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};
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
