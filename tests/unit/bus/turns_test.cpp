// SPDX-License-Identifier: LGPL-2.1-or-later
#include "daemon/bus/turns.hpp"

#include <gtest/gtest.h>

namespace haulier::bus {

namespace {

using Numbers = std::vector<int>;
constexpr uint32_t Anna = 1001;
constexpr uint32_t Bert = 1002;

TEST(Turns, OfOneUserKeepTheOrder) {
    Turns<int> turns;
    for (int call : {1, 2, 3, 4, 5})
        turns.add(Anna, call);
    EXPECT_EQ(turns.waiting(Anna), 5U);
    EXPECT_EQ(turns.take(3), (Numbers{1, 2, 3}));
    turns.add(Anna, 6);
    EXPECT_EQ(turns.take(3), (Numbers{4, 5, 6}));
    EXPECT_TRUE(turns.empty());
    EXPECT_EQ(turns.take(3), Numbers{});
}

TEST(Turns, AreTakenOneAUserWhereThereAreSeveral) {
    Turns<int> turns;
    for (int call : {1, 2, 3})
        turns.add(Bert, call);
    turns.add(Anna, 11);
    EXPECT_EQ(turns.take(16), (Numbers{11, 1}));
    EXPECT_EQ(turns.waiting(Anna), 0U);
    EXPECT_EQ(turns.waiting(Bert), 2U);
    EXPECT_EQ(turns.take(16), (Numbers{2, 3}));
}

TEST(Turns, CanBeGivenUp) {
    Turns<int> turns;
    for (int call : {1, 2, 3})
        turns.add(Anna, call);
    turns.add(Bert, 2);
    turns.drop_if([](int call) { return call == 2; });
    EXPECT_EQ(turns.waiting(Bert), 0U);
    EXPECT_EQ(turns.take(16), (Numbers{1, 3}));
    turns.add(Anna, 4);
    turns.drop_if([](int) { return true; });
    EXPECT_TRUE(turns.empty());
}

} // namespace

} // namespace haulier::bus
