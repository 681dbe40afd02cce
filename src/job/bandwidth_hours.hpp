// SPDX-License-Identifier: LGPL-2.1-or-later
// BandwidthSchedule: what may be transferred at which hours of the week. Pure functions over values; what
// local time is, the caller says.
#pragma once

#include "base/clock.hpp"

#include <bitset>
#include <cstdint>
#include <functional>
#include <optional>
#include <vector>

namespace haulier::job {

inline constexpr int DaysOfWeek = 7;
inline constexpr int MinutesOfDay = 24 * 60;

struct LocalTime {
    int day = 0;    ///< of the week, 0 = Monday
    int minute = 0; ///< of the day
    int second = 0;
};
using ToLocalTime = std::function<LocalTime(WallTime)>;

/// One line, such as "Mon..Fri 08:00-18:00 500K background".
struct BandwidthRule {
    std::bitset<DaysOfWeek> days; ///< on which the hours begin
    int begin = 0;                ///< minutes after midnight
    int end = MinutesOfDay;       ///< likewise; not after `begin`: on the next day
    uint64_t limit = 0;           ///< bytes a second; 0 = nothing moves
    bool background_only = false; ///< jobs in the foreground may go on
    bool operator==(const BandwidthRule&) const = default;
};

/// Bytes a second that are allowed; nothing = no limit, 0 = nothing moves.
struct Allowance {
    std::optional<uint64_t> all;
    std::optional<uint64_t> background; ///< of jobs that are not in the foreground; at most `all`
    bool operator==(const Allowance&) const = default;
};
/// The strictest of the rules that apply.
Allowance allowance_at(const std::vector<BandwidthRule>& rules, const LocalTime& now);

/// What the schedule allows for the time being.
struct BandwidthHour {
    Allowance allowance;
    std::optional<WallTime> changes;          ///< when it allows something else; nothing = never
    std::optional<WallTime> opens;            ///< if nothing may move, when something may; nothing = never
    std::optional<WallTime> background_opens; ///< likewise
    bool operator==(const BandwidthHour&) const = default;
};
/// Finds out by what the clock will show, so that changes of daylight saving time need no rules of their own.
BandwidthHour hour_at(const std::vector<BandwidthRule>& rules, WallTime now, const ToLocalTime& to_local);

/// When jobs of this kind may run again, if they may not now; 0 = never.
std::optional<WallTime> closed_until(const BandwidthHour& hour, bool foreground);

} // namespace haulier::job
