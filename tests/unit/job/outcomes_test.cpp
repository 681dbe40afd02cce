// SPDX-License-Identifier: LGPL-2.1-or-later
// What worker reports and clocks mean (BITS 2.3, 3.1 to 3.7).
#include "job/decide.hpp"

#include "samples.hpp"

#include <gtest/gtest.h>

namespace haulier::job {

namespace {

using std::chrono::seconds;

struct OutcomesTest : testing::Test {
    FixedRandom random{0};
    RetryPolicy policy;
    Sample s{2};

    void fail(const Failure& failure, int64_t second) {
        s.take(*failed(s.job, failure.error.file, s.files[failure.error.file], failure, policy, random,
                       at_second(second)));
    }
};

TEST_F(OutcomesTest, DataMovesAfterTheFirstAnswer) {
    s.take(*granted(s.job));
    EXPECT_EQ(s.job.state, State::Connecting);
    s.run();
    EXPECT_EQ(s.job.state, State::Transferring);
    EXPECT_EQ(s.files[0].total, 100U);
}

TEST_F(OutcomesTest, AllFilesHereMeansTransferredAndSaidSo) {
    s.run();
    s.fetch(1);
    EXPECT_EQ(s.job.state, State::Transferring);
    EXPECT_TRUE(s.notices.empty());
    s.fetch(0);
    EXPECT_EQ(s.job.state, State::Transferred);
    EXPECT_EQ(s.job.transferred_at, at_second(2).wall);
    EXPECT_EQ(s.notices, (std::vector<Notice>{{NoticeKind::Transferred, NoFile}}));
}

TEST_F(OutcomesTest, EveryFileComesBeforeTheEnd) {
    s.take(*set_notify_flags(s.job, {true, true, false, true, false}, at_second(0)));
    s.run();
    s.fetch(0);
    EXPECT_EQ(s.notices, (std::vector<Notice>{{NoticeKind::FileTransferred, 0}}));
    s.fetch(1);
    EXPECT_EQ(s.notices,
              (std::vector<Notice>{{NoticeKind::FileTransferred, 1}, {NoticeKind::Transferred, NoFile}}));
}

TEST_F(OutcomesTest, AFileIsNotFetchedTwice) {
    s.run();
    s.fetch(0);
    EXPECT_FALSE(fetched(s.job, 0, s.files[0], 100, {}, {}, at_second(3)));
    EXPECT_FALSE(checkpointed(s.job, 0, s.files[0], 5, {}, 100, at_second(3)));
    EXPECT_FALSE(begun(s.job, 0, s.files[0], 0, false, {}, 100, Limits{}, at_second(3)));
}

TEST_F(OutcomesTest, AnotherVersionVoidsTheOffset) {
    s.run();
    s.take(*checkpointed(s.job, 0, s.files[0], 50, {"\"a\"", "", false}, 100, at_second(2)));
    EXPECT_EQ(s.files[0].offset, 50U);
    s.take(*begun(s.job, 0, s.files[0], 0, true, {"\"b\"", "", false}, 200, Limits{}, at_second(3)));
    EXPECT_EQ(s.files[0].offset, 0U);
    EXPECT_EQ(s.files[0].total, 200U);
    EXPECT_EQ(s.files[0].validators.etag, "\"b\"");
    EXPECT_EQ(s.files[0].restarts, 1U);
}

TEST_F(OutcomesTest, AFileThatChangesForEverIsAnError) {
    Limits limits;
    limits.restarts = 2;
    s.run();
    for (int i = 0; i < 2; ++i)
        s.take(*begun(s.job, 0, s.files[0], 0, true, {}, 100, limits, at_second(3)));
    EXPECT_EQ(s.job.state, State::Transferring);
    s.take(*begun(s.job, 0, s.files[0], 0, true, {}, 100, limits, at_second(3)));
    EXPECT_EQ(s.job.state, State::Error);
    EXPECT_EQ(s.job.error->cause, Cause::RemoteFileChanged);
    EXPECT_EQ(s.job.error->file, 0U);
    // Resume is a new start.
    s.take(*resume(s.job, s.files, at_second(4)));
    EXPECT_EQ(s.files[0].restarts, 0U);
}

TEST_F(OutcomesTest, ATransientFailureWaitsAndIsTriedAgain) {
    s.run();
    fail(transient_failure(), 10);
    EXPECT_EQ(s.job.state, State::TransientError);
    EXPECT_TRUE(s.notices.empty());
    EXPECT_EQ(s.job.moments.retry_at, at_second(70).boot);
    EXPECT_EQ(wait_reason(s.job), (WaitReason{"retry-delay", at_second(70).wall}));
    s.take(*retry_due(s.job));
    EXPECT_EQ(s.job.state, State::Queued);
    EXPECT_FALSE(retry_due(s.job));
}

TEST_F(OutcomesTest, WaitsGrowUntilDataFlows) {
    s.run();
    fail(transient_failure(), 10);
    s.take(*retry_due(s.job));
    s.take(*granted(s.job));
    fail(transient_failure(), 100);
    EXPECT_EQ(s.job.retry_wait, seconds{120});
    s.take(*retry_due(s.job));
    s.run();
    s.take(*progressed(s.job));
    EXPECT_FALSE(progressed(s.job));
    fail(transient_failure(), 300);
    EXPECT_EQ(s.job.retry_wait, seconds{60});
}

TEST_F(OutcomesTest, RetryAfterIsAFloor) {
    s.run();
    auto failure = transient_failure();
    failure.retry_after = seconds{500};
    fail(failure, 10);
    EXPECT_EQ(s.job.retry_wait, seconds{500});
}

TEST_F(OutcomesTest, AFatalFailureEndsTheWorkAndIsSaid) {
    s.run();
    fail(fatal_failure(1), 10);
    EXPECT_EQ(s.job.state, State::Error);
    EXPECT_EQ(s.job.error_count, 1U);
    EXPECT_EQ(s.notices, (std::vector<Notice>{{NoticeKind::Error, 1}}));
    EXPECT_EQ(s.effects, (std::vector<Effect>{Effect::StopTransfers}));
}

TEST_F(OutcomesTest, AFirstConnectionFailureIsNotCounted) {
    s.take(*granted(s.job));
    fail(transient_failure(), 10);
    EXPECT_EQ(s.job.error_count, 0U);
    s.take(*retry_due(s.job));
    s.take(*granted(s.job));
    fail(transient_failure(), 100);
    EXPECT_EQ(s.job.error_count, 1U);
}

TEST_F(OutcomesTest, WithoutPatienceEveryErrorIsFinal) {
    s.take(*set_no_progress_timeout(s.job, seconds{0}, at_second(0)));
    s.run();
    fail(transient_failure(), 10);
    EXPECT_EQ(s.job.state, State::Error);
    EXPECT_EQ(s.job.error->cause, Cause::HttpStatus);
}

TEST_F(OutcomesTest, ARetryDelayOverTheTimeoutMakesErrorsFinal) {
    s.take(*set_no_progress_timeout(s.job, seconds{30}, at_second(0)));
    s.run();
    fail(transient_failure(), 10);
    EXPECT_EQ(s.job.state, State::Error);
}

TEST_F(OutcomesTest, NoProgressKeepsWhatWasWrong) {
    s.run();
    fail(transient_failure(), 10);
    EXPECT_EQ(s.job.moments.stalled_since, at_second(10).boot);
    s.take(*no_progress(s.job, at_second(1209610)));
    EXPECT_EQ(s.job.state, State::Error);
    EXPECT_EQ(s.job.error->cause, Cause::NoProgress);
    EXPECT_EQ(s.job.error->code, 503);
    EXPECT_NE(s.job.error->sentence.find("503"), std::string::npos);
}

TEST_F(OutcomesTest, TheStallClockRunsFromTheFirstFailure) {
    s.run();
    fail(transient_failure(), 10);
    s.take(*retry_due(s.job));
    s.take(*granted(s.job));
    fail(transient_failure(), 100);
    EXPECT_EQ(s.job.moments.stalled_since, at_second(10).boot);
    EXPECT_EQ(s.job.stalled_for, seconds{90});
}

TEST_F(OutcomesTest, AFirstWrongChecksumStartsTheFileAgain) {
    s.run();
    s.take(*checkpointed(s.job, 0, s.files[0], 100, {"\"a\"", "", false}, 100, at_second(2)));
    Failure failure;
    failure.error = {Cause::ChecksumMismatch, 0, "not those bytes", 0};
    failure.fatal = true;
    failure.void_offset = true;
    fail(failure, 3);
    EXPECT_EQ(s.job.state, State::Transferring);
    EXPECT_EQ(s.files[0].offset, 0U);
    EXPECT_TRUE(s.files[0].validators.etag.empty());
    fail(failure, 4);
    EXPECT_EQ(s.job.state, State::Error);
    EXPECT_EQ(s.job.error->cause, Cause::ChecksumMismatch);
}

TEST_F(OutcomesTest, LateNewsOfASuspendedJobKeepsItsProgress) {
    s.run();
    s.take(*suspend(s.job, at_second(2)));
    s.take(*checkpointed(s.job, 0, s.files[0], 60, {}, 100, at_second(3)));
    EXPECT_EQ(s.job.state, State::Suspended);
    EXPECT_EQ(s.files[0].offset, 60U);
    // But it is not told to go on.
    EXPECT_FALSE(begun(s.job, 1, s.files[1], 0, true, {}, 100, Limits{}, at_second(3)));
    fail(transient_failure(), 4);
    EXPECT_EQ(s.job.state, State::Suspended);
    EXPECT_FALSE(s.job.error);
}

TEST_F(OutcomesTest, ALostWorkerQueuesTheJobAgain) {
    s.run();
    s.take(*interrupted(s.job));
    EXPECT_EQ(s.job.state, State::Queued);
    EXPECT_FALSE(interrupted(s.job));
}

TEST_F(OutcomesTest, AfterARestartWhatRanIsQueued) {
    s.run();
    EXPECT_EQ(recover(s.job, at_second(50)).job.state, State::Queued);
}

TEST_F(OutcomesTest, AfterARestartWaitsGoOnWhereTheyWere) {
    s.run();
    fail(transient_failure(), 10);
    // 20 s of 60 were over when the machine went down; its boot clock starts anew.
    Now later{{seconds{3}}, at_second(30).wall};
    auto d = recover(s.job, later);
    EXPECT_EQ(d.job.moments.retry_at, later.boot + seconds{40});
    EXPECT_EQ(d.job.moments.stalled_since, later.boot);
}

TEST_F(OutcomesTest, AfterARestartAWallClockJumpDoesNotStretchAWait) {
    s.run();
    fail(transient_failure(), 10);
    Now earlier{{seconds{3}}, at_second(-1000000).wall};
    EXPECT_EQ(recover(s.job, earlier).job.moments.retry_at, earlier.boot + seconds{60});
    Now much_later{{seconds{3}}, at_second(1000000).wall};
    EXPECT_EQ(recover(s.job, much_later).job.moments.retry_at, much_later.boot);
}

TEST_F(OutcomesTest, AfterARestartAnEndThatWasBegunIsFinished) {
    s.run();
    s.fetch(0);
    s.take(*complete(s.job, at_second(3)));
    EXPECT_EQ(recover(s.job, at_second(4)).effects, (std::vector<Effect>{Effect::Publish}));
    s.take(*publish_succeeded(s.job, at_second(4)));
    EXPECT_EQ(recover(s.job, at_second(5)).effects, (std::vector<Effect>{Effect::DiscardUnfinished}));
    Sample other{1};
    other.take(*cancel(other.job, at_second(1)));
    EXPECT_EQ(recover(other.job, at_second(5)).effects, (std::vector<Effect>{Effect::DiscardAll}));
}

} // namespace

} // namespace haulier::job
