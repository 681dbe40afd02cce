// SPDX-License-Identifier: LGPL-2.1-or-later
#include "daemon/common/bandwidth_rule.hpp"

#include "daemon/common/local_time.hpp"

#include <cstdlib>
#include <gtest/gtest.h>
#include <string>

namespace haulier::daemon {

namespace {

using job::BandwidthRule;

constexpr unsigned WorkingDays = 0b0011111;
constexpr unsigned WholeWeek = 0b1111111;

/// The time zone of this process, until the end of the test.
class Zone {
public:
    explicit Zone(const char* name) {
        if (const char* before = std::getenv("TZ")) before_ = before;
        setenv("TZ", name, 1);
    }
    ~Zone() {
        before_.empty() ? unsetenv("TZ") : setenv("TZ", before_.c_str(), 1);
        tzset();
    }
    Zone(const Zone&) = delete;
    Zone& operator=(const Zone&) = delete;

private:
    std::string before_;
};

WallTime utc(int64_t seconds) {
    return {std::chrono::seconds{seconds}};
}

} // namespace

TEST(BandwidthRule, HasDaysHoursAndARate) {
    struct Row {
        const char* text;
        BandwidthRule expected;
    };
    for (const auto& row : {
             Row{"Mon..Fri 08:00-18:00 500K background", {WorkingDays, 480, 1080, 512'000, true}},
             Row{"08:00-18:00 2000", {WholeWeek, 480, 1080, 2000, false}},
             Row{"Sat,Sun 0:00-24:00 0", {0b1100000, 0, 1440, 0, false}},
             Row{"monday,Wed..FRIDAY  22:30-6:05  1M", {0b0011101, 1350, 365, 1 << 20, false}},
             Row{"Sat..Mon 00:00-12:00 0 background", {0b1100001, 0, 720, 0, true}},
         })
        EXPECT_EQ(parse_bandwidth_rule(row.text), row.expected) << row.text;
}

TEST(BandwidthRule, IsNothingElse) {
    for (const char* text : {"",
                             "background",
                             "08:00-18:00",
                             "08:00-18:00 fast",
                             "08:00-18:00 1023",
                             "08:00-18:00 -1",
                             "Mon 500K",
                             "Mon..Fri 08:00-18:00",
                             "Mon-Fri 08:00-18:00 500K",
                             "Mo 08:00-18:00 500K",
                             "Mon.. 08:00-18:00 500K",
                             "..Fri 08:00-18:00 500K",
                             "Mon, 08:00-18:00 500K",
                             ",Mon 08:00-18:00 500K",
                             "Mon..Tue..Wed 08:00-18:00 5K",
                             "08:00 500K",
                             "08-18 500K",
                             "08:00-08:00 500K",
                             "24:00-06:00 500K",
                             "08:00-24:01 500K",
                             "25:00-26:00 500K",
                             "08:60-18:00 500K",
                             "08:000-18:00 500K",
                             "08:00-18:00 500K 500K",
                             "08:00-18:00 500K Background",
                             "Mon Tue 08:00-18:00 500K",
                             "+8:00-18:00 500K"})
        EXPECT_EQ(parse_bandwidth_rule(text), std::nullopt) << text;
}

TEST(LocalTime, IsWhatTheClockShows) {
    Zone zone{"CET-1CEST,M3.5.0,M10.5.0/3"};
    auto winter = local_time(utc(1'800'000'000)); // Friday, 2027-01-15 08:00:00 UTC
    EXPECT_EQ(winter.day, 4);
    EXPECT_EQ(winter.minute, 9 * 60);
    EXPECT_EQ(winter.second, 0);
    auto summer = local_time(utc(1'814'400'007)); // Thursday, 2027-07-01 00:00:07 UTC
    EXPECT_EQ(summer.minute, 2 * 60);
    EXPECT_EQ(summer.second, 7);
}

TEST(LocalTime, FollowsTheZoneAndDaylightSavingTime) {
    Zone zone{"CET-1CEST,M3.5.0,M10.5.0/3"};
    const job::BandwidthRule night{0b1000000, 0, 6 * 60, 0, false};    // Sundays from 0 to 6
    auto hour = job::hour_at({night}, utc(1'806'188'400), local_time); // 2027-03-28 00:00 CET
    EXPECT_EQ(job::closed_until(hour, true), utc(1'806'188'400 + 5 * 3600)) << "one hour is left out";
    hour = job::hour_at({night}, utc(1'824'933'600), local_time); // 2027-10-31 00:00 CEST
    EXPECT_EQ(job::closed_until(hour, true), utc(1'824'933'600 + 7 * 3600)) << "one hour comes twice";
}

} // namespace haulier::daemon
