// SPDX-License-Identifier: LGPL-2.1-or-later
#include "daemon/bus/access/call_queue.hpp"

#include <gtest/gtest.h>
#include <vector>

namespace haulier::bus {

namespace {

using Numbers = std::vector<int>;
constexpr uint32_t Anna = 1001;
constexpr uint32_t Bert = 1002;

Numbers all_of(CallQueue<int>& turns) {
    Numbers order;
    while (!turns.empty())
        order.push_back(turns.next());
    return order;
}

TEST(CallQueue, OfOneUserKeepTheOrder) {
    CallQueue<int> turns;
    for (int call : {1, 2, 3})
        turns.add(Anna, call);
    EXPECT_EQ(turns.next(), 1);
    turns.add(Anna, 4);
    EXPECT_EQ(all_of(turns), (Numbers{2, 3, 4}));
}

TEST(CallQueue, GoRoundTheUsers) {
    CallQueue<int> turns;
    for (int call : {21, 22, 23, 24})
        turns.add(Bert, call);
    for (int call : {11, 12})
        turns.add(Anna, call);
    turns.add(0, 1);
    EXPECT_EQ(all_of(turns), (Numbers{1, 11, 21, 12, 22, 23, 24}));
}

TEST(CallQueue, OfWhoComesLateAreNext) {
    CallQueue<int> turns;
    for (int call : {21, 22, 23})
        turns.add(Bert, call);
    EXPECT_EQ(turns.next(), 21);
    turns.add(Anna, 11);
    EXPECT_EQ(turns.next(), 11);
    EXPECT_EQ(turns.next(), 22);
    turns.add(Anna, 12);
    EXPECT_EQ(all_of(turns), (Numbers{12, 23}));
}

TEST(CallQueue, CanBeGivenUp) {
    CallQueue<int> turns;
    for (int call : {1, 2, 3})
        turns.add(Anna, call);
    turns.add(Bert, 2);
    turns.drop_if([](int call) { return call == 2; });
    EXPECT_EQ(all_of(turns), (Numbers{1, 3}));
    turns.add(Anna, 4);
    turns.drop_if([](int) { return true; });
    EXPECT_TRUE(turns.empty());
}

} // namespace

} // namespace haulier::bus
