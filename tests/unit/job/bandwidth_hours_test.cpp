// SPDX-License-Identifier: LGPL-2.1-or-later
#include "job/bandwidth_hours.hpp"

#include <gtest/gtest.h>

namespace haulier::job {

namespace {

using std::chrono::hours;
using std::chrono::minutes;
using std::chrono::seconds;
using Rules = std::vector<BandwidthRule>;

enum Day { Mon, Tue, Wed, Thu, Fri, Sat, Sun };

constexpr unsigned WorkDays = 0b0011111;
constexpr unsigned EachDay = 0b1111111;

LocalTime clock_on(int day, int hour, int minute = 0, int second = 0) {
    return {day, hour * 60 + minute, second};
}

/// A week begins on a Monday, and the world with it.
WallTime in_week(int day, int hour, int minute = 0) {
    return {hours{24 * day + hour} + minutes{minute}};
}

/// Without any time zone.
LocalTime without_zone(WallTime when) {
    auto total = std::chrono::floor<seconds>(when.since_epoch).count();
    return {static_cast<int>(total / 86400 % DaysOfWeek), static_cast<int>(total / 60 % MinutesOfDay),
            static_cast<int>(total % 60)};
}

const BandwidthRule Office{WorkDays, 8 * 60, 18 * 60, 500'000, true};
const BandwidthRule Night{EachDay, 22 * 60, 6 * 60, 0, false};

} // namespace

TEST(BandwidthHours, WithoutRulesNothingIsLimited) {
    EXPECT_EQ(hour_at({}, in_week(Mon, 9), without_zone), BandwidthHour{});
    EXPECT_EQ(closed_until({}, true), std::nullopt);
    EXPECT_EQ(closed_until({}, false), std::nullopt);
}

TEST(BandwidthHours, TheStrictestRuleThatAppliesCounts) {
    struct Row {
        LocalTime now;
        Allowance expected;
    };
    const Rules rules{Office,
                      Night,
                      {EachDay, 9 * 60, 10 * 60, 800'000, false},
                      {1U << Sun, 0, MinutesOfDay, 1'000'000, false}};
    for (const auto& row : {
             Row{clock_on(Mon, 7, 59, 59), {}},
             Row{clock_on(Mon, 8), {{}, 500'000}},
             Row{clock_on(Mon, 9), {800'000, 500'000}},
             Row{clock_on(Mon, 17, 59), {{}, 500'000}},
             Row{clock_on(Mon, 18), {}},
             Row{clock_on(Mon, 22), {0, 0}},
             Row{clock_on(Tue, 5, 59), {0, 0}},
             Row{clock_on(Tue, 6), {}},
             Row{clock_on(Sat, 9), {800'000, 800'000}},
             Row{clock_on(Sun, 12), {1'000'000, 1'000'000}},
             Row{clock_on(Sun, 3), {0, 0}},
         })
        EXPECT_EQ(allowance_at(rules, row.now), row.expected) << row.now.day << " " << row.now.minute;
}

TEST(BandwidthHours, ARangeOverMidnightBeginsOnItsDays) {
    const Rules rules{{1U << Fri, 22 * 60, 6 * 60, 0, false}};
    EXPECT_EQ(allowance_at(rules, clock_on(Fri, 5)), Allowance{});
    EXPECT_EQ(allowance_at(rules, clock_on(Fri, 22)), (Allowance{0, 0}));
    EXPECT_EQ(allowance_at(rules, clock_on(Sat, 5, 59)), (Allowance{0, 0}));
    EXPECT_EQ(allowance_at(rules, clock_on(Sat, 22)), Allowance{});
    const Rules sunday{{1U << Sun, 22 * 60, 6 * 60, 0, false}};
    EXPECT_EQ(allowance_at(sunday, clock_on(Mon, 5)), (Allowance{0, 0})) << "and over the end of the week";
}

TEST(BandwidthHours, TheNextChangeIsKnown) {
    auto hour = hour_at({Office}, in_week(Mon, 7, 10) + seconds{7} + Usec{5}, without_zone);
    EXPECT_EQ(hour.allowance, Allowance{});
    EXPECT_EQ(hour.changes, in_week(Mon, 8));
    hour = hour_at({Office}, in_week(Mon, 8), without_zone);
    EXPECT_EQ(hour.changes, in_week(Mon, 18));
    hour = hour_at({Office}, in_week(Fri, 18), without_zone);
    EXPECT_EQ(hour.changes, in_week(7, 8)) << "on Monday";
    EXPECT_EQ(hour_at({{EachDay, 0, MinutesOfDay, 5000, false}}, in_week(Mon, 8), without_zone).changes,
              std::nullopt);
}

TEST(BandwidthHours, WhatIsClosedOpensAtADate) {
    const BandwidthRule no_background{WorkDays, 8 * 60, 12 * 60, 0, true};
    const BandwidthRule little{WorkDays, 12 * 60, 18 * 60, 2000, true};
    auto hour = hour_at({no_background, little}, in_week(Mon, 9), without_zone);
    EXPECT_EQ(closed_until(hour, true), std::nullopt);
    EXPECT_EQ(closed_until(hour, false), in_week(Mon, 12));
    hour = hour_at({Night}, in_week(Mon, 23), without_zone);
    EXPECT_EQ(closed_until(hour, true), in_week(Tue, 6));
    EXPECT_EQ(closed_until(hour, false), in_week(Tue, 6));
    hour =
        hour_at({Night, no_background, {EachDay, 6 * 60, 8 * 60, 0, true}}, in_week(Mon, 23), without_zone);
    EXPECT_EQ(closed_until(hour, true), in_week(Tue, 6));
    EXPECT_EQ(closed_until(hour, false), in_week(Tue, 12));
    EXPECT_EQ(hour.changes, in_week(Tue, 6));
    hour = hour_at({{EachDay, 0, MinutesOfDay, 0, false}}, in_week(Mon, 9), without_zone);
    EXPECT_EQ(closed_until(hour, false), WallTime{}) << "never";
}

/// In the night to Sunday, clocks go from 2:00 to 3:00, or from 3:00 to 2:00.
TEST(BandwidthHours, ChangesOfDaylightSavingTimeMoveThem) {
    auto forward = [](WallTime when) {
        return without_zone(when < in_week(Sun, 2) ? when : when + hours{1});
    };
    auto back = [](WallTime when) { return without_zone(when < in_week(Sun, 3) ? when : when - hours{1}); };
    const Rules until_six{{1U << Sat, 22 * 60, 6 * 60, 0, false}};
    EXPECT_EQ(closed_until(hour_at(until_six, in_week(Sat, 23), forward), true), in_week(Sun, 5));
    EXPECT_EQ(closed_until(hour_at(until_six, in_week(Sat, 23), back), true), in_week(Sun, 7));
    const Rules in_the_gap{{1U << Sun, 2 * 60 + 30, 4 * 60, 0, false}};
    auto hour = hour_at(in_the_gap, in_week(Sun, 0), forward);
    EXPECT_EQ(hour.changes, in_week(Sun, 2)) << "at three o'clock, which comes after two";
    const Rules twice{{1U << Sun, 2 * 60 + 30, 2 * 60 + 45, 0, false}};
    EXPECT_EQ(hour_at(twice, in_week(Sun, 2, 50), back).changes, in_week(Sun, 3, 30))
        << "half past two again";
}

TEST(BandwidthHours, AZoneMayDifferByAnyNumberOfSeconds) {
    auto odd = [](WallTime when) { return without_zone(when + seconds{37}); };
    EXPECT_EQ(hour_at({Office}, in_week(Mon, 7), odd).changes, in_week(Mon, 8) - seconds{37});
}

} // namespace haulier::job
