// SPDX-License-Identifier: LGPL-2.1-or-later
// Files that leave their job.
#include "job/file_state.hpp"
#include "job/history.hpp"
#include "samples.hpp"

namespace haulier::job {

namespace {

using Indexes = std::vector<uint32_t>;

void remove(Sample& s, const Indexes& indexes) {
    s.take(*remove_files(s.job, s.files, indexes, at_second(5)));
}

Sample running(int count) {
    Sample s{count};
    s.run();
    return s;
}

} // namespace

TEST(RemoveFiles, TheOthersGoOnWithTheirNumbers) {
    auto s = running(3);
    s.fetch(0);
    remove(s, {1});
    EXPECT_EQ(s.job.state, State::Transferring);
    EXPECT_EQ(state_of(s.job, s.files[1], true), FileState::Removed);
    EXPECT_EQ(listed_files(s.job), 2U);
    EXPECT_EQ(arrived_files(s.job), 1U);
    EXPECT_FALSE(is_unfinished(s.job, s.files[1]));
    s.fetch(2);
    EXPECT_EQ(s.job.state, State::Transferred);
    s.take(*complete(s.job, at_second(6)));
    s.take(*publish_succeeded(s.job, at_second(6)));
    EXPECT_EQ(end_result_of(s.job).kept, 2U);
    EXPECT_EQ(end_result_of(s.job).word(), "complete");
    EXPECT_EQ(ended_job(s.job, s.files).files_total, 2U);
}

TEST(RemoveFiles, MakesRoomForOthers) {
    auto s = running(2);
    Limits limits;
    limits.files_per_job = 2;
    FileSpec another = s.files[0].spec;
    another.local += "-another";
    EXPECT_EQ(add_files(s.job, {another}, limits, at_second(4)).error().code, Errc::TooManyFiles);
    remove(s, {1});
    EXPECT_TRUE(add_files(s.job, {another}, limits, at_second(6)));
}

TEST(RemoveFiles, TheLastUnfinishedOneMakesTheJobTransferred) {
    auto s = running(2);
    s.fetch(0);
    remove(s, {1});
    EXPECT_EQ(s.job.state, State::Transferred);
    EXPECT_EQ(s.notifications, (std::vector<Notification>{{NotificationKind::Transferred, NoFile}}));
    EXPECT_TRUE(has(s.effects, Effect::StopTransfers));
    EXPECT_EQ(s.revoked.files, (Indexes{1}));
}

TEST(RemoveFiles, AlsoInAJobThatHasFailedBecauseOfIt) {
    auto s = running(2);
    s.fetch(0);
    s.fail(fatal_failure(1), 3);
    ASSERT_EQ(s.job.state, State::Error);
    remove(s, {1});
    EXPECT_EQ(s.job.state, State::Transferred);
    EXPECT_EQ(s.job.files_failed, 0U);
    EXPECT_FALSE(s.job.error);
    EXPECT_TRUE(s.revoked.end) << "its client is not told of the failure any more";
}

TEST(RemoveFiles, AFailedJobWithMoreToDoStaysFailed) {
    auto s = running(2);
    s.fail(fatal_failure(1), 3);
    remove(s, {1});
    EXPECT_EQ(s.job.state, State::Error);
    s.take(*resume(s.job, s.files, at_second(6)));
    EXPECT_EQ(s.job.state, State::Queued);
}

TEST(RemoveFiles, TheLastOfAllLeavesTheJobSuspended) {
    for (bool fails : {false, true}) {
        auto s = running(1);
        fails ? s.fail(fatal_failure(0), 3) : s.fetch(0);
        remove(s, {0});
        EXPECT_EQ(s.job.state, State::Suspended);
        EXPECT_EQ(wait_reason(s.job, {}).word, "empty");
        EXPECT_TRUE(s.revoked.end);
        EXPECT_EQ(code_of(resume(s.job, s.files, at_second(6))), Errc::Empty);
        s.take(*add_files(s.job, {spec("new")}, Limits{}, at_second(6)));
        EXPECT_EQ(s.files.size(), 2U);
        EXPECT_TRUE(resume(s.job, s.files, at_second(7)));
    }
}

TEST(RemoveFiles, EndsTheWaitForThem) {
    auto s = running(2);
    s.fail(transient_failure(0), 3);
    s.fail(transient_failure(1), 3);
    ASSERT_EQ(s.job.state, State::TransientError);
    remove(s, {0});
    EXPECT_EQ(s.job.state, State::Queued);
}

TEST(RemoveFiles, AJobThatCompletesItselfDoesSo) {
    auto s = running(2);
    s.change(patch<&Settings::auto_complete>(true));
    s.fetch(0);
    remove(s, {1});
    EXPECT_EQ(s.job.state, State::Publishing);
}

TEST(RemoveFiles, IsAllOrNothing) {
    auto s = running(3);
    s.fetch(0);
    s.take(*complete_files(s.job, s.files, {0}, at_second(3)));
    EXPECT_EQ(code_of(remove_files(s.job, s.files, {1, 0}, at_second(5))), Errc::InvalidState);
    EXPECT_EQ(code_of(remove_files(s.job, s.files, {1, 3}, at_second(5))), Errc::InvalidArgument);
    EXPECT_EQ(code_of(remove_files(s.job, s.files, {}, at_second(5))), Errc::InvalidArgument);
    remove(s, {1, 1});
    EXPECT_EQ(s.job.files_removed, 1U);
    EXPECT_TRUE(remove_files(s.job, s.files, {1}, at_second(6))->files.empty());
    EXPECT_EQ(code_of(complete_files(s.job, s.files, {1}, at_second(6))), Errc::InvalidState);
    EXPECT_EQ(code_of(set_validation(s.job, 1, s.files[1], true, at_second(6))), Errc::InvalidState);
}

TEST(RemoveFiles, WhatTheWorkerStillSaysDoesNotCount) {
    auto s = running(2);
    remove(s, {0});
    EXPECT_FALSE(checkpointed(s.job, 0, s.files[0], report(50), {}, at_second(6)));
    EXPECT_FALSE(fetched(s.job, 0, s.files, {}, {}, Limits{}, at_second(6)));
    EXPECT_FALSE(failed(s.job, 0, s.files, fatal_failure(0), {}, RetryPolicy{}, s.random, at_second(6)));
}

TEST(RemoveFiles, TheTargetIsThatOfTheOthers) {
    auto request = request_for(3, true);
    request.files[1].local = "/elsewhere/f1";
    Sample s{request};
    EXPECT_EQ(target_of(s.files), "");
    remove(s, {1});
    EXPECT_EQ(target_of(s.files), "/srv/files");
    remove(s, {0});
    EXPECT_EQ(target_of(s.files), "/srv/files/f2");
    remove(s, {2});
    EXPECT_EQ(target_of(s.files), "");
}

} // namespace haulier::job
