// SPDX-License-Identifier: LGPL-2.1-or-later
#include "daemon/manager/rate_window.hpp"

#include <gtest/gtest.h>

namespace haulier::daemon {

namespace {

BootTime at_ms(int64_t ms) {
    return {Usec{ms * 1000}};
}

TEST(RateWindow, IsZeroAtFirst) {
    EXPECT_EQ(RateWindow{}.rate(at_ms(0)), 0u);
    EXPECT_EQ(RateWindow{}.rate(at_ms(100'000)), 0u);
}

TEST(RateWindow, IsWhatCameEachSecond) {
    RateWindow window;
    for (int64_t ms = 3'000; ms <= 63'000; ms += 500) {
        window.add(at_ms(ms), 5'000);
        if (ms < 5'000) continue;
        EXPECT_NEAR(static_cast<double>(window.rate(at_ms(ms))), 10'000, ms < 13'000 ? 2'500 : 1'000) << ms;
    }
}

TEST(RateWindow, AFewBytesAtTheStartAreNoHighRate) {
    RateWindow window;
    window.add(at_ms(7'900), 1'000);
    EXPECT_EQ(window.rate(at_ms(7'901)), 1'000u);
}

TEST(RateWindow, FallsToZeroInTenSeconds) {
    RateWindow window;
    for (int64_t ms = 0; ms < 20'000; ms += 100)
        window.add(at_ms(ms), 1'000);
    uint64_t last = window.rate(at_ms(20'000));
    for (int64_t ms = 21'000; ms < 29'000; ms += 1'000) {
        EXPECT_LT(window.rate(at_ms(ms)), last) << ms;
        last = window.rate(at_ms(ms));
        EXPECT_GT(last, 0u);
    }
    EXPECT_EQ(window.rate(at_ms(30'000)), 0u);
}

TEST(RateWindow, StartsAnewAfterALongPause) {
    RateWindow window;
    window.add(at_ms(1'000), 1'000'000);
    window.add(at_ms(60'000), 500);
    EXPECT_EQ(window.rate(at_ms(60'000)), 500u) << "the pause does not make it slow";
    window.add(at_ms(62'000), 500);
    EXPECT_EQ(window.rate(at_ms(62'000)), 500u);
}

TEST(RateWindow, AClockThatGoesBackDoesNoHarm) {
    RateWindow window;
    window.add(at_ms(50'000), 1'000);
    window.add(at_ms(20'000), 1'000);
    EXPECT_EQ(window.rate(at_ms(20'000)), 2'000u);
}

} // namespace

} // namespace haulier::daemon
