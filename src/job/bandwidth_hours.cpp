// SPDX-License-Identifier: LGPL-2.1-or-later
#include "job/bandwidth_hours.hpp"

#include <algorithm>

namespace haulier::job {

namespace {

using std::chrono::minutes;
using std::chrono::seconds;

/// Clocks change only at multiples of this.
constexpr int QuarterOfAnHour = 15;
/// A week, and the hour by which a day may be longer.
constexpr Usec FarEnough = std::chrono::hours{24 * DaysOfWeek + 1};

bool applies(const BandwidthRule& rule, const LocalTime& now) {
    auto today = static_cast<size_t>(now.day);
    auto yesterday = static_cast<size_t>((now.day + DaysOfWeek - 1) % DaysOfWeek);
    if (rule.end > rule.begin)
        return rule.days.test(today) && now.minute >= rule.begin && now.minute < rule.end;
    return (rule.days.test(today) && now.minute >= rule.begin) ||
           (rule.days.test(yesterday) && now.minute < rule.end);
}

void restrict_to(std::optional<uint64_t>& limit, uint64_t other) {
    limit = std::min(limit.value_or(other), other);
}

bool is_closed(const std::optional<uint64_t>& limit) {
    return limit && *limit == 0;
}

/// To the next minute at which a rule may begin or end, or clocks may change.
Usec time_to_step(const std::vector<BandwidthRule>& rules, const LocalTime& now) {
    int left = QuarterOfAnHour - now.minute % QuarterOfAnHour;
    for (const auto& rule : rules)
        for (int minute : {rule.begin, rule.end})
            if (minute > now.minute) left = std::min(left, minute - now.minute);
    return minutes{left} - seconds{now.second};
}

} // namespace

Allowance allowance_at(const std::vector<BandwidthRule>& rules, const LocalTime& now) {
    Allowance allowance;
    for (const auto& rule : rules) {
        if (!applies(rule, now)) continue;
        restrict_to(allowance.background, rule.limit);
        if (!rule.background_only) restrict_to(allowance.all, rule.limit);
    }
    return allowance;
}

BandwidthHour hour_at(const std::vector<BandwidthRule>& rules, WallTime now, const ToLocalTime& to_local) {
    BandwidthHour hour;
    if (rules.empty()) return hour;
    hour.allowance = allowance_at(rules, to_local(now));
    auto note = [](std::optional<WallTime>& first, bool is_so, WallTime when) {
        if (is_so && !first) first = when;
    };
    const bool all_closed = is_closed(hour.allowance.all);
    const bool background_closed = is_closed(hour.allowance.background);
    auto is_complete = [&] {
        return hour.changes && (hour.opens || !all_closed) && (hour.background_opens || !background_closed);
    };
    WallTime when{std::chrono::floor<seconds>(now.since_epoch)};
    while (when < now + FarEnough && !is_complete()) {
        when = when + time_to_step(rules, to_local(when));
        auto next = allowance_at(rules, to_local(when));
        note(hour.changes, !(next == hour.allowance), when);
        note(hour.opens, all_closed && !is_closed(next.all), when);
        note(hour.background_opens, background_closed && !is_closed(next.background), when);
    }
    return hour;
}

std::optional<WallTime> closed_until(const BandwidthHour& hour, bool foreground) {
    if (!is_closed(foreground ? hour.allowance.all : hour.allowance.background)) return std::nullopt;
    return (foreground ? hour.opens : hour.background_opens).value_or(WallTime{});
}

} // namespace haulier::job
