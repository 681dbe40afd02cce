// SPDX-License-Identifier: LGPL-2.1-or-later
// What worker reports and clocks mean (BITS 2.3, 3.1 to 3.7).
#include "samples.hpp"

#include <gtest/gtest.h>

namespace haulier::job {

namespace {

using std::chrono::seconds;

struct OutcomesTest : testing::Test {
    Sample s{2};

    void fail(const Failure& failure, int64_t second) { s.fail(failure, second); }
    void retry(int64_t second) {
        s.take(*retry_due(s.job, at_second(second)));
        s.grant(second);
    }
    void hear(const Begun& news, int64_t second, const Limits& limits = {}) {
        s.take(*begun(s.job, 0, s.files[0], news, limits, at_second(second)));
    }
    void checkpoint(uint64_t offset, const std::string& etag, int64_t second) {
        s.take(*checkpointed(s.job, 0, s.files[0], report(offset, 100, etag), {}, at_second(second)));
    }
};

TEST_F(OutcomesTest, DataMovesAfterTheFirstAnswer) {
    s.grant();
    EXPECT_EQ(s.job.state, State::Connecting);
    s.run();
    EXPECT_EQ(s.job.state, State::Transferring);
    EXPECT_EQ(s.files[0].total, 100U);
}

TEST_F(OutcomesTest, AllFilesHereMeansTransferredAndSaidSo) {
    s.run();
    s.fetch(1);
    EXPECT_EQ(s.job.state, State::Transferring);
    EXPECT_TRUE(s.notifications.empty());
    s.fetch(0);
    EXPECT_EQ(s.job.state, State::Transferred);
    EXPECT_EQ(s.job.transferred_at, at_second(2).wall);
    EXPECT_EQ(s.notifications, (std::vector<Notification>{{NotificationKind::Transferred, NoFile}}));
}

TEST_F(OutcomesTest, EveryFileComesBeforeTheEnd) {
    s.change(patch<&Settings::notify_flags>({true, true, false, true, false, false}));
    s.run();
    s.fetch(0);
    EXPECT_EQ(s.notifications, (std::vector<Notification>{{NotificationKind::FileTransferred, 0}}));
    s.fetch(1);
    EXPECT_EQ(s.notifications, (std::vector<Notification>{{NotificationKind::FileTransferred, 1},
                                                          {NotificationKind::Transferred, NoFile}}));
}

TEST_F(OutcomesTest, AFileIsNotFetchedTwice) {
    s.run();
    s.fetch(0);
    EXPECT_FALSE(fetched(s.job, 0, s.files, {report(100), {}, {}, {}}, {}, Limits{}, at_second(3)));
    EXPECT_FALSE(checkpointed(s.job, 0, s.files[0], report(5), {}, at_second(3)));
    EXPECT_FALSE(begun(s.job, 0, s.files[0], first_answer(), Limits{}, at_second(3)));
}

TEST_F(OutcomesTest, AFileThatBeginsAndEndsInOneReportIsAsOneThatDoesSoInTwo) {
    s.run();
    Sample apart = s;
    Fetched all{.report = report(100), .inode = {1, 7}};
    auto answer = first_answer();
    answer.headers = "HTTP/1.1 200 OK\n";
    apart.take(*begun(apart.job, 1, apart.files[1], answer, Limits{}, at_second(3)));
    apart.take(*fetched(apart.job, 1, apart.files, all, {}, Limits{}, at_second(3)));
    all.begun = answer;
    s.take(*fetched(s.job, 1, s.files, all, {}, Limits{}, at_second(3)));
    EXPECT_EQ(s.job, apart.job);
    EXPECT_EQ(s.files, apart.files);
    EXPECT_TRUE(s.files[1].transferred);
    EXPECT_EQ(s.files[1].response_headers, answer.headers);
}

TEST_F(OutcomesTest, AnotherVersionVoidsTheOffset) {
    s.run();
    checkpoint(50, "\"a\"", 2);
    EXPECT_EQ(s.files[0].offset, 50U);
    hear(other_version("\"b\"", 200), 3);
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
        hear(other_version(), 3, limits);
    EXPECT_EQ(s.job.state, State::Transferring);
    hear(other_version(), 3, limits);
    EXPECT_EQ(s.job.state, State::Error);
    EXPECT_EQ(s.job.error->cause, Cause::RemoteFileChanged);
    EXPECT_EQ(s.job.error->file, 0U);
    // Resume is a new start.
    s.take(*resume(s.job, s.files, at_second(4)));
    EXPECT_EQ(s.files[0].restarts, 0U);
}

TEST_F(OutcomesTest, ATransientFailureWaitsAndIsTriedAgain) {
    s = Sample{1};
    s.run();
    fail(transient_failure(), 10);
    EXPECT_EQ(s.job.state, State::TransientError);
    EXPECT_TRUE(s.notifications.empty());
    EXPECT_EQ(s.job.clocks.retry_at, at_second(70).boot);
    EXPECT_EQ(wait_reason(s.job, at_second(10).wall), (WaitReason{"retry-delay", at_second(70).wall}));
    s.take(*retry_due(s.job, at_second(70)));
    EXPECT_EQ(s.job.state, State::Queued);
    EXPECT_FALSE(retry_due(s.job, at_second(71)));
}

TEST_F(OutcomesTest, WaitsGrowUntilDataFlows) {
    s = Sample{1};
    s.run();
    fail(transient_failure(), 10);
    retry(80);
    fail(transient_failure(), 100);
    EXPECT_EQ(s.job.retry_wait, seconds{120});
    retry(220);
    s.run(0, 221);
    s.take(*progressed(s.job, 0, s.files[0], true, at_second(222)));
    EXPECT_FALSE(progressed(s.job, 0, s.files[0], true, at_second(223)));
    fail(transient_failure(), 300);
    EXPECT_EQ(s.job.retry_wait, seconds{60});
}

TEST_F(OutcomesTest, RetryAfterIsAFloor) {
    s = Sample{1};
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
    EXPECT_EQ(s.notifications, (std::vector<Notification>{{NotificationKind::Error, 1}}));
    EXPECT_EQ(s.effects, (std::vector<Effect>{Effect::StopTransfers}));
}

TEST_F(OutcomesTest, AFirstConnectionFailureIsNotCounted) {
    s = Sample{1};
    s.grant();
    fail(transient_failure(), 10);
    EXPECT_EQ(s.job.error_count, 0U);
    retry(80);
    fail(transient_failure(), 100);
    EXPECT_EQ(s.job.error_count, 1U);
}

TEST_F(OutcomesTest, WithoutPatienceEveryErrorIsFinal) {
    s.change(patch<&Settings::no_progress_timeout>(seconds{0}));
    s.run();
    fail(transient_failure(), 10);
    EXPECT_EQ(s.job.state, State::Error);
    EXPECT_EQ(s.job.error->cause, Cause::HttpStatus);
}

TEST_F(OutcomesTest, ARetryDelayOverTheTimeoutMakesErrorsFinal) {
    s.change(patch<&Settings::no_progress_timeout>(seconds{30}));
    s.run();
    fail(transient_failure(), 10);
    EXPECT_EQ(s.job.state, State::Error);
}

TEST_F(OutcomesTest, NoProgressKeepsWhatWasWrong) {
    s = Sample{1};
    s.run();
    fail(transient_failure(), 10);
    EXPECT_EQ(s.job.clocks.stalled_since, at_second(10).boot);
    s.take(*no_progress(s.job, s.files, at_second(1209610)));
    EXPECT_EQ(s.job.state, State::Error);
    EXPECT_EQ(s.job.error->cause, Cause::NoProgress);
    EXPECT_EQ(s.job.error->code, 503);
    EXPECT_NE(s.job.error->message.find("503"), std::string::npos);
}

TEST_F(OutcomesTest, TheStallClockRunsFromTheFirstFailure) {
    s = Sample{1};
    s.run();
    fail(transient_failure(), 10);
    retry(80);
    fail(transient_failure(), 100);
    EXPECT_EQ(s.job.clocks.stalled_since, at_second(10).boot);
    EXPECT_EQ(s.job.stalled_for, seconds{90});
}

TEST_F(OutcomesTest, AFirstWrongChecksumStartsTheFileAgain) {
    s.run();
    checkpoint(100, "\"a\"", 2);
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
    checkpoint(60, "", 3);
    EXPECT_EQ(s.job.state, State::Suspended);
    EXPECT_EQ(s.files[0].offset, 60U);
    // But it is not told to go on.
    EXPECT_FALSE(begun(s.job, 1, s.files[1], other_version(), Limits{}, at_second(3)));
    fail(transient_failure(), 4);
    EXPECT_EQ(s.job.state, State::Suspended);
    EXPECT_FALSE(s.job.error);
}

TEST_F(OutcomesTest, ALostWorkerQueuesTheJobAgain) {
    s.run();
    s.take(*interrupted(s.job, at_second(2)));
    EXPECT_EQ(s.job.state, State::Queued);
    EXPECT_FALSE(interrupted(s.job, at_second(3)));
}

TEST_F(OutcomesTest, AfterARestartWhatRanIsQueued) {
    s.run();
    EXPECT_EQ(recover(s.job, at_second(50)).job.state, State::Queued);
}

TEST_F(OutcomesTest, WhatCannotBeRepeatedFailsWhenItIsCutOff) {
    auto request = request_for(1, true);
    request.settings.set<&Settings::http, &Http::method>("POST");
    s = Sample{request};
    s.run();
    for (const auto& d : {recover(s.job, at_second(50)), *interrupted(s.job, at_second(50)),
                          *release_ownership(s.job, s.files, at_second(50))}) {
        EXPECT_EQ(d.job.state, State::Error);
        EXPECT_EQ(d.job.error->cause, Cause::WorkerLost);
        EXPECT_EQ(d.notifications, (std::vector<Notification>{{NotificationKind::Error, NoFile}}));
        EXPECT_TRUE(has(d.effects, Effect::StopTransfers));
    }
    Sample waiting{request};
    EXPECT_EQ(recover(waiting.job, at_second(50)).job.state, State::Queued);
}

TEST_F(OutcomesTest, AfterARestartWaitsGoOnWhereTheyWere) {
    s = Sample{1};
    s.run();
    fail(transient_failure(), 10);
    // 20 s of 60 were over when the machine went down; its boot clock starts anew.
    Now later{{seconds{3}}, at_second(30).wall};
    auto d = recover(s.job, later);
    EXPECT_EQ(d.job.clocks.retry_at, later.boot + seconds{40});
    EXPECT_EQ(d.job.clocks.stalled_since, later.boot);
}

TEST_F(OutcomesTest, AfterARestartAWallClockJumpDoesNotStretchAWait) {
    s = Sample{1};
    s.run();
    fail(transient_failure(), 10);
    Now earlier{{seconds{3}}, at_second(-1000000).wall};
    EXPECT_EQ(recover(s.job, earlier).job.clocks.retry_at, earlier.boot + seconds{60});
    Now much_later{{seconds{3}}, at_second(1000000).wall};
    EXPECT_EQ(recover(s.job, much_later).job.clocks.retry_at, much_later.boot);
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

TEST_F(OutcomesTest, AutoCompletePublishesByItselfAndSaysSo) {
    s.change(patch<&Settings::auto_complete>(true));
    s.run();
    s.fetch(0);
    EXPECT_TRUE(s.effects.empty());
    s.fetch(1);
    EXPECT_EQ(s.job.state, State::Publishing);
    EXPECT_EQ(s.effects, (std::vector<Effect>{Effect::Publish}));
    EXPECT_TRUE(s.notifications.empty()) << "the files do not have their names yet";
    s.take(*publish_succeeded(s.job, at_second(3)));
    EXPECT_FALSE(s.revoked.end);
    EXPECT_EQ(s.job.state, State::Acknowledged);
    EXPECT_EQ(s.notifications, (std::vector<Notification>{{NotificationKind::Transferred, NoFile}}));
}

TEST_F(OutcomesTest, AClientThatCompletesIsNotToldOfIt) {
    s.run();
    s.fetch(0);
    s.fetch(1);
    s.take(*complete(s.job, at_second(3)));
    s.take(*publish_succeeded(s.job, at_second(3)));
    EXPECT_TRUE(s.notifications.empty());
}

TEST_F(OutcomesTest, AutoCompleteThatCannotPublishIsAnErrorUntilResume) {
    s.change(patch<&Settings::auto_complete>(true));
    s.run();
    s.fetch(0);
    s.fetch(1);
    s.take(*publish_failed(s.job, {Errc::LocalFile, "the directory is gone"}, at_second(3)));
    EXPECT_EQ(s.job.state, State::Error);
    EXPECT_EQ(s.job.error->cause, Cause::LocalFile);
    EXPECT_EQ(s.job.error->message, "the directory is gone");
    EXPECT_EQ(s.notifications, (std::vector<Notification>{{NotificationKind::Error, NoFile}}));
    s.take(*resume(s.job, s.files, at_second(4)));
    EXPECT_EQ(s.job.state, State::Publishing);
    EXPECT_EQ(s.effects, (std::vector<Effect>{Effect::Publish}));
}

TEST_F(OutcomesTest, AFailedJobWhoseLastFileCameAllTheSameIsTransferredByResume) {
    s.run();
    s.fetch(0);
    s.take(*out_of_time(s.job, at_second(3)));
    s.fetch(1, 4);
    EXPECT_EQ(s.job.state, State::Error);
    s.take(*resume(s.job, s.files, at_second(5)));
    EXPECT_EQ(s.job.state, State::Transferred);
    EXPECT_EQ(s.notifications, (std::vector<Notification>{{NotificationKind::Transferred, NoFile}}));
}

TEST_F(OutcomesTest, AnInterruptedJobStopsWhatStillFlies) {
    s.run();
    s.take(*interrupted(s.job, at_second(2)));
    EXPECT_TRUE(has(s.effects, Effect::StopTransfers));
}

TEST_F(OutcomesTest, FilesAddedToARunningJobAreFetchedToo) {
    s.run();
    s.fetch(0);
    s.take(*add_files(s.job, {spec("late")}, Limits{}, at_second(2)));
    s.fetch(1);
    EXPECT_EQ(s.job.state, State::Transferring);
    s.fetch(2);
    EXPECT_EQ(s.job.state, State::Transferred);
}

} // namespace

} // namespace haulier::job
