// SPDX-License-Identifier: LGPL-2.1-or-later
#include "daemon/manager/usage_accounting.hpp"

#include <gtest/gtest.h>
#include <utility>

namespace haulier::daemon {

namespace {

constexpr uint32_t Ann = 1000;
constexpr uint32_t Bob = 1001;

TEST(UsageAccounting, FollowAJobFromItsBeginningToItsEnd) {
    UsageAccounting accounts;
    Charge now{Ann, {1, 100}};
    accounts.book({}, now);
    accounts.book(std::exchange(now, {Ann, {1, 150}}), now);
    EXPECT_EQ(accounts.of(Ann), (job::Usage{1, 150}));
    accounts.book({}, {Bob, {1, 50}});
    EXPECT_EQ(accounts.all(), (job::Usage{2, 200}));

    accounts.book(std::exchange(now, {Bob, {1, 150}}), now);
    EXPECT_EQ(accounts.of(Ann), job::Usage{});
    EXPECT_EQ(accounts.of(Bob), (job::Usage{2, 200}));

    accounts.book(std::exchange(now, {Bob, {0, 150}}), now);
    EXPECT_EQ(accounts.of(Bob), (job::Usage{1, 200})) << "ended, but still in memory";
    accounts.book(now, {});
    EXPECT_EQ(accounts.all(), (job::Usage{1, 50}));
}

TEST(UsageAccounting, WhatIsReservedCountsUntilItIsReleased) {
    UsageAccounting accounts;
    accounts.book({}, {Ann, {1, 100}});
    accounts.reserve(Ann, 30);
    accounts.reserve(Ann, 5);
    accounts.reserve(Bob, 0);
    EXPECT_EQ(accounts.of(Ann).text, 135U);
    EXPECT_EQ(accounts.all().text, 135U);
    accounts.release(Ann, 30);
    EXPECT_EQ(accounts.of(Ann).text, 105U);
    accounts.release(Ann, 5);
    accounts.release(Bob, 0);
    EXPECT_EQ(accounts.all(), (job::Usage{1, 100}));
}

} // namespace

} // namespace haulier::daemon
