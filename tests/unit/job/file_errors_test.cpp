// SPDX-License-Identifier: LGPL-2.1-or-later
// What the failures of files mean for their job.
#include "samples.hpp"

#include "job/file_state.hpp"

namespace haulier::job {

namespace {

using std::chrono::seconds;

Sample going_on(int count) {
    auto request = request_for(count, true);
    request.settings.set<&Settings::on_file_error>(OnFileError::Continue);
    return Sample{request};
}

/// The states of the files, one letter each.
std::string states(const Sample& s) {
    std::string all;
    for (const auto& file : s.files)
        all += to_string(state_of(s.job, file, false))[0] == 't' && !file.transferred
                   ? 'w'
                   : to_string(state_of(s.job, file, false))[0];
    return all;
}

void rest(Sample& s, int64_t second) {
    s.take(*deferred(s.job, s.files, {}, at_second(second)));
}

} // namespace

TEST(FileErrors, AFileThatWaitsStopsNoOther) {
    Sample s{2};
    s.run();
    s.run(1);
    s.around.others_move = true;
    s.fail(transient_failure(0), 10);
    EXPECT_EQ(s.job.state, State::Transferring);
    EXPECT_FALSE(s.job.error);
    EXPECT_TRUE(s.effects.empty());
    EXPECT_EQ(states(s), "wq");
    EXPECT_EQ(s.files[0].error->code, 503);
    EXPECT_EQ(s.files[0].retry_date, at_second(70).wall);
    s.fetch(1, 11);
    rest(s, 12);
    EXPECT_EQ(s.job.state, State::TransientError);
    EXPECT_EQ(s.job.error->file, 0U);
    EXPECT_EQ(wait_reason(s.job, at_second(12).wall), (WaitReason{"retry-delay", at_second(70).wall}));
}

TEST(FileErrors, ATakenNameIsNoFailureTheFirstTime) {
    Sample s{1};
    s.run();
    Failure taken{{Cause::LocalFile, 13, "permission denied", 0}, true};
    taken.name_taken = true;
    s.fail(taken, 10);
    EXPECT_EQ(s.job.state, State::Transferring);
    EXPECT_NE(s.files[0].part, 0U);
    EXPECT_NE(temporary_path(s.job, s.files[0], 0), "/srv/" + temporary_name(s.job.id, 0));
    s.fail(taken, 11);
    EXPECT_EQ(s.job.state, State::Error) << "in this directory every name is taken";
}

TEST(FileErrors, WhatIsHereIsNotGivenUpForATakenName) {
    Sample s{1};
    s.run();
    s.files[0].offset = 10;
    Failure taken{{Cause::LocalFile, 13, "permission denied", 0}, true};
    taken.name_taken = true;
    s.fail(taken, 10);
    EXPECT_EQ(s.files[0].part, 0U);
    EXPECT_EQ(s.job.state, State::Error);
}

TEST(FileErrors, AReplyGetsAnotherNameEvenIfPartOfTheFileWasSent) {
    Sample s{1};
    s.job.type = Type::UploadReply;
    s.run();
    s.files[0].offset = 10;
    Failure taken{{Cause::LocalFile, 13, "permission denied", 0}, true};
    taken.name_taken = true;
    s.fail(taken, 10);
    EXPECT_EQ(s.job.state, State::Transferring);
    EXPECT_EQ(s.files[0].offset, 10U);
    EXPECT_NE(reply_temporary(s.job, s.files), temporary_name(s.job.id, ReplyIndex));
}

TEST(FileErrors, AJobThatIsTooLargeFailsForGood) {
    Sample s{2};
    EXPECT_FALSE(too_large(Sample(2, false).job, 300, at_second(1)));
    s.run();
    s.job.maximum_download_size = 299;
    s.take(*too_large(s.job, 300, at_second(10)));
    EXPECT_EQ(s.job.state, State::Error);
    EXPECT_EQ(s.job.error->cause, Cause::MaxDownloadSize);
    EXPECT_EQ(s.job.error_count, 1U);
}

TEST(FileErrors, TheJobWaitsForTheEarliestFile) {
    Sample s{2};
    s.run();
    s.run(1);
    s.around.others_move = true;
    s.fail(transient_failure(0), 10);
    s.around.others_move = false;
    s.fail(transient_failure(1), 20);
    EXPECT_EQ(s.job.state, State::TransientError);
    EXPECT_EQ(s.job.error->file, 0U);
    EXPECT_EQ(s.job.clocks.retry_at, at_second(70).boot);
}

TEST(FileErrors, AFileThatMayStartKeepsTheJobGoing) {
    Sample s{3};
    s.run();
    s.fail(transient_failure(0), 10);
    EXPECT_EQ(s.job.state, State::Transferring);
    EXPECT_FALSE(deferred(s.job, s.files, {}, at_second(11)));
}

TEST(FileErrors, AServerThatRestsHoldsTheJob) {
    Sample s{2};
    HostRest rest{at_second(500).boot, at_second(500).wall, {Cause::HttpStatus, 429, "busy", NoFile}};
    s.take(*deferred(
        s.job, s.files, [&](uint32_t) { return std::optional{rest}; }, at_second(1)));
    EXPECT_EQ(s.job.state, State::TransientError);
    EXPECT_EQ(wait_reason(s.job, at_second(1).wall), (WaitReason{"host", at_second(500).wall}));
    EXPECT_EQ(s.job.error->code, 429);
    EXPECT_EQ(s.job.error->file, 0U);
}

TEST(FileErrors, ProgressOfOneFileDoesNotResetAnother) {
    Sample s{2};
    s.run();
    s.run(1);
    s.around.others_move = true;
    s.fail(transient_failure(0), 10);
    s.take(*checkpointed(s.job, 1, s.files[1], report(50), {{}}, at_second(20)));
    s.run(0, 70);
    s.fail(transient_failure(0), 80);
    EXPECT_EQ(s.files[0].retry_wait, seconds{120});
    EXPECT_EQ(s.files[1].failures, 0U);
}

TEST(FileErrors, AFewBytesDoNotResetTheBackOff) {
    Sample s{1};
    s.run();
    s.fail(transient_failure(), 10);
    s.take(*retry_due(s.job, at_second(70)));
    s.run(0, 71);
    s.take(*progressed(s.job, 0, s.files[0], false, at_second(72)));
    EXPECT_FALSE(s.job.clocks.stalled_since);
    s.fail(transient_failure(), 80);
    EXPECT_EQ(s.job.retry_wait, seconds{120});
}

TEST(FileErrors, StopEndsTheJobWithTheFirstFile) {
    Sample s{3};
    s.run();
    s.run(1);
    s.around.others_move = true;
    s.fail(fatal_failure(1), 10);
    EXPECT_EQ(s.job.state, State::Error);
    EXPECT_EQ(s.effects, (std::vector<Effect>{Effect::StopTransfers}));
    EXPECT_EQ(states(s), "qeq");
    EXPECT_EQ(s.job.files_failed, 1U);
}

TEST(FileErrors, ContinueGoesOnAndCountsAtTheEnd) {
    auto s = going_on(3);
    s.run();
    s.fail(fatal_failure(0), 10);
    EXPECT_EQ(s.job.state, State::Transferring);
    EXPECT_TRUE(s.notifications.empty());
    s.run(1);
    s.fetch(1, 11);
    s.run(2);
    s.fail(fatal_failure(2), 12);
    EXPECT_EQ(s.job.state, State::Error);
    EXPECT_EQ(states(s), "ete");
    EXPECT_EQ(s.job.files_failed, 2U);
    EXPECT_EQ(s.job.error->code, 404);
    EXPECT_EQ(s.job.error->file, 0U);
    EXPECT_NE(s.job.error->message.find("2 of 3 files"), std::string::npos);
    EXPECT_EQ(s.notifications, (std::vector<Notification>{{NotificationKind::Error, 0}}));
}

TEST(FileErrors, ContinueWaitsForWhatTimeMayCure) {
    auto s = going_on(2);
    s.run();
    s.fail(fatal_failure(0), 10);
    s.run(1);
    s.fail(transient_failure(1), 11);
    EXPECT_EQ(s.job.state, State::TransientError);
    EXPECT_EQ(s.job.error->file, 1U);
    EXPECT_EQ(states(s), "ew");
}

TEST(FileErrors, ResumeTriesFailedFilesWithFreshCounts) {
    auto s = going_on(2);
    s.run();
    s.fetch(0);
    s.run(1);
    s.fail(transient_failure(1), 10);
    s.take(*retry_due(s.job, at_second(70)));
    s.run(1, 71);
    s.fail(fatal_failure(1), 72);
    ASSERT_EQ(s.job.state, State::Error);
    s.take(*resume(s.job, s.files, at_second(80)));
    EXPECT_EQ(s.job.files_failed, 0U);
    EXPECT_EQ(s.files[1].failures, 0U);
    EXPECT_FALSE(s.files[1].error);
    EXPECT_EQ(states(s), "tq");
}

TEST(FileErrors, ResumeBeginsAnewWhatProvedNothing) {
    Sample s{1};
    s.run();
    s.take(*checkpointed(s.job, 0, s.files[0], report(50, 100, "\"a\""), {{}}, at_second(2)));
    auto failure = fatal_failure();
    failure.error = {Cause::InvalidResponse, 0, "no proof", 0};
    s.fail(failure, 10);
    EXPECT_EQ(s.files[0].offset, 50U);
    s.take(*resume(s.job, s.files, at_second(20)));
    EXPECT_EQ(s.files[0].offset, 0U);
}

TEST(FileErrors, CausesOfTheJobStopItEitherWay) {
    auto s = going_on(2);
    s.run();
    s.run(1);
    s.around.others_move = true;
    auto failure = fatal_failure(0);
    failure.error.cause = Cause::MaxDownloadSize;
    s.fail(failure, 10);
    EXPECT_EQ(s.job.state, State::Error);
}

TEST(FileErrors, PatienceIsOfTheFileWithContinue) {
    auto s = going_on(2);
    s.run();
    s.run(1);
    s.around.others_move = true;
    s.fail(transient_failure(0), 10);
    EXPECT_FALSE(no_progress(s.job, s.files, at_second(1000)));
    s.take(*no_progress(s.job, s.files, at_second(1209610)));
    EXPECT_EQ(s.job.state, State::Transferring);
    EXPECT_EQ(s.files[0].error->cause, Cause::NoProgress);
    EXPECT_EQ(states(s), "eq");
}

TEST(FileErrors, ADiskIsWaitedForWithoutADate) {
    Sample s{1};
    s.run();
    auto failure = fatal_failure();
    failure.error = {Cause::DiskFull, 28, "no space", 0};
    failure.fatal = false;
    failure.storage = true;
    s.fail(failure, 10);
    EXPECT_EQ(wait_reason(s.job, at_second(10).wall), (WaitReason{"storage", {}}));
    EXPECT_FALSE(s.job.clocks.retry_at);
    EXPECT_FALSE(no_progress(s.job, s.files, at_second(9'000'000)));
    EXPECT_FALSE(try_again(s.job, s.files, at_second(20)));
    s.take(*wait_is_over(s.job, s.files, {0}, Wait::Storage, at_second(30)));
    EXPECT_EQ(s.job.state, State::Queued);
    EXPECT_TRUE(is_due(s.files[0], at_second(30).boot));
}

TEST(FileErrors, AWrongClockIsWaitedFor) {
    Sample s{1};
    s.run();
    auto failure = transient_failure();
    failure.error.cause = Cause::TlsCertificate;
    failure.clock = true;
    s.fail(failure, 10);
    EXPECT_EQ(wait_reason(s.job, at_second(10).wall).word, "clock");
    EXPECT_FALSE(wait_is_over(s.job, s.files, {0}, Wait::Storage, at_second(11)));
    s.take(*wait_is_over(s.job, s.files, {0}, Wait::Clock, at_second(11)));
    EXPECT_EQ(s.job.state, State::Queued);
    EXPECT_TRUE(is_due(s.files[0], at_second(11).boot));
}

TEST(FileErrors, ResumeMeansTheFolderThatIsThereNow) {
    Sample s{1};
    s.run();
    auto failure = transient_failure();
    failure.error.cause = Cause::LocalFile;
    failure.storage = true;
    s.fail(failure, 10);
    EXPECT_FALSE(s.files[0].clocks.other_folder);
    s.take(*resume(s.job, s.files, at_second(11)));
    EXPECT_TRUE(s.files[0].clocks.other_folder);
    s.run();
    s.fail(failure, 12);
    EXPECT_FALSE(s.files[0].clocks.other_folder) << "Resume counts for one try";
}

TEST(FileErrors, ARefusalByABusyServerIsNotFatal) {
    Sample s{2};
    s.run();
    s.around.others_move = true;
    auto failure = fatal_failure(1);
    failure.error.code = 403;
    failure.refused = true;
    s.fail(failure, 10);
    EXPECT_EQ(s.job.state, State::Transferring);
    EXPECT_EQ(states(s), "qw");
    EXPECT_TRUE(s.files[1].clocks.refused_at);
}

TEST(FileErrors, RefusalsAreKnownByTheirStatus) {
    struct Row {
        Cause cause;
        int32_t code;
        bool refusal;
    };
    for (const auto& row : std::vector<Row>{{Cause::HttpStatus, 503, true},
                                            {Cause::HttpStatus, 429, true},
                                            {Cause::HttpStatus, 403, true},
                                            {Cause::HttpStatus, 500, false},
                                            {Cause::ConnectFailure, 7, true},
                                            {Cause::ConnectionLost, 56, true},
                                            {Cause::Timeout, 28, false}}) {
        Failure failure;
        failure.error = {row.cause, row.code, "", 0};
        EXPECT_EQ(is_refusal(failure), row.refusal) << to_string(row.cause) << row.code;
        failure.retry_after = seconds{5};
        EXPECT_FALSE(is_refusal(failure));
    }
}

TEST(FileErrors, WhatCouldNotBePublishedIsLookedAtAgainByResume) {
    Sample s{1};
    s.run();
    s.fetch(0);
    ASSERT_EQ(s.job.state, State::Transferred);
    EXPECT_EQ(code_of(resume(s.job, s.files, at_second(5))), Errc::Empty);
    s.take(*unpublished(s.job, 0, s.files[0]));
    s.take(*resume(s.job, s.files, at_second(6)));
    EXPECT_EQ(s.job.state, State::Queued);
    EXPECT_EQ(s.job.files_transferred, 0U);
}

TEST(FileErrors, WhatHasItsNameIsNotFetchedAgain) {
    Sample s{2};
    s.run();
    s.fetch(0);
    s.fetch(1);
    s.take(*complete(s.job, at_second(5)));
    s.take(*unpublished(s.job, 0, s.files[0]));
    s.take(*publish_failed(s.job, {Errc::LocalFile, "the folder is read-only"}, at_second(6)));
    s.take(*complete(s.job, at_second(7)));
    s.take(*published(s.job, 0, s.files[0]));
    s.take(*unpublished(s.job, 1, s.files[1]));
    s.take(*publish_failed(s.job, {Errc::LocalFile, "the folder is read-only"}, at_second(8)));
    s.take(*resume(s.job, s.files, at_second(9)));
    EXPECT_TRUE(s.files[0].transferred);
    EXPECT_FALSE(s.files[1].transferred);
    EXPECT_EQ(s.job.files_transferred, 1U);
}

TEST(FileErrors, WaitsGoOnAfterARestart) {
    Sample s{1};
    s.run();
    s.fail(transient_failure(), 10);
    auto file = s.files[0];
    Now later{{seconds{3}}, at_second(30).wall};
    recover(file, later);
    EXPECT_EQ(file.clocks.retry_at, later.boot + seconds{40});
    EXPECT_TRUE(file.clocks.stalled_since);
}

TEST(FileErrors, ATakenNameIsNamedUntilTheFileHasOne) {
    Sample s{1};
    s.run();
    s.fetch(0);
    s.take(*complete(s.job, at_second(5)));
    s.take(*name_taken(s.job, 0, s.files[0], "there is a 'f0' already"));
    s.take(*publish_failed(s.job, {Errc::FileExists, "there is a 'f0' already"}, at_second(6)));
    EXPECT_EQ(s.job.state, State::Transferred);
    ASSERT_TRUE(s.files[0].error);
    EXPECT_EQ(s.files[0].error->cause, Cause::FileExists);
    s.take(*complete(s.job, at_second(7)));
    s.take(*published(s.job, 0, s.files[0]));
    EXPECT_FALSE(s.files[0].error);
}

TEST(FileErrors, AJobThatCompletesItselfFailsWithTheTakenName) {
    auto request = request_for(1, true);
    request.settings.set<&Settings::auto_complete>(true);
    Sample s{request};
    s.run();
    s.fetch(0);
    s.take(*publish_failed(s.job, {Errc::FileExists, "there is a 'f0' already"}, at_second(6)));
    EXPECT_EQ(s.job.state, State::Error);
    EXPECT_EQ(s.job.error->cause, Cause::FileExists);
}

TEST(FileNames, FollowTheServerOnlyAtTheBeginningAndOnlyInTheirDirectory) {
    auto request = request_for(1, true);
    request.files[0].server_name = true;
    request.files[0].existing = Existing::Rename;
    Sample s{request};
    s.grant();
    auto local = s.files[0].spec.local;
    auto answer = first_answer();
    for (const char* name : {"", "a/b", "..", "\n"}) {
        answer.name = name;
        EXPECT_EQ(begun(s.job, 0, s.files[0], answer, Limits{}, at_second(1))->files.at(0).spec.local, local)
            << name;
    }
    answer.name = "song.ogg";
    s.take(*begun(s.job, 0, s.files[0], answer, Limits{}, at_second(1)));
    EXPECT_EQ(s.files[0].spec.local, directory_of(local) + "/song.ogg");
    s.files[0].offset = answer.report.offset = 10;
    answer.name = "other.ogg";
    s.take(*begun(s.job, 0, s.files[0], answer, Limits{}, at_second(1)));
    EXPECT_EQ(name_of(s.files[0].spec.local), "song.ogg");
}

TEST(FileNames, AreThoseThatTheFilesGotIfTheyMayBeOthers) {
    for (auto existing : {Existing::Replace, Existing::Rename}) {
        auto request = request_for(1, true);
        request.files[0].existing = existing;
        Sample s{request};
        s.run();
        s.fetch(0);
        s.take(*complete(s.job, at_second(5)));
        auto name = name_of(s.files[0].spec.local);
        s.take(*published(s.job, 0, s.files[0], "other"));
        EXPECT_EQ(name_of(s.files[0].spec.local), existing == Existing::Rename ? "other" : name);
    }
}

} // namespace haulier::job
