// SPDX-License-Identifier: LGPL-2.1-or-later
#include "yield/spare_rate.hpp"

#include <gtest/gtest.h>

namespace haulier::yield {

namespace {

class SpareRateTest : public testing::Test {
protected:
    /// `own` and `others`: bytes a second of content.
    std::optional<double> pass(double seconds, double own, double others, double queue = 0.01) {
        std::optional<double> limit;
        for (int i = 0; i < static_cast<int>(seconds * 50); ++i) {
            now_ = now_ + std::chrono::milliseconds{20};
            passed_ += (own + others) * 1.046 / 50;
            spare_.take(now_, static_cast<uint64_t>(passed_), static_cast<uint64_t>(own / 50));
            limit = spare_.limit(now_, Seconds{queue}, Seconds{0.02}, other_workers_);
        }
        return limit;
    }

    SpareRate spare_;
    OtherWorkers other_workers_;
    BootTime now_{std::chrono::hours{1}};
    double passed_ = 0;
};

} // namespace

TEST_F(SpareRateTest, WithoutOthersThereIsNoLimit) {
    EXPECT_FALSE(pass(10, 6e6, 0));
    EXPECT_FALSE(pass(10, 6e6, 0.1e6)) << "noise";
}

TEST_F(SpareRateTest, OthersLeaveTheRestOfMostOfTheLink) {
    pass(10, 6e6, 0);
    EXPECT_NEAR(*pass(2, 2e6, 3e6), 0.88 * 6e6 - 3e6, 0.1e6);
    EXPECT_NEAR(*pass(2, 0, 6e6), 0, 1);
    EXPECT_FALSE(pass(2, 1e6, 0)) << "they have ended";
}

TEST_F(SpareRateTest, ATransferThatBeginsIsExpectedToGrow) {
    pass(10, 6e6, 0);
    std::optional<double> first;
    for (int i = 0; i < 15 && !first; ++i)
        first = pass(0.02, 5e6, 1e6);
    ASSERT_TRUE(first);
    EXPECT_LE(*first, 0.88 * 6e6 - 1.3e6);
    EXPECT_NEAR(*pass(1, 4e6, 1e6), 0.88 * 6e6 - 1e6, 0.1e6) << "it has not grown";
}

TEST_F(SpareRateTest, OtherWorkersAreNotForeignAndGetTheirPart) {
    pass(10, 6e6, 0);
    other_workers_ = {2, 4e6};
    EXPECT_FALSE(pass(3, 2e6, 4e6)) << "all traffic is that of the other workers";
    EXPECT_NEAR(*pass(3, 1e6, 4e6 + 1e6), (0.88 * 6e6 - 1e6) / 3, 0.1e6) << "another million is foreign";
    other_workers_ = {2, 0.5e6};
    EXPECT_NEAR(*pass(3, 1e6, 1.5e6), 0.88 * 6e6 - 1e6 - 0.5e6, 0.15e6) << "they use less than their parts";
}

TEST_F(SpareRateTest, ATransferThatWasThereFirstHasTheLink) {
    EXPECT_LT(*pass(0.4, 0.1e6, 6e6), 0.5e6);
}

TEST_F(SpareRateTest, ALinkThatMayCarryMoreIsTried) {
    double most = 0;
    for (int i = 0; i < 100; ++i)
        most = std::max(most, *pass(0.1, 0.2e6, 1e6, 0.0));
    EXPECT_GT(most, 0.3e6);
}

TEST_F(SpareRateTest, WithAQueueNothingIsTried) {
    pass(5, 6e6, 0);
    pass(1, 0, 6e6, 0.05);
    for (int i = 0; i < 200; ++i)
        EXPECT_NEAR(*pass(0.1, 0, 6e6, 0.05), 0, 0.1e6);
}

TEST_F(SpareRateTest, ACounterThatIsLateIsNotUsed) {
    for (int i = 0; i < 100; ++i) {
        now_ = now_ + std::chrono::milliseconds{20};
        if (i % 50 == 0) passed_ += 10e6;
        spare_.take(now_, static_cast<uint64_t>(passed_), 200'000);
    }
    EXPECT_FALSE(pass(1, 0, 6e6));
}

} // namespace haulier::yield
