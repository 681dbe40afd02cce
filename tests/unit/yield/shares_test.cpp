// SPDX-License-Identifier: LGPL-2.1-or-later
#include "yield/shares.hpp"

#include <gtest/gtest.h>
#include <set>

namespace haulier::yield {

namespace {

constexpr double Full = 1000; ///< bytes of a packet here

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
    shares.next_round(now, 40'000, all);
    for (const auto& order : shares.divide(40'000, all))
        EXPECT_EQ(order.window, 20'000);
}

TEST(SharesTest, WhoUsesLittleLeavesHalfOfThePart) {
    Shares shares;
    auto all = claims({10'000, 100});
    shares.next_round(now, 40'000, all);
    auto orders = shares.divide(40'000, all);
    EXPECT_EQ(orders[0].window, 30'000);
    EXPECT_EQ(orders[1].window, 10'000);
}

TEST(SharesTest, AtTheStartEverybodyHasItsPart) {
    Shares shares;
    auto all = claims({0, 0, 0, 0});
    shares.next_round(now, 40'000, all);
    EXPECT_EQ(sum_of_open(shares.divide(40'000, all)), 40'000);
}

TEST(SharesTest, FloorsDoNotAddUp) {
    Shares shares;
    auto all = claims({500, 500, 500, 500, 500, 500, 500, 500});
    std::set<ConnectionId> had_a_turn;
    for (int round = 0; round < 640; ++round) {
        now = now + std::chrono::milliseconds{20};
        shares.next_round(now, 4'000, all);
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
    int turns = 0;
    for (int round = 0; round < 80; ++round) {
        shares.next_round(now, 500, all);
        turns += shares.divide(500, all).front().is_open ? 1 : 0;
    }
    EXPECT_EQ(turns, 20) << "a turn of 2000 bytes in four rounds";
}

TEST(SharesTest, NoConnections) {
    Shares shares;
    shares.next_round(now, 1000, {});
    EXPECT_TRUE(shares.divide(1000, {}).empty());
}

} // namespace haulier::yield
