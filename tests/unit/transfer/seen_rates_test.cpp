// SPDX-License-Identifier: LGPL-2.1-or-later
#include "transfer/request_budget.hpp"
#include "transfer/seen_rates.hpp"

#include <gtest/gtest.h>

namespace haulier::transfer {
namespace {

using std::chrono::minutes;
using std::chrono::seconds;

const SeenRates::Time Start{std::chrono::hours{1}};

TEST(SeenRates, OfOtherServersForTheSameJob) {
    SeenRates rates;
    rates.add(".haulier-ab-0.part", "http://a:80", 5000, Start);
    rates.add(".haulier-ab-1.part", "http://b:80", 3000, Start);
    rates.add(".haulier-cd-0.part", "http://c:80", 9000, Start);
    EXPECT_EQ(rates.elsewhere(".haulier-ab-2.part", "http://d:80", Start), 5000u);
    EXPECT_EQ(rates.elsewhere(".haulier-ab-2.part", "http://a:80", Start), 3000u);
    EXPECT_EQ(rates.elsewhere(".haulier-ef-0.part", "http://a:80", Start), 0u);
}

TEST(SeenRates, OldOnesDoNotCount) {
    SeenRates rates;
    rates.add(".haulier-ab-0.part", "http://a:80", 5000, Start);
    EXPECT_EQ(rates.elsewhere(".haulier-ab-0.part", "http://d:80", Start + minutes{9}), 5000u);
    EXPECT_EQ(rates.elsewhere(".haulier-ab-0.part", "http://d:80", Start + minutes{11}), 0u);
}

TEST(RequestBudget, RequestsThatBringSomethingAreFree) {
    RequestBudget budget{1};
    for (int i = 0; i < 10'000; ++i)
        ASSERT_TRUE(budget.take(64 * 1024, Start));
}

TEST(RequestBudget, OthersAreFewAndBecomeMoreWithTime) {
    RequestBudget budget{500};
    int taken = 0;
    while (budget.take(1, Start))
        ++taken;
    EXPECT_EQ(taken, 532);
    EXPECT_FALSE(budget.take(1, Start));
    EXPECT_TRUE(budget.take(1, Start + seconds{1}));
    EXPECT_FALSE(budget.take(1, Start + seconds{1}));
}

} // namespace
} // namespace haulier::transfer
