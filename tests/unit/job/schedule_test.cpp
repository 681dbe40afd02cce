// SPDX-License-Identifier: LGPL-2.1-or-later
// Priorities, pre-emption and time slices (BITS 4.1; D-23 to D-25).
#include "schedule_samples.hpp"

#include <gtest/gtest.h>

namespace haulier::job {

namespace {

using enum Priority;
using std::chrono::seconds;

Waiting waits(const char* id, Priority priority, uint64_t since) {
    return {Id{id}, priority, since};
}

Running runs(const char* id, Priority priority, int64_t second) {
    return {Id{id}, priority, {seconds{second}}};
}

TEST(Schedule, ServeInOrderOfArrival) {
    std::vector<Waiting> queue{waits("c", Normal, 3), waits("a", Normal, 1), waits("b", Normal, 2)};
    EXPECT_EQ(schedule(queue, {}, slots(2), at(0)).grant, ids({"a", "b"}));
    EXPECT_EQ(schedule(queue, {runs("x", Normal, 0)}, slots(2), at(0)).grant, ids({"a"}));
    EXPECT_EQ(schedule(queue, {}, slots(9), at(0)).grant.size(), 3U);
    EXPECT_TRUE(schedule({}, {}, slots(9), at(0)).grant.empty());
    EXPECT_TRUE(schedule(queue, {}, slots(0), at(0)).grant.empty());
}

TEST(Schedule, ForegroundJobsAllRunAtOnceBesideTheBackground) {
    std::vector<Waiting> queue{waits("f1", Foreground, 5), waits("f2", Foreground, 6),
                               waits("f3", Foreground, 7), waits("n", Normal, 1)};
    auto turns = schedule(queue, {}, slots(1), at(0));
    EXPECT_EQ(turns.grant, ids({"f1", "f2", "f3", "n"}));
    EXPECT_TRUE(turns.preempt.empty());
}

TEST(Schedule, D23TwoNormalJobsAlternateBesideAForegroundOne) {
    // One slot, as BITS has it.
    std::vector<Running> running{runs("f", Foreground, 0)};
    auto first = schedule({waits("a", Normal, 1), waits("b", Normal, 2)}, running, slots(1), at(0));
    EXPECT_EQ(first.grant, ids({"a"}));
    EXPECT_EQ(first.next_deadline, at(300));

    running.push_back(runs("a", Normal, 0));
    auto early = schedule({waits("b", Normal, 2)}, running, slots(1), at(299));
    EXPECT_TRUE(early.grant.empty());
    EXPECT_TRUE(early.preempt.empty());
    EXPECT_EQ(early.next_deadline, at(300));

    auto second = schedule({waits("b", Normal, 2)}, running, slots(1), at(300));
    EXPECT_EQ(second.preempt, ids({"a"}));
    EXPECT_EQ(second.grant, ids({"b"}));
    EXPECT_EQ(second.next_deadline, at(600));

    auto third = schedule({waits("a", Normal, 3)}, {runs("b", Normal, 300)}, slots(1), at(600));
    EXPECT_EQ(third.preempt, ids({"b"}));
    EXPECT_EQ(third.grant, ids({"a"}));
}

TEST(Schedule, D24AHigherJobPreemptsALowerOneAtOnce) {
    auto turns = schedule({waits("h", High, 9)}, {runs("l", Low, 0), runs("n", Normal, 0)}, slots(4), at(1));
    EXPECT_EQ(turns.preempt, ids({"l", "n"}));
    EXPECT_EQ(turns.grant, ids({"h"}));
    EXPECT_FALSE(turns.next_deadline);
}

TEST(Schedule, D25AHigherJobThatWaitsToTryAgainBlocksNobody) {
    // It is neither queued nor running, so that the scheduler does not hear of it.
    EXPECT_EQ(schedule({waits("l", Low, 1)}, {}, slots(1), at(0)).grant, ids({"l"}));
}

TEST(Schedule, FreeSlotsAreNotForLowerLevels) {
    auto turns = schedule({waits("n", Normal, 1), waits("l", Low, 2)}, {runs("h", High, 0)}, slots(4), at(1));
    EXPECT_TRUE(turns.grant.empty());
    EXPECT_FALSE(turns.next_deadline);
}

TEST(Schedule, ASliceEndsOnlyForSomebodyWhoWaits) {
    std::vector<Running> running{runs("a", Normal, 0), runs("b", Normal, 10), runs("c", Normal, 900)};
    EXPECT_TRUE(schedule({}, running, slots(3), at(1000)).preempt.empty());
    auto turns = schedule({waits("d", Normal, 1)}, running, slots(3), at(1000));
    EXPECT_EQ(turns.preempt, ids({"a"}));
    EXPECT_EQ(turns.grant, ids({"d"}));
    EXPECT_EQ(turns.next_deadline, at(310));
}

TEST(Schedule, ForegroundJobsHaveNoSlice) {
    auto turns = schedule({waits("f2", Foreground, 1)}, {runs("f1", Foreground, 0)}, slots(1), at(1000));
    EXPECT_TRUE(turns.preempt.empty());
    EXPECT_FALSE(turns.next_deadline);
}

} // namespace

} // namespace haulier::job
