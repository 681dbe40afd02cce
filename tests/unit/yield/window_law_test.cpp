// SPDX-License-Identifier: LGPL-2.1-or-later
#include "yield/window_law.hpp"

#include <gtest/gtest.h>

namespace haulier::yield {

namespace {

constexpr double Packet = 1448;

/// Round after round of 20 ms, as a table says.
class WindowLawTest : public testing::Test {
protected:
    WindowLawTest() { law_.begin(now_, Packet); }

    struct Seen {
        double queue = 0;
        double rate = 6e6;
        bool is_lossy = false;
        double jitter = 0;
    };
    double next(const Seen& seen, int rounds = 1) {
        for (int i = 0; i < rounds; ++i) {
            now_ = now_ + std::chrono::milliseconds{20};
            law_.next({.now = now_,
                       .base = Seconds{0.02},
                       .queue = Seconds{seen.queue},
                       .jitter = Seconds{seen.jitter},
                       .rate = seen.rate,
                       .best_rate = 6e6,
                       .is_lossy = seen.is_lossy,
                       .segment = Packet,
                       .least = 2 * Packet});
        }
        return law_.window();
    }
    /// Into the steady phase, with the window that fills the link.
    void settle() {
        while (next({.queue = 0, .rate = std::min(6e6, law_.window() / 0.02)}) < 6e6 * 0.03) {
        }
        next({.queue = 0.035});
    }

    WindowLaw law_;
    BootTime now_{std::chrono::hours{1}};
};

} // namespace

TEST_F(WindowLawTest, TheStartIsFastAndEndsWithAQueue) {
    auto first = law_.window();
    EXPECT_NEAR(next({.rate = first / 0.02}), 1.4 * first, 1);
    settle();
    EXPECT_LE(law_.window(), 6e6 * 0.035);
}

TEST_F(WindowLawTest, AWindowThatIsNotUsedDoesNotGrow) {
    auto first = law_.window();
    EXPECT_EQ(next({.rate = 0.1e6}, 20), first);
}

TEST_F(WindowLawTest, AQueueBesideASmallRateIsThatOfOthers) {
    settle();
    auto before = law_.window();
    next({.queue = 0.01, .rate = 3e6});
    EXPECT_EQ(law_.window(), before) << "once may be chance";
    EXPECT_EQ(next({.queue = 0.01, .rate = 3e6}), before / 2);
    EXPECT_TRUE(law_.has_met_others(now_, std::chrono::seconds{1}));
    EXPECT_EQ(next({.queue = 0.05, .rate = 0.1e6}, 20), 2 * Packet) << "not less than the least";
}

TEST_F(WindowLawTest, WhenOthersHaveEndedItComesBackAfterAPause) {
    settle();
    next({.queue = 0.05, .rate = 0.1e6}, 20);
    EXPECT_EQ(next({.queue = 0, .rate = 0.14e6}, 9), 2 * Packet) << "they may come back";
    double rate = 0.14e6;
    int rounds = 0;
    while (rate < 5e6 && rounds++ < 60)
        rate = next({.queue = 0, .rate = rate}) / 0.02;
    EXPECT_LE(rounds, 30) << "a second or so";
}

TEST_F(WindowLawTest, AQueueOfItsOwnIsKeptSmall) {
    settle();
    auto before = law_.window();
    EXPECT_LT(next({.queue = 0.03}, 3), before);
}

TEST_F(WindowLawTest, LossesCountOnceInTwoRounds) {
    settle();
    auto before = law_.window();
    EXPECT_NEAR(next({.queue = 0.01, .is_lossy = true}), 0.7 * before, 1);
    EXPECT_NEAR(next({.queue = 0.01, .is_lossy = true}), 0.7 * before, 0.1 * before);
}

TEST_F(WindowLawTest, NowAndThenTheQueueIsDrained) {
    settle();
    int drains = 0;
    for (int i = 0; i < 50 * 40; ++i) {
        next({.queue = 0.01});
        drains += law_.has_drained() ? 1 : 0;
    }
    EXPECT_GE(drains, 3);
    EXPECT_LE(drains, 4);
}

TEST_F(WindowLawTest, JitterIsNotTakenForOthers) {
    settle();
    auto before = law_.window();
    next({.queue = 0.012, .rate = 4.5e6, .jitter = 0.01}, 5);
    EXPECT_FALSE(law_.has_met_others(now_, std::chrono::seconds{1}));
    EXPECT_GE(law_.window(), 0.9 * before);
}

TEST_F(WindowLawTest, ALimitHoldsAndIsLiftedGently) {
    settle();
    auto before = law_.window();
    law_.limit(20'000);
    EXPECT_EQ(law_.window(), 20'000);
    next({.queue = 0.001}, 10);
    EXPECT_EQ(law_.window(), 20'000);
    law_.lift_limit();
    EXPECT_LT(law_.window(), before);
}

} // namespace haulier::yield
