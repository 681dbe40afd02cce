// SPDX-License-Identifier: LGPL-2.1-or-later
#include "base/deferred_calls.hpp"

#include <gtest/gtest.h>
#include <optional>
#include <vector>

namespace haulier {

namespace {

struct DeferredCallsTest : testing::Test {
    Loop loop;
    std::optional<DeferredCalls> calls{std::in_place, loop};
    std::vector<int> made;

    void turn() {
        while (loop.turn(Usec{0}))
            continue;
    }
};

TEST_F(DeferredCallsTest, AreMadeOnceInALaterTurnAndInOrder) {
    for (int i : {1, 2, 3})
        calls->add([this, i] { made.push_back(i); });
    EXPECT_TRUE(made.empty());
    turn();
    EXPECT_EQ(made, (std::vector<int>{1, 2, 3}));
    turn();
    EXPECT_EQ(made.size(), 3U);
}

TEST_F(DeferredCallsTest, MayAddMore) {
    calls->add([this] { calls->add([this] { made.push_back(1); }); });
    turn();
    EXPECT_EQ(made, (std::vector<int>{1}));
}

TEST_F(DeferredCallsTest, MayDestroyTheirOwner) {
    calls->add([this] {
        calls.reset();
        made.push_back(1);
    });
    calls->add([this] { made.push_back(2); });
    turn();
    EXPECT_EQ(made, (std::vector<int>{1}));
}

} // namespace

} // namespace haulier
