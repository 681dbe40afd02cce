// SPDX-License-Identifier: LGPL-2.1-or-later
// Holds: whose jobs are held until when, and what a bar means for a job in each state.
#include "job/hold.hpp"

#include "job/conditions.hpp"
#include "job/outcomes.hpp"
#include "samples.hpp"

#include <gtest/gtest.h>

namespace haulier::job {

namespace {

constexpr uint32_t Amy = 1000;
constexpr uint32_t Ben = 1001;

WallTime date(int64_t second) {
    return at_second(second).wall;
}

const Bar Held{Bar::Why::Held, {}};

void bar(Sample& s, const std::optional<Bar>& bar, int64_t second) {
    auto decision = bar_is(s.job, s.files, bar, at_second(second));
    ASSERT_TRUE(decision);
    s.take(*decision);
}

} // namespace

TEST(Holds, TheOneThatEndsLastCounts) {
    struct Row {
        std::optional<WallTime> own;
        std::optional<WallTime> all;
        std::optional<WallTime> expected;
    };
    const WallTime no_end;
    const Row rows[] = {
        {{}, {}, {}},
        {date(5), {}, date(5)},
        {{}, date(5), date(5)},
        {date(5), date(7), date(7)},
        {date(7), date(5), date(7)},
        {no_end, date(5), no_end},
        {date(5), no_end, no_end},
        {no_end, {}, no_end},
    };
    for (const auto& row : rows) {
        Holds holds;
        if (row.own) holds.set(Amy, *row.own);
        if (row.all) holds.set({}, *row.all);
        EXPECT_EQ(held_until(holds, Amy), row.expected);
        EXPECT_EQ(held_until(holds, Ben), row.all);
    }
}

TEST(Holds, EndAtTheirDates) {
    Holds holds;
    EXPECT_EQ(next_end(holds), std::nullopt);
    holds.set(Amy, {});
    EXPECT_EQ(next_end(holds), std::nullopt) << "it has to be released";
    holds.set(Ben, date(9));
    holds.set({}, date(5));
    EXPECT_EQ(next_end(holds), date(5));
    EXPECT_TRUE(drop_ended(holds, date(4)).empty());
    EXPECT_EQ(drop_ended(holds, date(5)), std::vector<Scope>{{}});
    EXPECT_EQ(next_end(holds), date(9));
    EXPECT_EQ(drop_ended(holds, date(100)), std::vector<Scope>{Ben});
    EXPECT_EQ(held_until(holds, Amy), WallTime{});
    EXPECT_FALSE(held_until(holds, Ben));
}

TEST(Holds, TheLastOneReplacesTheOthersAndEachIsReleasedByItself) {
    Holds holds;
    holds.set(Amy, date(9));
    holds.set(Amy, date(5));
    EXPECT_EQ(held_until(holds, Amy), date(5));
    holds.set({}, {});
    holds.release(Amy);
    EXPECT_EQ(held_until(holds, Amy), WallTime{});
    holds.release({});
    EXPECT_EQ(holds, Holds{});
}

TEST(Holds, CannotEndInThePast) {
    EXPECT_TRUE(check_end_of_hold({}, date(5)));
    EXPECT_TRUE(check_end_of_hold(date(6), date(5)));
    for (auto past : {date(5), date(4)})
        EXPECT_EQ(check_end_of_hold(past, date(5)).error().code, Errc::InvalidArgument);
}

TEST(Bar, ARunningJobGoesBackToTheQueueAndSaysWhy) {
    Sample s{1};
    s.run();
    bar(s, Bar{Bar::Why::Held, date(60)}, 5);
    EXPECT_EQ(s.job.state, State::Queued);
    EXPECT_TRUE(has(s.effects, Effect::StopTransfers));
    EXPECT_EQ(readiness(s.job, date(5)), Readiness::Barred);
    EXPECT_EQ(wait_reason(s.job, date(5)), (WaitReason{"held", date(60)}));
    EXPECT_FALSE(bar_is(s.job, s.files, Bar{Bar::Why::Held, date(60)}, at_second(6)));
    bar(s, std::nullopt, 7);
    EXPECT_EQ(s.job.state, State::Queued);
    EXPECT_EQ(readiness(s.job, date(7)), Readiness::Ready);
}

TEST(Bar, ARequestThatCannotBeRepeatedEndsFirst) {
    auto request = request_for(1, true);
    request.settings.set<&Settings::http, &Http::method>("POST");
    request.settings.set<&Settings::priority>(Priority::Foreground);
    Sample s{request};
    s.run();
    bar(s, Held, 5);
    EXPECT_EQ(s.job.state, State::Transferring);
    EXPECT_EQ(wait_reason(s.job, date(5)).word, "running");
    s.fetch(0);
    EXPECT_EQ(s.job.state, State::Transferred);
}

TEST(Bar, OneThatHasNotBegunWaits) {
    auto request = request_for(1, true);
    request.settings.set<&Settings::http, &Http::method>("POST");
    request.settings.set<&Settings::priority>(Priority::Foreground);
    Sample s{request};
    bar(s, Held, 5);
    EXPECT_EQ(readiness(s.job, date(5)), Readiness::Barred);
}

TEST(Bar, WhatWasSuspendedStaysSuspended) {
    Sample s{1, false};
    bar(s, Held, 5);
    EXPECT_EQ(s.job.state, State::Suspended);
    EXPECT_EQ(wait_reason(s.job, date(5)).word, "suspended");
    bar(s, std::nullopt, 6);
    EXPECT_EQ(s.job.state, State::Suspended);
    EXPECT_TRUE(s.effects.empty());
}

TEST(Bar, ResumeIsAcceptedAndTheJobWaits) {
    Sample s{1, false};
    bar(s, Held, 5);
    s.take(*resume(s.job, s.files, at_second(6)));
    EXPECT_EQ(s.job.state, State::Queued);
    EXPECT_EQ(wait_reason(s.job, date(6)).word, "held");
    s.take(*complete(s.job, at_second(7)));
    EXPECT_EQ(s.job.state, State::Publishing);
}

TEST(Bar, TheNoProgressClockStandsStill) {
    Sample s{1};
    s.run();
    s.fail(transient_failure(), 10);
    ASSERT_EQ(s.job.state, State::TransientError);
    bar(s, Held, 30);
    EXPECT_EQ(wait_reason(s.job, date(30)).word, "held");
    EXPECT_FALSE(s.job.clocks.stalled_since);
    EXPECT_EQ(s.job.stalled_for, Usec{20'000'000});
    EXPECT_FALSE(no_progress(s.job, s.files, at_second(100'000)));
    s.take(*retry_due(s.job, at_second(50'000)));
    EXPECT_EQ(s.job.state, State::Queued);
    EXPECT_EQ(readiness(s.job, date(50'000)), Readiness::Barred);
    EXPECT_FALSE(s.job.clocks.stalled_since);
    bar(s, std::nullopt, 100'000);
    EXPECT_EQ(s.job.clocks.stalled_since, at_second(99'980).boot);
    EXPECT_EQ(s.files[0].clocks.stalled_since, at_second(99'980).boot) << "as for the job";
    EXPECT_EQ(s.job.failures, 1U);
    EXPECT_EQ(s.job.error_count, 1U);
}

TEST(Bar, AJobDoesNotExpireAndItsClockBeginsAnew) {
    Sample s{1};
    auto expires = [&](int64_t second) {
        return expiry_of(s.job, Usec{1'000'000}, Usec{100'000'000}, at_second(second));
    };
    EXPECT_EQ(expires(1), at_second(100).boot);
    bar(s, Held, 50);
    EXPECT_FALSE(expires(50));
    bar(s, std::nullopt, 1000);
    EXPECT_EQ(expires(1000), at_second(1100).boot);
}

TEST(Bar, ASuspendedJobExpiresAsEver) {
    Sample s{1, false};
    bar(s, Held, 50);
    bar(s, std::nullopt, 90);
    EXPECT_EQ(expiry_of(s.job, Usec{1'000'000}, Usec{100'000'000}, at_second(90)), at_second(100).boot);
}

TEST(Bar, AfterARestartItHasToBeSaidAnew) {
    Sample s{1};
    bar(s, Held, 5);
    EXPECT_FALSE(recover(s.job, at_second(9)).job.clocks.bar);
}

TEST(Bar, OneReplacesAnother) {
    Sample s{1};
    bar(s, Held, 5);
    bar(s, Bar{Bar::Why::Window, date(100)}, 6);
    EXPECT_EQ(wait_reason(s.job, date(6)), (WaitReason{"window", date(100)}));
    EXPECT_EQ(s.job.clocks.barred_since, at_second(5).boot);
}

TEST(Bar, MeansNothingToAJobThatHasEnded) {
    Sample s{1};
    s.take(*cancel(s.job, at_second(1)));
    EXPECT_FALSE(bar_is(s.job, s.files, Held, at_second(2)));
}

} // namespace haulier::job
