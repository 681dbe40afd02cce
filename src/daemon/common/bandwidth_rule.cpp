// SPDX-License-Identifier: LGPL-2.1-or-later
#include "daemon/common/bandwidth_rule.hpp"

#include "base/ini.hpp"
#include "job/budget.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <vector>

namespace haulier::daemon {

namespace {

constexpr std::array<std::string_view, job::DaysOfWeek> DayNames{
    "Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"};
constexpr size_t ShortName = 3;

char lower(char c) {
    return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
}

bool is_same_word(std::string_view a, std::string_view b) {
    return std::equal(a.begin(), a.end(), b.begin(), b.end(),
                      [](char x, char y) { return lower(x) == lower(y); });
}

/// Removes and returns the text before `separator`, or the whole text.
std::string_view take_until(std::string_view& text, std::string_view separator) {
    auto end = text.find(separator);
    auto part = text.substr(0, end);
    text = end == std::string_view::npos ? std::string_view{} : text.substr(end + separator.size());
    return part;
}

std::vector<std::string_view> words_of(std::string_view text) {
    std::vector<std::string_view> words;
    while (!text.empty())
        if (auto word = take_until(text, " "); !word.empty()) words.push_back(word);
    return words;
}

std::optional<size_t> parse_day(std::string_view text) {
    for (size_t i = 0; i < DayNames.size(); ++i)
        if (is_same_word(text, DayNames[i]) || is_same_word(text, DayNames[i].substr(0, ShortName))) return i;
    return std::nullopt;
}

/// "Fri..Mon" extends past the end of the week.
bool add_days(std::string_view range, std::bitset<job::DaysOfWeek>& days) {
    auto first = parse_day(take_until(range, ".."));
    auto last = range.empty() ? first : parse_day(range);
    if (!first || !last) return false;
    for (auto day = *first;; day = (day + 1) % job::DaysOfWeek) {
        days.set(day);
        if (day == *last) return true;
    }
}

std::optional<std::bitset<job::DaysOfWeek>> parse_days(std::string_view text) {
    std::bitset<job::DaysOfWeek> days;
    if (text.empty() || text.ends_with(',') || text.ends_with('.')) return std::nullopt;
    while (!text.empty())
        if (!add_days(take_until(text, ","), days)) return std::nullopt;
    return days;
}

std::optional<int> parse_number(std::string_view text, int most) {
    int number = 0;
    auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
    bool whole = error == std::errc{} && end == text.data() + text.size();
    return whole && text.size() <= 2 && number >= 0 && number <= most ? std::optional{number} : std::nullopt;
}

/// "8:00" to "24:00".
std::optional<int> parse_minute(std::string_view text) {
    auto hour = parse_number(take_until(text, ":"), 24);
    auto minute = parse_number(text, 59);
    if (!hour || !minute || *hour * 60 + *minute > job::MinutesOfDay) return std::nullopt;
    return *hour * 60 + *minute;
}

bool parse_hours(std::string_view text, job::BandwidthRule& rule) {
    auto begin = parse_minute(take_until(text, "-"));
    auto end = parse_minute(text);
    if (!begin || !end || *begin == *end || *begin == job::MinutesOfDay) return false;
    rule.begin = *begin;
    rule.end = *end;
    return true;
}

} // namespace

std::optional<job::BandwidthRule> parse_bandwidth_rule(std::string_view text) {
    auto words = words_of(text);
    job::BandwidthRule rule;
    rule.days.set();
    if (!words.empty() && words.back() == "background") {
        rule.background_only = true;
        words.pop_back();
    }
    if (words.size() == 3) {
        auto days = parse_days(words.front());
        if (!days) return std::nullopt;
        rule.days = *days;
        words.erase(words.begin());
    }
    if (words.size() != 2 || !parse_hours(words[0], rule)) return std::nullopt;
    auto limit = ini::to_size(words[1]);
    if (!limit || !job::is_bandwidth_limit(*limit)) return std::nullopt;
    rule.limit = *limit;
    return rule;
}

} // namespace haulier::daemon
