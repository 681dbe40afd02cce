// SPDX-License-Identifier: LGPL-2.1-or-later
#include "daemon/bus/access/call_quota.hpp"

#include "users.hpp"

#include <gtest/gtest.h>
#include <optional>

namespace haulier::bus {

namespace {

using Usage = CallQuota::Usage;

TEST(CallQuota, CountsACallWhileATicketExists) {
    CallQuota quota;
    auto first = quota.enter(Anna, 10);
    auto second = quota.enter(Anna, 5);
    auto other = quota.enter(Bert, 1);
    EXPECT_EQ(quota.of(Anna), (Usage{2, 15}));
    auto kept = first;
    first.reset();
    EXPECT_EQ(quota.of(Anna), (Usage{2, 15})) << "a copy of the ticket still exists";
    kept.reset();
    EXPECT_EQ(quota.of(Anna), (Usage{1, 5}));
    second.reset();
    EXPECT_EQ(quota.of(Anna), Usage{});
    EXPECT_EQ(quota.of(Bert), (Usage{1, 1}));
}

TEST(CallQuota, MayBeDestroyedBeforeItsTickets) {
    std::optional<CallQuota> quota{std::in_place};
    auto ticket = quota->enter(Anna, 1);
    quota.reset();
    ticket.reset();
}

} // namespace

} // namespace haulier::bus
