// SPDX-License-Identifier: LGPL-2.1-or-later
#include "transfer/rate_limits.hpp"

#include "support/loop_test.hpp"

#include <string>

namespace haulier::transfer {

namespace {

class RateLimitsTest : public test::LoopTest {
protected:
    void wait(const int& who, const std::string& job, const std::string& name) {
        limits_.wait(&who, job, [this, name] { gone_ += name; });
    }
    SystemClock clock_;
    RateLimits limits_{loop_, clock_};
    std::string gone_;
    int first_ = 0;
    int second_ = 0;
};

} // namespace

TEST_F(RateLimitsTest, AJobWithoutALimitMayAlwaysMove) {
    limits_.moved("a", 1'000'000'000);
    EXPECT_TRUE(limits_.may_move("a"));
    EXPECT_EQ(limits_.rate("a"), 0U);
}

TEST_F(RateLimitsTest, WhatOneMovesCountsForAllOfItsJob) {
    limits_.set("a", 1'000'000);
    limits_.set("b", 1'000'000);
    limits_.moved("a", 50'000);
    EXPECT_FALSE(limits_.may_move("a"));
    limits_.set("a", 1'000'000);
    EXPECT_FALSE(limits_.may_move("a")) << "the same limit again changes nothing";
    run_until([&] { return limits_.may_move("b"); });
    limits_.remove("a");
    EXPECT_TRUE(limits_.may_move("a"));
}

TEST_F(RateLimitsTest, ThoseWhoWaitGoInTheirOrder) {
    limits_.set("a", 1'000'000);
    limits_.moved("a", 20'000);
    wait(first_, "a", "1");
    wait(second_, "a", "2");
    run_until([&] { return gone_.size() == 2; });
    EXPECT_EQ(gone_, "12");
}

TEST_F(RateLimitsTest, WhoIsForgottenIsNotCalled) {
    limits_.set("a", 1'000'000);
    limits_.moved("a", 20'000);
    limits_.wait(&first_, "a", [this] {
        gone_ += "1";
        limits_.forget(&second_);
    });
    wait(second_, "a", "2");
    int third = 0;
    wait(third, "b", "3");
    run_until([&] { return gone_.size() == 2; });
    EXPECT_EQ(gone_.find('2'), std::string::npos);
}

} // namespace haulier::transfer
