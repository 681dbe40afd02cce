// SPDX-License-Identifier: LGPL-2.1-or-later
#include "transfer/patience.hpp"

#include "transfer/curl_options.hpp"

#include <gtest/gtest.h>

namespace haulier::transfer {
namespace {

using std::chrono::hours;
using std::chrono::seconds;

const NetworkSettings Settings{.stall_timeout_s = 60};

wire::Http http(uint32_t attempt, uint32_t answer_timeout_s = 0) {
    wire::Http http;
    http.set_attempt(attempt);
    http.set_answer_timeout_s(answer_timeout_s);
    return http;
}

TEST(PatienceLimits, TheAnswerMayTakeLongerFromAttemptToAttempt) {
    EXPECT_EQ(patience_for(Settings, http(0), 0).answer, seconds{60});
    EXPECT_EQ(patience_for(Settings, http(1), 0).answer, seconds{120});
    EXPECT_EQ(patience_for(Settings, http(4), 0).answer, seconds{960});
    EXPECT_EQ(patience_for(Settings, http(1000), 0).answer, seconds{960});
    EXPECT_EQ(patience_for(Settings, http(1000), 0).silence, seconds{60});
}

TEST(PatienceLimits, AfterABodyAnHourAndMoreForLargeOnes) {
    EXPECT_EQ(patience_for(Settings, http(0), 1000).after_body, hours{1});
    EXPECT_EQ(patience_for(Settings, http(0), uint64_t{3600} << 20).after_body, hours{2});
}

TEST(PatienceLimits, TheJobsOwnTimeCountsInEachCase) {
    auto limits = patience_for(Settings, http(3, 300), 1000);
    EXPECT_EQ(limits.answer, seconds{300});
    EXPECT_EQ(limits.after_body, seconds{300});
    EXPECT_EQ(limits.silence, seconds{60});
}

class PatienceTest : public testing::Test {
protected:
    /// The bound that is exceeded, and after how many seconds.
    std::pair<Bound, int> expire() {
        for (int second = 1;; ++second)
            if (auto bound = patience.wait(seconds{1}); bound != Bound::None) return {bound, second};
    }
    Patience patience{{.silence = seconds{10}, .answer = seconds{20}, .after_body = seconds{40}}};
};

TEST_F(PatienceTest, ForTheAnswer) {
    EXPECT_EQ(expire(), std::pair(Bound::Answer, 21));
}

TEST_F(PatienceTest, BetweenBytesOfTheContent) {
    EXPECT_EQ(patience.wait(seconds{15}), Bound::None);
    patience.receiving();
    EXPECT_EQ(patience.wait(seconds{9}), Bound::None);
    patience.receiving();
    EXPECT_EQ(expire(), std::pair(Bound::Silence, 11));
}

TEST_F(PatienceTest, WhileContentIsSentAndAfterIt) {
    patience.sending();
    EXPECT_EQ(patience.wait(seconds{9}), Bound::None);
    patience.sent();
    EXPECT_EQ(patience.wait(seconds{39}), Bound::None);
    patience.sent();
    EXPECT_EQ(expire(), std::pair(Bound::AnswerAfterBody, 41));
    patience.sending();
    EXPECT_EQ(expire(), std::pair(Bound::Silence, 11));
}

TEST_F(PatienceTest, WhatTheServerHasNotReceivedIsStillBeingSent) {
    patience.sent();
    patience.unacknowledged(500);
    EXPECT_EQ(patience.wait(seconds{9}), Bound::None);
    patience.unacknowledged(400);
    EXPECT_EQ(patience.wait(seconds{9}), Bound::None);
    patience.unacknowledged(400);
    EXPECT_EQ(patience.wait(seconds{2}), Bound::Silence);
    patience.unacknowledged(0);
    EXPECT_EQ(expire(), std::pair(Bound::AnswerAfterBody, 41));
}

TEST_F(PatienceTest, OurOwnPausesDoNotCount) {
    patience.receiving();
    EXPECT_EQ(patience.wait(seconds{9}), Bound::None);
    patience.resumed();
    EXPECT_EQ(expire(), std::pair(Bound::Silence, 11));
}

TEST(RateFloor, IsMissedByTooLittleInAPeriod) {
    RateFloor floor{1024, seconds{60}};
    floor.received(60 * 1024);
    for (int i = 0; i < 3; ++i)
        EXPECT_FALSE(floor.is_missed(seconds{15}));
    EXPECT_FALSE(floor.is_missed(seconds{15})) << "as much as is asked for";
    floor.received(60 * 1024 - 1);
    for (int i = 0; i < 3; ++i)
        EXPECT_FALSE(floor.is_missed(seconds{15}));
    EXPECT_TRUE(floor.is_missed(seconds{15}));
}

TEST(RateFloor, NoneIsNeverMissed) {
    RateFloor floor{0, seconds{60}};
    for (int i = 0; i < 100; ++i)
        EXPECT_FALSE(floor.is_missed(seconds{15}));
}

} // namespace
} // namespace haulier::transfer
