// SPDX-License-Identifier: LGPL-2.1-or-later
#include "daemon/bus/activity_signal.hpp"

#include "support/loop_test.hpp"

#include <utility>
#include <vector>

namespace haulier::bus {

namespace {

class ActivitySignalTest : public test::LoopTest {
protected:
    std::map<uint32_t, daemon::Activity> now_;
    std::vector<std::pair<uint32_t, uint64_t>> told_;
    ActivitySignal signal_{loop_, [this](uint32_t owner) { return now_[owner]; },
                           [this](uint32_t owner, const daemon::Activity& activity) {
                               told_.emplace_back(owner, activity.stored);
                           }};
    using Told = decltype(told_);
};

TEST_F(ActivitySignalTest, ChangesOfATurnAreToldOnce) {
    now_[7].stored = 1;
    signal_.note(7);
    now_[7].stored = 2;
    signal_.note(7);
    run_until([&] { return !told_.empty(); });
    EXPECT_EQ(told_, (Told{{7, 2}}));
}

TEST_F(ActivitySignalTest, WhatFollowsWaitsForThePause) {
    auto first = SystemClock{}.now().boot;
    now_[7].stored = 1;
    signal_.note(7);
    run_until([&] { return told_.size() == 1; });
    now_[7].stored = 2;
    signal_.note(7);
    now_[8].stored = 5;
    signal_.note(8);
    run_until([&] { return told_.size() == 3; });
    EXPECT_GT(SystemClock{}.now().boot - first, Usec{499'000});
    EXPECT_EQ(told_, (Told{{7, 1}, {7, 2}, {8, 5}}));
}

TEST_F(ActivitySignalTest, NothingIsToldWithoutAChange) {
    signal_.note(7);
    drain();
    EXPECT_FALSE(loop_.turn(Usec{600'000})) << "and nothing wakes up";
    EXPECT_TRUE(told_.empty());
}

} // namespace

} // namespace haulier::bus
