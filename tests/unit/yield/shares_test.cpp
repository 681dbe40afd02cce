// SPDX-License-Identifier: LGPL-2.1-or-later
#include "yield/shares.hpp"

#include <gtest/gtest.h>
#include <set>
#include <utility>

namespace haulier::yield {

namespace {

constexpr double Full = 1000; ///< bytes of a packet here
constexpr Seconds RoundTrip{0.02};

std::vector<Claim> claims(std::initializer_list<double> used) {
    std::vector<Claim> all;
    for (double one : used)
        all.push_back({all.size() + 1, one, Full});
    return all;
}

BootTime now{std::chrono::hours{1}};

double sum_of_open(const std::vector<Order>& orders) {
    double sum = 0;
    for (const auto& order : orders)
        if (order.is_open) sum += order.window;
    return sum;
}

} // namespace

TEST(SharesTest, EqualPartsForThoseThatUseThem) {
    Shares shares;
    auto all = claims({10'000, 10'000});
    shares.next_round(now, 40'000, RoundTrip, all);
    for (const auto& order : shares.divide(40'000, all))
        EXPECT_EQ(order.window, 20'000);
}

TEST(SharesTest, WhoUsesLittleLeavesHalfOfThePart) {
    Shares shares;
    auto all = claims({10'000, 100});
    shares.next_round(now, 40'000, RoundTrip, all);
    auto orders = shares.divide(40'000, all);
    EXPECT_EQ(orders[0].window, 30'000);
    EXPECT_EQ(orders[1].window, 10'000);
}

TEST(SharesTest, AtTheStartEverybodyHasItsPart) {
    Shares shares;
    auto all = claims({0, 0, 0, 0});
    shares.next_round(now, 40'000, RoundTrip, all);
    EXPECT_EQ(sum_of_open(shares.divide(40'000, all)), 40'000);
}

TEST(SharesTest, FloorsDoNotAddUp) {
    Shares shares;
    auto all = claims({500, 500, 500, 500, 500, 500, 500, 500});
    std::set<ConnectionId> had_a_turn;
    for (int round = 0; round < 640; ++round) {
        now = now + std::chrono::milliseconds{20};
        shares.next_round(now, 4'000, RoundTrip, all);
        auto orders = shares.divide(4'000, all);
        EXPECT_LE(sum_of_open(orders), 4'000);
        for (const auto& order : orders)
            if (order.is_open) had_a_turn.insert(order.id);
    }
    EXPECT_EQ(had_a_turn.size(), all.size());
}

TEST(SharesTest, BelowTwoPacketsThereArePausesBetweenTurns) {
    Shares shares;
    auto all = claims({500});
    int open = 0;
    int changes = 0;
    bool was_open = true;
    for (int round = 0; round < 1000; ++round) {
        now = now + std::chrono::milliseconds{20};
        shares.next_round(now, 500, RoundTrip, all);
        bool is_open = shares.divide(500, all).front().is_open;
        open += is_open ? 1 : 0;
        changes += is_open == std::exchange(was_open, is_open) ? 0 : 1;
    }
    EXPECT_NEAR(open, 250, 30) << "2000 bytes in a quarter of the rounds";
    EXPECT_LE(changes, 21) << "a turn takes half a second";
}

TEST(SharesTest, AWindowThatIsTooSmallForAMomentClosesNoConnection) {
    Shares shares;
    auto all = claims({500});
    for (int round = 0; round < 200; ++round) {
        now = now + std::chrono::milliseconds{20};
        double window = round % 40 < 20 ? 500 : 2'000;
        shares.next_round(now, window, RoundTrip, all);
        EXPECT_TRUE(shares.divide(window, all).front().is_open) << "round " << round;
    }
}

TEST(SharesTest, TurnsLastSeveralRoundTrips) {
    Shares shares;
    auto all = claims({500});
    constexpr Seconds LongRoundTrip{0.3};
    int open = 0;
    for (int round = 0; round < 4; ++round) {
        now = now + std::chrono::milliseconds{300};
        shares.next_round(now, 500, LongRoundTrip, all);
        open += shares.divide(500, all).front().is_open ? 1 : 0;
    }
    EXPECT_GE(open, 3);
}

TEST(SharesTest, NoConnections) {
    Shares shares;
    shares.next_round(now, 1000, RoundTrip, {});
    EXPECT_TRUE(shares.divide(1000, {}).empty());
}

} // namespace haulier::yield
