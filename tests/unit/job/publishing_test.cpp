// SPDX-License-Identifier: LGPL-2.1-or-later
// Files that get their names while their job goes on.
#include "job/file_state.hpp"
#include "samples.hpp"

namespace haulier::job {

namespace {

using Indexes = std::vector<uint32_t>;

const Error TakenName{Errc::FileExists, "the name is taken"};
const Error NoFolder{Errc::LocalFile, "the folder is gone"};

/// A job whose files get their names at once.
struct EachSample : Sample {
    explicit EachSample(int count = 2, OnFileError on_file_error = OnFileError::Stop)
        : Sample(request(count, on_file_error)) {}
    static Request request(int count, OnFileError on_file_error) {
        auto wanted = request_for(count, true);
        wanted.settings.set<&Settings::publish_files>(PublishFiles::Each);
        wanted.settings.set<&Settings::on_file_error>(on_file_error);
        NotifyFlags flags;
        flags.file_transferred = true;
        wanted.settings.set<&Settings::notify_flags>(flags);
        return wanted;
    }
    void name(uint32_t index) { take(*named(job, index, files, "", at_second(3))); }
    void refuse_name(uint32_t index, const Error& why) {
        take(*unnamed(job, index, files, why, at_second(3)));
    }
};

Sample transferred(int count) {
    Sample s{count};
    s.run();
    for (int i = 0; i < count; ++i)
        s.fetch(static_cast<uint32_t>(i));
    return s;
}

} // namespace

TEST(PublishEach, AFileIsToldOfWhenItHasItsName) {
    EachSample s;
    s.run();
    s.fetch(0);
    EXPECT_TRUE(s.files[0].naming);
    EXPECT_FALSE(has_arrived(s.job, s.files[0]));
    EXPECT_TRUE(s.notifications.empty());
    s.name(0);
    EXPECT_TRUE(s.files[0].completed);
    EXPECT_FALSE(s.files[0].naming);
    EXPECT_TRUE(has_arrived(s.job, s.files[0]));
    EXPECT_EQ(s.notifications, (std::vector<Notification>{{NotificationKind::FileTransferred, 0}}));
    EXPECT_EQ(s.job.state, State::Transferring);
}

TEST(PublishEach, TheJobIsTransferredWhenTheLastFileHasItsName) {
    EachSample s;
    s.run();
    s.fetch(0);
    s.fetch(1);
    EXPECT_EQ(s.job.state, State::Transferring);
    s.name(1);
    EXPECT_EQ(s.job.state, State::Transferring);
    s.name(0);
    EXPECT_EQ(s.job.state, State::Transferred);
    EXPECT_EQ(s.notifications, (std::vector<Notification>{{NotificationKind::FileTransferred, 0},
                                                          {NotificationKind::Transferred, NoFile}}));
    s.take(*complete(s.job, at_second(4)));
    s.take(*publish_succeeded(s.job, at_second(4)));
    EXPECT_EQ(end_result_of(s.job).kept, 2U);
}

TEST(PublishEach, AJobThatIsSuspendedMeanwhileIsTransferred) {
    EachSample s{1};
    s.run();
    s.fetch(0);
    s.take(*suspend(s.job, at_second(2)));
    s.name(0);
    EXPECT_EQ(s.job.state, State::Transferred);
}

TEST(PublishEach, AJobThatCompletesItselfDoesSoAfterwards) {
    EachSample s{1};
    s.change(patch<&Settings::auto_complete>(true));
    s.run();
    s.fetch(0);
    EXPECT_EQ(s.job.state, State::Transferring);
    s.name(0);
    EXPECT_EQ(s.job.state, State::Publishing);
    EXPECT_TRUE(has(s.effects, Effect::Publish));
}

TEST(PublishEach, AnOnDemandJobIsNotSuspendedBeforeItsLastNameIsGiven) {
    auto request = EachSample::request(1, OnFileError::Stop);
    request.settings.set<&Settings::on_demand>(true);
    request.resume = false;
    Sample s{request};
    s.take(*request_ranges(s.job, 0, s.files[0], {{0, ToEnd}}, Limits{}, at_second(1)));
    s.take(*resume(s.job, s.files, at_second(1)));
    s.run();
    s.fetch(0);
    EXPECT_TRUE(s.files[0].naming);
    EXPECT_EQ(s.job.state, State::Transferring);
    EXPECT_FALSE(settled(s.job, s.files, at_second(2)));
    s.take(*named(s.job, 0, s.files, "", at_second(3)));
    EXPECT_EQ(s.job.state, State::Transferred);
}

TEST(PublishEach, ANameThatCannotBeGivenFailsTheFileAndResumeTriesAgain) {
    EachSample s;
    s.run();
    s.fetch(0);
    s.refuse_name(0, TakenName);
    EXPECT_EQ(s.job.state, State::Error);
    EXPECT_EQ(s.job.error->cause, Cause::FileExists);
    EXPECT_EQ(s.job.error->file, 0U);
    EXPECT_EQ(s.job.files_failed, 1U);
    EXPECT_EQ(state_of(s.job, s.files[0], false), FileState::Error);
    EXPECT_TRUE(s.files[0].transferred);
    EXPECT_TRUE(has(s.effects, Effect::StopTransfers));
    s.take(*resume(s.job, s.files, at_second(4)));
    EXPECT_TRUE(s.files[0].naming);
    EXPECT_EQ(s.job.files_failed, 0U);
    EXPECT_FALSE(s.files[0].error);
    s.name(0);
    EXPECT_EQ(state_of(s.job, s.files[0], false), FileState::Transferred);
    EXPECT_EQ(s.job.state, State::Queued);
}

TEST(PublishEach, AFileThatMayBeGoneIsLookedAtOnceMore) {
    EachSample s{1};
    s.run();
    s.fetch(0);
    s.refuse_name(0, NoFolder);
    EXPECT_EQ(s.job.error->cause, Cause::LocalFile);
    s.take(*resume(s.job, s.files, at_second(4)));
    EXPECT_FALSE(s.files[0].transferred || s.files[0].naming || s.files[0].failed);
    EXPECT_EQ(s.job.files_transferred, 0U);
    s.run(0, 5);
    s.fetch(0, 6);
    s.name(0);
    EXPECT_EQ(s.job.state, State::Transferred);
}

TEST(PublishEach, TheOthersGoOnWithContinueAndTheJobFailsAtTheEnd) {
    EachSample s{2, OnFileError::Continue};
    s.run();
    s.fetch(0);
    s.refuse_name(0, TakenName);
    EXPECT_EQ(s.job.state, State::Transferring);
    s.fetch(1);
    s.name(1);
    EXPECT_EQ(s.job.state, State::Error);
    EXPECT_EQ(s.job.error->message, "1 of 2 files failed; file 0: the name is taken");
}

TEST(PublishEach, TheJobFailsOnlyWhenTheLastFileHasItsName) {
    EachSample s{2, OnFileError::Continue};
    s.run();
    s.fetch(0);
    s.fail(fatal_failure(1), 2);
    EXPECT_EQ(s.job.state, State::Transferring);
    EXPECT_FALSE(deferred(s.job, s.files, {}, at_second(2)));
    s.name(0);
    EXPECT_EQ(s.job.state, State::Error);
    EXPECT_TRUE(s.files[0].completed);
    EXPECT_EQ(s.job.error->file, 1U);
    EXPECT_EQ(s.job.files_failed, 1U);
}

TEST(PublishEach, TheJobFailsAsWellWhenTheLastNameCannotBeGiven) {
    EachSample s{2, OnFileError::Continue};
    s.run();
    s.fetch(0);
    s.fail(fatal_failure(1), 2);
    s.refuse_name(0, TakenName);
    EXPECT_EQ(s.job.state, State::Error);
    EXPECT_EQ(s.job.files_failed, 2U);
}

TEST(PublishEach, AFailedJobThatCompletesItselfMayGiveTheNameAfterAll) {
    EachSample s{2, OnFileError::Continue};
    s.change(patch<&Settings::auto_complete>(true));
    s.run();
    s.fetch(0);
    s.refuse_name(0, NoFolder);
    s.fail(fatal_failure(1), 4);
    EXPECT_EQ(s.job.state, State::Error);
    EXPECT_EQ(s.job.files_failed, 2U);
    EXPECT_TRUE(has(s.effects, Effect::PublishFinished));
    s.take(*published(s.job, 0, s.files[0]));
    EXPECT_TRUE(s.files[0].completed);
    EXPECT_FALSE(s.files[0].failed || s.files[0].error);
    EXPECT_EQ(s.job.files_failed, 1U);
    EXPECT_EQ(s.notifications, (std::vector<Notification>{{NotificationKind::FileTransferred, 0}}));
}

TEST(PublishEach, ASuspendedJobFailsAsWell) {
    EachSample s{1, OnFileError::Continue};
    s.run();
    s.fetch(0);
    s.take(*suspend(s.job, at_second(2)));
    s.refuse_name(0, TakenName);
    EXPECT_EQ(s.job.state, State::Error);
}

TEST(PublishEach, IsForDownloadsAndIsChosenBeforeTheFirstResume) {
    EachSample s{1};
    EXPECT_EQ(s.refusal(patch<&Settings::publish_files>(PublishFiles::Together)), Errc::ReadOnlyAfterResume);
    auto upload = request_for(1);
    upload.type = Type::Upload;
    Sample sent{upload};
    EXPECT_EQ(sent.refusal(patch<&Settings::publish_files>(PublishFiles::Each)), Errc::NotSupported);
}

TEST(PublishEach, WhatHasItsNameStaysWithAnotherOwner) {
    EachSample s{3};
    s.run();
    for (uint32_t i = 0; i < 3; ++i)
        s.fetch(i);
    s.name(0);
    s.take(*release_ownership(s.job, s.files, at_second(4)));
    EXPECT_TRUE(s.files[0].completed && s.files[0].transferred);
    EXPECT_FALSE(s.files[1].transferred || s.files[1].naming);
    EXPECT_EQ(s.job.files_transferred, 1U);
}

TEST(CompleteFiles, GivesNamesWhileTheJobGoesOn) {
    Sample s{3};
    s.run();
    s.fetch(0);
    s.fetch(1);
    s.take(*complete_files(s.job, s.files, {1, 0, 1}, at_second(3)));
    EXPECT_TRUE(s.files[0].naming && s.files[1].naming);
    EXPECT_EQ(s.job.state, State::Transferring);
    s.take(*named(s.job, 0, s.files, "", at_second(4)));
    EXPECT_TRUE(s.files[0].completed);
    EXPECT_TRUE(s.notifications.empty()) << "its client knows of it already";
    EXPECT_TRUE(complete_files(s.job, s.files, {0}, at_second(5))->files.empty());
}

TEST(CompleteFiles, IsAllOrNothing) {
    Sample s{2};
    s.run();
    s.fetch(0);
    EXPECT_EQ(code_of(complete_files(s.job, s.files, {0, 1}, at_second(3))), Errc::Pending);
    EXPECT_EQ(code_of(complete_files(s.job, s.files, {0, 2}, at_second(3))), Errc::InvalidArgument);
    EXPECT_EQ(code_of(complete_files(s.job, s.files, {}, at_second(3))), Errc::InvalidArgument);
    auto upload = request_for(1);
    upload.type = Type::Upload;
    Sample sent{upload};
    EXPECT_EQ(code_of(complete_files(sent.job, sent.files, {0}, at_second(3))), Errc::NotSupported);
}

TEST(CompleteFiles, AFailureIsThatOfTheCallAndNotOfTheJob) {
    auto s = transferred(2);
    s.take(*complete_files(s.job, s.files, {0}, at_second(3)));
    s.take(*unnamed(s.job, 0, s.files, TakenName, at_second(3)));
    EXPECT_EQ(s.job.state, State::Transferred);
    EXPECT_FALSE(s.files[0].naming || s.files[0].failed);
    EXPECT_EQ(s.files[0].error->cause, Cause::FileExists);
    s.take(*complete_files(s.job, s.files, {0}, at_second(4)));
    EXPECT_FALSE(s.files[0].error);
    s.take(*named(s.job, 0, s.files, "", at_second(4)));
    EXPECT_EQ(s.job.state, State::Transferred);
}

TEST(CompleteFiles, AJobWhoseLastFileHasComeMeanwhileIsTransferredAlsoAfterAFailure) {
    Sample s{2};
    s.run();
    s.fetch(0);
    s.take(*complete_files(s.job, s.files, {0}, at_second(3)));
    s.fetch(1);
    EXPECT_EQ(s.job.state, State::Transferring);
    s.take(*unnamed(s.job, 0, s.files, NoFolder, at_second(4)));
    EXPECT_EQ(s.job.state, State::Transferred);
}

TEST(CompleteFiles, TheClientJudgesNoFileThatHasItsName) {
    auto s = transferred(2);
    s.take(*complete_files(s.job, s.files, {0}, at_second(3)));
    EXPECT_EQ(code_of(set_validation(s.job, 0, s.files[0], true, at_second(3))), Errc::InvalidState);
    s.take(*named(s.job, 0, s.files, "", at_second(3)));
    EXPECT_EQ(code_of(set_validation(s.job, 0, s.files[0], false, at_second(3))), Errc::InvalidState);
    EXPECT_TRUE(set_validation(s.job, 1, s.files[1], true, at_second(3)));
}

TEST(CompleteFiles, AJobThatIsCompletedMeanwhileEnds) {
    auto s = transferred(1);
    s.take(*complete_files(s.job, s.files, {0}, at_second(3)));
    s.take(*complete(s.job, at_second(3)));
    s.take(*named(s.job, 0, s.files, "", at_second(3)));
    EXPECT_EQ(s.job.state, State::Publishing);
    EXPECT_FALSE(published(s.job, 0, s.files[0])) << "it has its name";
    s.take(*publish_succeeded(s.job, at_second(3)));
    EXPECT_EQ(s.job.state, State::Acknowledged);
}

} // namespace haulier::job
