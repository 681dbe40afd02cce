// SPDX-License-Identifier: LGPL-2.1-or-later
// BandwidthSchedule: how much may be transferred during which hours of the week. Pure functions over values;
// the caller provides the local time.
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
    int end = MinutesOfDay;       ///< likewise; on the next day if it is not after `begin`
    uint64_t limit = 0;           ///< bytes per second; 0 = no transfers
    bool background_only = false; ///< does not apply to jobs in the foreground
    bool operator==(const BandwidthRule&) const = default;
};

/// Bytes per second that are allowed; nothing = no limit, 0 = no transfers.
struct Allowance {
    std::optional<uint64_t> all;
    std::optional<uint64_t> background; ///< of jobs that are not in the foreground; at most `all`
    bool operator==(const Allowance&) const = default;
};
/// Returns the strictest of the rules that apply.
Allowance allowance_at(const std::vector<BandwidthRule>& rules, const LocalTime& now);

/// What the schedule allows now, and until when.
struct BandwidthHour {
    Allowance allowance;
    std::optional<WallTime> changes;          ///< when the allowance changes; nothing = never
    std::optional<WallTime> opens;            ///< end of a time without transfers; nothing = never
    std::optional<WallTime> background_opens; ///< likewise
    bool operator==(const BandwidthHour&) const = default;
};
/// Determines the changes from the future local time, so that daylight saving time needs no special rules.
BandwidthHour hour_at(const std::vector<BandwidthRule>& rules, WallTime now, const ToLocalTime& to_local);

/// When jobs of this kind may run again; nothing if they may run now, 0 = never.
std::optional<WallTime> closed_until(const BandwidthHour& hour, bool foreground);

} // namespace haulier::job
