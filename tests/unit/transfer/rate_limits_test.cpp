// SPDX-License-Identifier: LGPL-2.1-or-later
#include "transfer/rate_limits.hpp"

#include "support/loop_test.hpp"

#include <map>
#include <string>

namespace haulier::transfer {

namespace {

const RateGroup Foreground{"a", false};
const RateGroup Background{"a", true};
const RateGroup Other{"b", true};

wire::Limits limits(uint64_t all, uint64_t background = 0, const std::map<std::string, uint64_t>& jobs = {}) {
    wire::Limits message;
    message.set_all(all);
    message.set_background(background);
    for (const auto& [job, rate] : jobs) {
        auto* one = message.add_jobs();
        one->set_job(job);
        one->set_bytes_per_second(rate);
    }
    return message;
}

class RateLimitsTest : public test::LoopTest {
protected:
    void wait(const int& who, const RateGroup& group, const std::string& name) {
        limits_.wait(&who, group, nullptr, [this, name] { gone_ += name; });
    }
    SystemClock clock_;
    RateLimits limits_{loop_, clock_};
    std::string gone_;
    int first_ = 0;
    int second_ = 0;
};

} // namespace

TEST_F(RateLimitsTest, WithoutALimitBytesMayAlwaysMove) {
    limits_.moved(Foreground, 1'000'000'000);
    EXPECT_TRUE(limits_.may_move(Foreground));
    EXPECT_EQ(limits_.rate(Foreground), 0U);
}

TEST_F(RateLimitsTest, TheStrictestLimitCounts) {
    limits_.set(limits(3'000'000, 2'000'000, {{"b", 1'000'000}}));
    EXPECT_EQ(limits_.rate(Foreground), 3'000'000U);
    EXPECT_EQ(limits_.rate(Background), 2'000'000U);
    EXPECT_EQ(limits_.rate(Other), 1'000'000U);
    EXPECT_TRUE(limits_.has_own("b") && !limits_.has_own("a"));
}

TEST_F(RateLimitsTest, WhatOneMovesCountsForAllThatShareALimit) {
    limits_.set(limits(0, 1'000'000, {{"b", 1'000'000}}));
    limits_.moved(Background, 50'000);
    EXPECT_FALSE(limits_.may_move(Background));
    EXPECT_FALSE(limits_.may_move(Other));
    EXPECT_TRUE(limits_.may_move(Foreground));
    limits_.set(limits(0, 1'000'000, {{"b", 1'000'000}}));
    EXPECT_FALSE(limits_.may_move(Background)) << "the same limits again change nothing";
    run_until([&] { return limits_.may_move(Background); });
    limits_.moved(Other, 50'000);
    limits_.set(limits(0));
    EXPECT_TRUE(limits_.may_move(Other));
}

TEST_F(RateLimitsTest, BytesMayMoveWhenTheSlowestLimitAllowsIt) {
    EXPECT_EQ(limits_.time_to_move(Other), Usec{});
    limits_.set(limits(1'000'000, 0, {{"b", 100'000}}));
    limits_.moved(Other, 100'000);
    auto near = [](Usec time, double milliseconds) {
        EXPECT_LE(static_cast<double>(time.count()), 1000 * milliseconds);
        EXPECT_GT(static_cast<double>(time.count()), 500 * milliseconds);
    };
    near(limits_.time_to_move(Other), 1001);
    near(limits_.time_to_move(Background), 101);
}

TEST_F(RateLimitsTest, ThoseWhoWaitGoInTheirOrder) {
    limits_.set(limits(1'000'000));
    limits_.moved(Background, 20'000);
    wait(first_, Background, "1");
    wait(second_, Foreground, "2");
    run_until([&] { return gone_.size() == 2; });
    EXPECT_EQ(gone_, "12");
}

TEST_F(RateLimitsTest, WhoWaitsGoesSoonWhenTheLimitIsGone) {
    limits_.set(limits(2000));
    limits_.moved(Background, 1'000'000);
    wait(first_, Background, "1");
    limits_.set(limits(0));
    run_until([&] { return gone_ == "1"; });
}

TEST_F(RateLimitsTest, WhenALimitIsReachedAllToWhomItAppliesStop) {
    limits_.set(limits(0, 1'000'000, {{"a", 500'000}}));
    std::string stopped;
    int third = 0;
    limits_.receives(&first_, Background, [&] { stopped += "1"; });
    limits_.receives(&second_, Other, [&] { stopped += "2"; });
    limits_.receives(&third, {"c", false}, [&] { stopped += "3"; });
    limits_.stop_others(&first_);
    EXPECT_EQ(stopped, "") << "no limit is reached";
    limits_.moved(Foreground, 100'000);
    limits_.stop_others(nullptr);
    EXPECT_EQ(stopped, "1") << "the limit of job a";
    limits_.moved(Other, 100'000);
    limits_.stop_others(&first_);
    EXPECT_EQ(stopped, "12") << "the limit of the background";
    limits_.forget(&second_);
    limits_.stop_others(&first_);
    EXPECT_EQ(stopped, "12");
}

TEST_F(RateLimitsTest, ThoseOnOneConnectionGoTogether) {
    limits_.set(limits(500'000));
    limits_.moved(Background, 20'000);
    int one = 0;
    int other = 0;
    std::string at_once;
    limits_.wait(&first_, Background, &one, [&] {
        at_once = "began";
        limits_.moved(Background, 1'000'000);
    });
    for (const auto* who : {&second_, &one})
        limits_.wait(who, Background, &one, [&] { at_once += "+"; });
    limits_.wait(&other, Background, &other, [&] { at_once += "-"; });
    run_until([&] { return !at_once.empty(); });
    EXPECT_EQ(at_once, "began++") << "what can be saved up is too little for another connection";
}

TEST_F(RateLimitsTest, WhoIsForgottenIsNotCalled) {
    limits_.set(limits(0, 0, {{"a", 1'000'000}}));
    limits_.moved(Background, 20'000);
    limits_.wait(&first_, Background, nullptr, [this] {
        gone_ += "1";
        limits_.forget(&second_);
    });
    wait(second_, Background, "2");
    int third = 0;
    wait(third, Other, "3");
    run_until([&] { return gone_.size() == 2; });
    EXPECT_EQ(gone_.find('2'), std::string::npos);
}

} // namespace haulier::transfer
