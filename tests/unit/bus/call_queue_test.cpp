// SPDX-License-Identifier: LGPL-2.1-or-later
#include "daemon/bus/access/call_queue.hpp"

#include "users.hpp"

#include <gtest/gtest.h>
#include <vector>

namespace haulier::bus {

namespace {

using Numbers = std::vector<int>;

Numbers all_of(CallQueue<int>& queue) {
    Numbers order;
    while (!queue.empty())
        order.push_back(queue.next());
    return order;
}

TEST(CallQueue, KeepsTheOrderOfOneUser) {
    CallQueue<int> queue;
    for (int call : {1, 2, 3})
        queue.add(Anna, call);
    EXPECT_EQ(queue.next(), 1);
    queue.add(Anna, 4);
    EXPECT_EQ(all_of(queue), (Numbers{2, 3, 4}));
}

TEST(CallQueue, LetsUsersTakeTurns) {
    CallQueue<int> queue;
    for (int call : {21, 22, 23, 24})
        queue.add(Bert, call);
    for (int call : {11, 12})
        queue.add(Anna, call);
    queue.add(0, 1);
    EXPECT_EQ(all_of(queue), (Numbers{1, 11, 21, 12, 22, 23, 24}));
}

TEST(CallQueue, ServesAUserWhoComesLateNext) {
    CallQueue<int> queue;
    for (int call : {21, 22, 23})
        queue.add(Bert, call);
    EXPECT_EQ(queue.next(), 21);
    queue.add(Anna, 11);
    EXPECT_EQ(queue.next(), 11);
    EXPECT_EQ(queue.next(), 22);
    queue.add(Anna, 12);
    EXPECT_EQ(all_of(queue), (Numbers{12, 23}));
}

TEST(CallQueue, ForgetsRemovedCalls) {
    CallQueue<int> queue;
    for (int call : {1, 2, 3})
        queue.add(Anna, call);
    queue.add(Bert, 2);
    queue.remove_if([](int call) { return call == 2; });
    EXPECT_EQ(all_of(queue), (Numbers{1, 3}));
    queue.add(Anna, 4);
    queue.remove_if([](int) { return true; });
    EXPECT_TRUE(queue.empty());
}

} // namespace

} // namespace haulier::bus
