// SPDX-License-Identifier: LGPL-2.1-or-later
#include "transfer/token_bucket.hpp"

#include "support/chance.hpp"

#include <algorithm>
#include <deque>
#include <gtest/gtest.h>
#include <random>

namespace haulier::transfer {

namespace {

BootTime at_ms(int64_t milliseconds) {
    return {std::chrono::milliseconds{milliseconds}};
}

} // namespace

TEST(TokenBucket, WithoutALimitNothingIsCounted) {
    TokenBucket bucket;
    bucket.take(1'000'000, at_ms(0));
    EXPECT_EQ(bucket.time_to_fill(at_ms(0)), Usec{});
    bucket.set_rate(1000, at_ms(1));
    EXPECT_EQ(bucket.level(at_ms(1)), 0);
}

TEST(TokenBucket, FillsAtItsRateAndSavesLittle) {
    TokenBucket bucket;
    bucket.set_rate(1'000'000, at_ms(0));
    EXPECT_EQ(bucket.level(at_ms(10)), 10'000);
    EXPECT_EQ(bucket.level(at_ms(1000)), 25'000);
    bucket.take(125'000, at_ms(1000));
    EXPECT_EQ(bucket.level(at_ms(1000)), -100'000);
    EXPECT_EQ(bucket.level(at_ms(1100)), 0);
}

TEST(TokenBucket, SaysWhenItIsWorthWhile) {
    TokenBucket bucket;
    bucket.set_rate(1'000'000, at_ms(0));
    bucket.take(100'000, at_ms(0));
    auto pause = bucket.time_to_fill(at_ms(0));
    EXPECT_NEAR(static_cast<double>(pause.count()), 110'000, 10);
    EXPECT_GT(bucket.level(at_ms(0) + pause), 0);
    EXPECT_EQ(bucket.time_to_fill(at_ms(0) + pause), Usec{});
}

TEST(TokenBucket, SaysWhenBytesMayMoveAgain) {
    TokenBucket bucket;
    EXPECT_EQ(bucket.time_to_move(at_ms(0)), Usec{});
    bucket.set_rate(1'000'000, at_ms(0));
    bucket.take(100'000, at_ms(0));
    auto pause = bucket.time_to_move(at_ms(0));
    EXPECT_NEAR(static_cast<double>(pause.count()), 100'000, 10);
    EXPECT_LE(bucket.level(at_ms(0) + pause - Usec{10}), 0);
    EXPECT_GT(bucket.level(at_ms(0) + pause), 0);
    EXPECT_EQ(bucket.time_to_move(at_ms(0) + pause), Usec{});
}

TEST(TokenBucket, AnotherRateForgivesWhatIsOwedForLongerThanItShould) {
    TokenBucket bucket;
    bucket.set_rate(100'000'000, at_ms(0));
    bucket.take(100'000'000, at_ms(0));
    bucket.set_rate(1000, at_ms(0));
    EXPECT_EQ(bucket.level(at_ms(0)), -250);
}

TEST(TokenBucket, HugeRatesAndLongPausesDoNotOverflow) {
    TokenBucket bucket;
    bucket.set_rate(~uint64_t{0}, at_ms(0));
    bucket.take(uint64_t{1} << 50, at_ms(0));
    EXPECT_GT(bucket.level({std::chrono::hours{24 * 365}}), 0);
    EXPECT_GT(bucket.time_to_fill(at_ms(0)), Usec{});
}

TEST(TokenBucket, AFewBytesASecondMoveOneByOne) {
    TokenBucket bucket;
    bucket.set_rate(2, at_ms(0));
    EXPECT_EQ(bucket.level(at_ms(0)), 0);
    EXPECT_EQ(bucket.time_to_fill(at_ms(0)), Usec{500'001});
    EXPECT_EQ(bucket.level(at_ms(501)), 1);
    EXPECT_EQ(bucket.level(at_ms(60'000)), 1);
}

/// Whoever asks before each step moves what the limit allows, over any two seconds, whatever the steps are.
TEST(TokenBucket, KeepsItsLimitInRandomSteps) {
    auto seed = test::seed();
    SCOPED_TRACE(seed);
    std::mt19937_64 random{seed};
    for (uint64_t rate : {20'000U, 1'000'000U, 50'000'000U}) {
        TokenBucket bucket;
        bucket.set_rate(rate, at_ms(0));
        std::deque<std::pair<Usec, uint64_t>> moved;
        uint64_t in_window = 0;
        uint64_t most = 0;
        uint64_t all = 0;
        const Usec end = std::chrono::seconds{30};
        for (Usec now{}; now < end;) {
            if (bucket.level({now}) > 0) {
                auto bytes = random() % (rate / 25);
                bucket.take(bytes, {now});
                moved.emplace_back(now, bytes);
                in_window += bytes;
                all += bytes;
            }
            while (!moved.empty() && moved.front().first + std::chrono::seconds{2} < now) {
                in_window -= moved.front().second;
                moved.pop_front();
            }
            most = std::max(most, in_window);
            now += std::max(bucket.time_to_fill({now}), Usec{static_cast<int64_t>(random() % 4000)});
        }
        EXPECT_LE(most, 2 * rate + rate / 10);
        EXPECT_NEAR(static_cast<double>(all), 30.0 * static_cast<double>(rate),
                    0.03 * 30.0 * static_cast<double>(rate));
    }
}

} // namespace haulier::transfer
