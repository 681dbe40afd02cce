// SPDX-License-Identifier: LGPL-2.1-or-later
#include "daemon/bus/access/call_quota.hpp"

#include <gtest/gtest.h>
#include <optional>

namespace haulier::bus {

namespace {

constexpr uint32_t Anna = 1001;
constexpr uint32_t Bert = 1002;
using Load = CallQuota::Load;

TEST(CallQuota, IsWhoeverHoldsAPlace) {
    CallQuota crowd;
    auto first = crowd.enter(Anna, 10);
    auto second = crowd.enter(Anna, 5);
    auto other = crowd.enter(Bert, 1);
    EXPECT_EQ(crowd.of(Anna), (Load{2, 15}));
    auto kept = first;
    first.reset();
    EXPECT_EQ(crowd.of(Anna), (Load{2, 15})) << "somebody still holds it";
    kept.reset();
    EXPECT_EQ(crowd.of(Anna), (Load{1, 5}));
    second.reset();
    EXPECT_EQ(crowd.of(Anna), Load{});
    EXPECT_EQ(crowd.of(Bert), (Load{1, 1}));
}

TEST(CallQuota, MayBeLeftWhenItIsNoMore) {
    std::optional<CallQuota> crowd{std::in_place};
    auto place = crowd->enter(Anna, 1);
    crowd.reset();
    place.reset();
}

} // namespace

} // namespace haulier::bus
