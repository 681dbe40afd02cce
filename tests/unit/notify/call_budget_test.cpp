// SPDX-License-Identifier: LGPL-2.1-or-later
#include "notify/call_budget.hpp"

#include "notify_samples.hpp"

#include <gtest/gtest.h>

namespace haulier::notify {

namespace {

using std::chrono::seconds;
using Kind = CallBudget::Kind;

const Policy Defaults;

struct CallBudgetTest : testing::Test {
    CallBudget budget;
    [[nodiscard]] std::optional<BootTime> free_at(BootTime now = Start, Kind kind = Kind::Ordinary) const {
        return budget.free_at(Owner, kind, now, Defaults);
    }
    void take(uint32_t count, Kind kind = Kind::Ordinary) {
        for (uint32_t i = 0; i < count; ++i)
            budget.take(Owner, kind, Start);
    }
};

TEST_F(CallBudgetTest, IsFourPerOwnerUntilACallIsSlow) {
    take(4);
    EXPECT_EQ(free_at(), Start + Defaults.slow_after);
    EXPECT_EQ(budget.free_at(Owner + 1, Kind::Ordinary, Start, Defaults), Start);
    auto later = Start + Defaults.slow_after;
    EXPECT_EQ(free_at(later), later);
}

TEST_F(CallBudgetTest, EndsEvenIfAllCallsAreSlow) {
    take(Defaults.calls_maximum);
    auto later = Start + seconds{60};
    EXPECT_FALSE(free_at(later));
    budget.release(Owner, Kind::Ordinary, Start);
    EXPECT_EQ(free_at(later), later);
}

TEST_F(CallBudgetTest, LetsProgramsStartOneAfterTheOther) {
    take(4, Kind::Start);
    EXPECT_EQ(free_at(), Start);
    EXPECT_EQ(free_at(Start, Kind::Start), Start + Defaults.start_slow_after);
    take(Defaults.starts_maximum - 4, Kind::Start);
    EXPECT_FALSE(free_at(Start + seconds{60}, Kind::Start));
}

TEST_F(CallBudgetTest, HasAFewPlacesForThoseWhoDidNotReply) {
    take(Defaults.unanswered_calls_maximum, Kind::Unanswered);
    EXPECT_FALSE(free_at(Start + seconds{60}, Kind::Unanswered));
    EXPECT_EQ(free_at(), Start);
    budget.release(Owner, Kind::Unanswered, Start);
    EXPECT_EQ(free_at(Start, Kind::Unanswered), Start);
}

} // namespace

} // namespace haulier::notify
