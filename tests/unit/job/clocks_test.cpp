// SPDX-License-Identifier: LGPL-2.1-or-later
// Active time, inactivity, and what jumps of the wall clock do not do (BITS 3.1; D-33, D-39; choice U-27).
#include "samples.hpp"

#include <gtest/gtest.h>

namespace haulier::job {

namespace {

using std::chrono::hours;
using std::chrono::seconds;

constexpr Usec Empty = hours{24};
constexpr Usec Inactive = hours{24 * 90};

TEST(ActiveTime, CountsConnectingAndTransferringOnly) {
    Sample s{2};
    EXPECT_FALSE(end_of_time(s.job));
    s.grant(100);
    EXPECT_EQ(s.job.clocks.slice_since, at_second(100).boot);
    EXPECT_EQ(end_of_time(s.job), at_second(100 + 7776000).boot);
    s.run(0, 110);
    s.take(*interrupted(s.job, at_second(130)));
    EXPECT_EQ(s.job.active_for, seconds{30});
    EXPECT_FALSE(end_of_time(s.job));
    s.grant(1000);
    EXPECT_EQ(s.job.clocks.slice_since, at_second(1000).boot);
    s.change(patch<&Settings::maximum_download_time>(seconds{40}), 1005);
    EXPECT_EQ(s.job.active_for, seconds{35});
    EXPECT_EQ(end_of_time(s.job), at_second(1010).boot);
}

TEST(ActiveTime, D39UsedUpIsAnErrorAndResumeBeginsItAnew) {
    Sample s{1};
    s.change(patch<&Settings::maximum_download_time>(seconds{10}));
    EXPECT_FALSE(out_of_time(s.job, at_second(50)));
    s.run(0, 1);
    s.take(*out_of_time(s.job, at_second(11)));
    EXPECT_EQ(s.job.state, State::Error);
    EXPECT_EQ(s.job.error->cause, Cause::MaxDownloadTime);
    EXPECT_EQ(s.job.error_count, 1U);
    s.take(*resume(s.job, s.files, at_second(20)));
    EXPECT_EQ(s.job.active_for, Usec{0});
    s.run(0, 30);
    EXPECT_EQ(end_of_time(s.job), at_second(40).boot);
    s.take(*resume(s.job, s.files, at_second(35)));
    EXPECT_EQ(end_of_time(s.job), at_second(45).boot);
}

TEST(ActiveTime, SurvivesARestart) {
    Sample s{1};
    s.run(0, 1);
    s.take(*checkpointed(s.job, 0, s.files[0], report(10), {}, at_second(21)));
    Now later{{seconds{3}}, at_second(5000).wall};
    auto d = recover(s.job, later);
    EXPECT_EQ(d.job.state, State::Queued);
    EXPECT_EQ(d.job.active_for, seconds{20});
    EXPECT_FALSE(d.job.clocks.active_since);
}

TEST(Inactivity, D33EndsTheJobWithoutAWord) {
    Sample s{1};
    s.run();
    s.fetch(0, 50);
    EXPECT_EQ(expiry_of(s.job, Empty, Inactive, at_second(55)), at_second(50).boot + Inactive);
    s.take(*expired(s.job, at_second(60)));
    EXPECT_EQ(s.job.state, State::Cancelled);
    EXPECT_EQ(removal_result(s.job), "expired");
    EXPECT_TRUE(s.notifications.empty());
    EXPECT_TRUE(s.revoked.end);
    EXPECT_TRUE(has(s.effects, Effect::DiscardAll));
    EXPECT_FALSE(expired(s.job, at_second(61)));
}

TEST(Inactivity, IsShorterWithoutAFile) {
    Sample s{0, false};
    EXPECT_EQ(expiry_of(s.job, Empty, Inactive, at_second(3)), at_second(0).boot + Empty);
    s.take(*add_files(s.job, {spec("x")}, Limits{}, at_second(5)));
    EXPECT_EQ(expiry_of(s.job, Empty, Inactive, at_second(9)), at_second(5).boot + Inactive);
}

TEST(Inactivity, DoesNotEndAJobThatIsBeingCompleted) {
    Sample s{1};
    s.take(*complete(s.job, at_second(1)));
    EXPECT_FALSE(expired(s.job, at_second(2)));
}

TEST(Inactivity, IsNotThatOfAJobThatRuns) {
    Sample s{1};
    s.run();
    EXPECT_FALSE(expiry_of(s.job, Empty, Inactive, at_second(2)));
    EXPECT_FALSE(expired(s.job, at_second(100'000'000)));
    s.take(*interrupted(s.job, at_second(100'000'000)));
    EXPECT_EQ(expiry_of(s.job, Empty, Inactive, at_second(100'000'001)),
              at_second(100'000'000).boot + Inactive);
}

TEST(Inactivity, BeginsWithTheDateOfTheJob) {
    Sample s{1};
    s.change(patch<&Settings::not_before>(at_second(20'000'000).wall), 5);
    auto end = at_second(20'000'000).boot + Inactive;
    EXPECT_EQ(expiry_of(s.job, Empty, Inactive, at_second(9)), end);
    EXPECT_EQ(expiry_of(s.job, Empty, Inactive, at_second(30'000'000)), end);
    s.change(patch<&Settings::description>("x"), 21'000'000);
    EXPECT_EQ(expiry_of(s.job, Empty, Inactive, at_second(21'000'001)),
              at_second(21'000'000).boot + Inactive);
    s.change(patch<&Settings::not_before>({}), 22'000'000);
    EXPECT_EQ(expiry_of(s.job, Empty, Inactive, at_second(22'000'001)),
              at_second(22'000'000).boot + Inactive);
}

TEST(Inactivity, GoesOnOverARestart) {
    Sample s{1, false};
    Now later{{seconds{3}}, at_second(1000).wall};
    EXPECT_EQ(recover(s.job, later).job.clocks.touched_at, later.boot - seconds{1000});
}

TEST(Inactivity, IsNotReachedByAWallClockThatIsSetBack) {
    Sample s{1, false};
    Now earlier{{seconds{3}}, at_second(-100000).wall};
    EXPECT_EQ(recover(s.job, earlier).job.clocks.touched_at, earlier.boot);
}

TEST(Inactivity, BeginsAnewWithEveryChangeOfState) {
    Sample s{1};
    s.grant(77);
    EXPECT_EQ(s.job.clocks.touched_at, at_second(77).boot);
    EXPECT_EQ(s.job.modified, at_second(77).wall);
}

TEST(TheWallClock, MovesNoWaitOfARunningDaemon) {
    Sample s{1};
    s.run();
    s.fail(transient_failure(), 10);
    // Set back by a year: the boot clock alone decides.
    Now odd{at_second(70).boot, at_second(-31536000).wall};
    EXPECT_EQ(s.job.clocks.retry_at, at_second(70).boot);
    s.take(*retry_due(s.job, odd));
    EXPECT_EQ(expiry_of(s.job, Empty, Inactive, odd), odd.boot + Inactive);
    s.take(*granted(s.job, odd));
    EXPECT_EQ(s.job.clocks.stalled_since, at_second(10).boot);
    EXPECT_EQ(s.job.active_for, seconds{9});
}

} // namespace

} // namespace haulier::job
