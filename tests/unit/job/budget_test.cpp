// SPDX-License-Identifier: LGPL-2.1-or-later
#include "job/budget.hpp"

#include "support/chance.hpp"

#include <algorithm>
#include <gtest/gtest.h>
#include <numeric>
#include <random>

namespace haulier::job {

namespace {

using Claims = std::vector<BudgetClaim>;
using Shares = std::vector<uint64_t>;

uint64_t sum_of(const Shares& shares) {
    return std::accumulate(shares.begin(), shares.end(), uint64_t{0});
}

/// What each uses in the end, when it could use so much.
Shares settled(uint64_t limit, const Shares& demands) {
    Claims claims(demands.size());
    Shares shares;
    for (int round = 0; round < 30; ++round) {
        shares = deal(limit, claims);
        EXPECT_LE(sum_of(shares), limit);
        for (size_t i = 0; i < claims.size(); ++i)
            claims[i] = {shares[i], std::min(shares[i], demands[i])};
    }
    Shares used;
    for (const auto& claim : claims)
        used.push_back(claim.used);
    return used;
}

} // namespace

TEST(Budget, OneHasAllOfIt) {
    EXPECT_EQ(deal(1000, {}), Shares{});
    EXPECT_EQ(deal(1000, Claims{{}}), Shares{1000});
    EXPECT_EQ(deal(1000, Claims{{1000, 10}}), Shares{1000}) << "for nobody else";
}

TEST(Budget, EqualDemandsHaveEqualShares) {
    EXPECT_EQ(deal(900, Claims{{}, {}, {}}), (Shares{300, 300, 300}));
    EXPECT_EQ(deal(900, Claims{{900, 900}, {}, {}}), (Shares{300, 300, 300})) << "two are new";
}

TEST(Budget, WhatOneDoesNotUseIsForTheOthers) {
    EXPECT_EQ(settled(900'000, {~0ULL, ~0ULL, ~0ULL}), (Shares{300'000, 300'000, 300'000}));
    auto used = settled(900'000, {~0ULL, ~0ULL, 30'000});
    EXPECT_GE(used[0], 400'000U);
    EXPECT_EQ(used[0], used[1]);
    EXPECT_EQ(used[2], 30'000U) << "all that it could";
    used = settled(1'000'000, {~0ULL, 0});
    EXPECT_GE(used[0], 850'000U);
}

TEST(Budget, AnIdleOneCanBeginAgain) {
    auto shares = deal(1000, Claims{{900, 900}, {100, 0}});
    EXPECT_GE(shares[1], 100U);
    shares = deal(1000, Claims{{shares[0], shares[0]}, {shares[1], shares[1]}});
    EXPECT_EQ(shares, (Shares{500, 500}));
}

TEST(Budget, IsNeverExceededAndLeavesNoneWithoutAny) {
    auto seed = test::seed();
    SCOPED_TRACE(seed);
    std::mt19937_64 random{seed};
    for (int round = 0; round < 2000; ++round) {
        uint64_t limit = 1024 + random() % 100'000'000;
        Claims claims(1 + random() % 12);
        for (auto& claim : claims)
            claim = {random() % limit, random() % (2 * limit)};
        auto shares = deal(limit, claims);
        ASSERT_LE(sum_of(shares), limit);
        ASSERT_GE(*std::min_element(shares.begin(), shares.end()), limit / claims.size() / 4);
    }
}

} // namespace haulier::job
