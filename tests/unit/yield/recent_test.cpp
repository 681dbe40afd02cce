// SPDX-License-Identifier: LGPL-2.1-or-later
#include "yield/recent.hpp"

#include "yield/base_delays.hpp"

#include <gtest/gtest.h>
#include <string>

namespace haulier::yield {

namespace {

BootTime at(int seconds) {
    return {std::chrono::seconds{1000 + seconds}};
}

} // namespace

TEST(RecentTest, TheBestOfTheSpanCounts) {
    RecentMinimum<int> least{std::chrono::seconds{10}, std::chrono::seconds{2}};
    EXPECT_FALSE(least.best());
    least.note(5, at(0));
    least.note(3, at(1));
    least.note(9, at(4));
    EXPECT_EQ(least.best(), 3);
    least.note(8, at(12));
    EXPECT_EQ(least.best(), 8) << "the step of the 3 began more than ten seconds ago";
    least.forget(at(30));
    EXPECT_FALSE(least.best());
}

TEST(BaseDelaysTest, TheLeastOfEachPeer) {
    BaseDelays bases;
    EXPECT_FALSE(bases.of("a"));
    bases.note("a", Seconds{0.05}, at(0));
    bases.note("a", Seconds{0.02}, at(1));
    bases.note("b", Seconds{0.07}, at(2));
    EXPECT_EQ(bases.of("a"), Seconds{0.02});
    EXPECT_EQ(bases.of("b"), Seconds{0.07});
    bases.note("a", Seconds{0.04}, at(700));
    EXPECT_EQ(bases.of("a"), Seconds{0.04}) << "ways change";
    EXPECT_FALSE(bases.is_proved("a"));
    bases.drained("a");
    EXPECT_TRUE(bases.is_proved("a"));
}

TEST(BaseDelaysTest, NotMorePeersThanFit) {
    BaseDelays bases;
    for (int i = 0; i < 1500; ++i)
        bases.note(std::to_string(i), Seconds{0.01}, at(i));
    EXPECT_FALSE(bases.of("0"));
    EXPECT_TRUE(bases.of("1499"));
}

} // namespace haulier::yield
