// SPDX-License-Identifier: LGPL-2.1-or-later
// What the verbs and setters mean (BITS 2.2, 2.5, 2.6).
#include "samples.hpp"

#include <gtest/gtest.h>

namespace haulier::job {

namespace {

TEST(Create, MakesASuspendedJobWithBitsDefaults) {
    Sample s{2, false};
    EXPECT_EQ(s.job.state, State::Suspended);
    EXPECT_EQ(s.job.files_total, 2U);
    EXPECT_EQ(s.job.minimum_retry_delay, std::chrono::seconds{60});
    EXPECT_EQ(s.job.no_progress_timeout, std::chrono::seconds{1209600});
    EXPECT_EQ(wait_reason(s.job, at_second(3).wall).word, "suspended");
    EXPECT_EQ(wait_reason(Sample{0, false}.job, {}).word, "empty");
}

TEST(Create, StartsAtOnceWhenAsked) {
    Sample s{1, true};
    EXPECT_EQ(s.job.state, State::Queued);
    EXPECT_EQ(s.files.size(), 1U);
    EXPECT_EQ(code_of(create(SampleId, 1, request_for(0, true), Limits{}, at_second(0))), Errc::Empty);
}

TEST(Create, HoldsTheFileLimitAtTheBoundAndOneAbove) {
    Limits limits;
    limits.files_per_job = 3;
    EXPECT_TRUE(create(SampleId, 1, request_for(3), limits, at_second(0)));
    EXPECT_EQ(code_of(create(SampleId, 1, request_for(4), limits, at_second(0))), Errc::TooManyFiles);
}

TEST(Create, RaisesARetryDelayBelowFiveSeconds) {
    auto request = request_for(1);
    request.settings.set<&Settings::minimum_retry_delay>(std::chrono::seconds{0});
    EXPECT_EQ(create(SampleId, 1, request, Limits{}, at_second(0))->job.minimum_retry_delay,
              std::chrono::seconds{5});
}

TEST(AddFiles, NumbersThemOnAndTakesAllOrNothing) {
    Sample s{2, false};
    auto d = add_files(s.job, {spec("x"), spec("y")}, Limits{}, at_second(1));
    ASSERT_TRUE(d);
    EXPECT_EQ(d->files.begin()->first, 2U);
    EXPECT_EQ(d->job.files_total, 4U);
    auto bad = spec("z");
    bad.local = "relative";
    EXPECT_EQ(code_of(add_files(s.job, {spec("x"), bad}, Limits{}, at_second(1))), Errc::InvalidArgument);
    EXPECT_EQ(code_of(add_files(s.job, {}, Limits{}, at_second(1))), Errc::InvalidArgument);
}

TEST(Resume, NeedsSomethingToTransfer) {
    EXPECT_EQ(code_of(resume(Sample{0, false}.job, {}, at_second(1))), Errc::Empty);
    Sample s{1};
    s.run();
    s.fetch(0);
    ASSERT_EQ(s.job.state, State::Transferred);
    EXPECT_EQ(code_of(resume(s.job, s.files, at_second(3))), Errc::Empty);
}

TEST(Resume, OfATransferredJobFetchesOnlyWhatWasAdded) {
    Sample s{1};
    s.run();
    s.fetch(0);
    s.take(*add_files(s.job, {spec("late")}, Limits{}, at_second(3)));
    EXPECT_EQ(s.job.state, State::Transferred);
    auto d = resume(s.job, s.files, at_second(4));
    ASSERT_TRUE(d);
    EXPECT_EQ(d->job.state, State::Queued);
    EXPECT_EQ(d->job.transferred_at, WallTime{});
    EXPECT_TRUE(d->revoked.end);
}

TEST(Resume, TriesFailedFilesAgainAlsoAfterACompleteThatFailed) {
    Sample s{2};
    s.run();
    s.fetch(0);
    s.fail(fatal_failure(1), 2);
    ASSERT_EQ(s.job.state, State::Error);
    s.take(*complete(s.job, at_second(3)));
    s.take(*publish_failed(s.job, {Errc::LocalFile, "no such directory"}, at_second(4)));
    ASSERT_EQ(s.job.state, State::Transferred);
    s.take(*resume(s.job, s.files, at_second(5)));
    EXPECT_EQ(s.job.state, State::Queued);
    EXPECT_EQ(s.job.files_failed, 0U);
    EXPECT_FALSE(s.files[1].failed);
}

TEST(Resume, KeepsTheErrorReadableUntilDataFlows) {
    Sample s{1};
    s.run();
    s.fail(fatal_failure(), 2);
    ASSERT_EQ(s.job.state, State::Error);
    s.take(*resume(s.job, s.files, at_second(3)));
    EXPECT_EQ(s.job.state, State::Queued);
    EXPECT_TRUE(s.job.error);
    s.run();
    EXPECT_FALSE(s.job.error);
}

TEST(Suspend, StopsTransfersAndForgetsWaits) {
    Sample s{1};
    s.run();
    s.take(*suspend(s.job, at_second(2)));
    EXPECT_EQ(s.job.state, State::Suspended);
    EXPECT_TRUE(has(s.effects, Effect::StopTransfers));
    s.take(*suspend(s.job, at_second(3)));
    EXPECT_EQ(s.job.state, State::Suspended);
}

TEST(Suspend, LeavesATransferredJobAsItIs) {
    Sample s{1};
    s.run();
    s.fetch(0);
    EXPECT_EQ(suspend(s.job, at_second(3))->job.state, State::Transferred);
}

TEST(Cancel, DeletesEverything) {
    Sample s{2};
    s.take(*cancel(s.job, at_second(1)));
    EXPECT_EQ(s.job.state, State::Cancelled);
    EXPECT_TRUE(has(s.effects, Effect::DiscardAll));
}

TEST(Complete, PromisesFirstAndAcknowledgesWhenPublished) {
    Sample s{2};
    s.run();
    s.fetch(0);
    s.take(*complete(s.job, at_second(3)));
    EXPECT_EQ(s.job.state, State::Publishing);
    EXPECT_EQ(wait_reason(s.job, at_second(3).wall).word, "completing");
    EXPECT_TRUE(has(s.effects, Effect::Publish));
    s.take(*published(s.job, 0, s.files[0]));
    EXPECT_TRUE(s.files[0].completed);
    s.take(*publish_succeeded(s.job, at_second(4)));
    EXPECT_EQ(s.job.state, State::Acknowledged);
    EXPECT_TRUE(has(s.effects, Effect::DiscardUnfinished));
    EXPECT_EQ(end_result_of(s.job).kept, 1U);
    EXPECT_EQ(end_result_of(s.job).dropped, 1U);
    EXPECT_EQ(end_result_of(s.job).word(), "partial");
}

TEST(Complete, MayBeCalledAgainAfterAFailedRename) {
    Sample s{1};
    s.run();
    s.fetch(0);
    s.take(*complete(s.job, at_second(3)));
    s.take(*publish_failed(s.job, {Errc::LocalFile, "no such directory"}, at_second(4)));
    EXPECT_EQ(s.job.state, State::Transferred);
    EXPECT_TRUE(complete(s.job, at_second(5)));
}

TEST(Complete, OfAnEmptyJobIsComplete) {
    Sample s{0, false};
    s.take(*complete(s.job, at_second(1)));
    s.take(*publish_succeeded(s.job, at_second(1)));
    EXPECT_EQ(end_result_of(s.job).word(), "complete");
}

/// Every verb and setter, by name.
std::vector<std::pair<std::string, Result<Decision>>> everything_on(const Job& job) {
    Now now = at_second(9);
    File file;
    return {
        {"add_files", add_files(job, {spec("x")}, Limits{}, now)},
        {"resume", resume(job, {}, now)},
        {"suspend", suspend(job, now)},
        {"cancel", cancel(job, now)},
        {"complete", complete(job, now)},
        {"release_ownership", release_ownership(job, {}, now)},
        {"take_ownership", take_ownership(job, 0, now)},
        {"change", change(job, {}, patch<&Settings::description>("x"), now)},
        {"renotify", renotify(job, now)},
        {"set_remote_name", set_remote_name(job, 0, file, "http://example.org", now)},
        {"replace_remote_prefix", replace_remote_prefix(job, {}, "http:", "https:", now)},
        {"complete_files", complete_files(job, {}, {0}, now)},
        {"remove_files", remove_files(job, {}, {0}, now)},
        {"set_validation", set_validation(job, 0, file, true, now)},
        {"request_ranges", request_ranges(job, 0, file, {{0, 1}}, Limits{}, now)},
        {"update_position", update_position(job, 0, file, 0, now)},
    };
}

TEST(AnEndedJob, RefusesEveryVerbAndSetter) {
    Sample s{1, false};
    s.take(*cancel(s.job, at_second(1)));
    for (const auto& [name, result] : everything_on(s.job))
        EXPECT_EQ(code_of(result), Errc::InvalidState) << name;
    EXPECT_EQ(code_of(remove_credentials(s.job, {}, {}, at_second(9))), Errc::InvalidState);
}

TEST(AJobBeingCompleted, RefusesEveryVerbAndSetter) {
    Sample s{1, false};
    s.take(*complete(s.job, at_second(1)));
    for (const auto& [name, result] : everything_on(s.job))
        EXPECT_EQ(code_of(result), Errc::InvalidState) << name;
    EXPECT_EQ(code_of(remove_credentials(s.job, {}, {}, at_second(9))), Errc::InvalidState);
}

TEST(NotifyFlags, ThatLeaveOutFilesRevokeWhatWasToBeSaidOfThem) {
    Sample s{1};
    auto revokes = [&](NotifyFlags flags) {
        return change(s.job, s.files, patch<&Settings::notify_flags>(flags), at_second(3))->revoked.all_files;
    };
    NotifyFlags flags;
    flags.file_transferred = true;
    EXPECT_FALSE(revokes(flags));
    flags.disable = true;
    EXPECT_TRUE(revokes(flags));
    EXPECT_TRUE(revokes({}));
    EXPECT_FALSE(change(s.job, s.files, patch<&Settings::description>("x"), at_second(3))->revoked.all_files);
}

TEST(Revocation, CoversWhatIsNoLongerTrue) {
    const Notification end{NotificationKind::Transferred, NoFile};
    const Notification first{NotificationKind::FileTransferred, 0};
    const Notification second{NotificationKind::FileTransferred, 1};
    Revocation revoked;
    EXPECT_FALSE(revoked.covers(end) || revoked.covers(first));
    revoked.files = {1};
    EXPECT_TRUE(revoked.covers(second));
    EXPECT_FALSE(revoked.covers(end) || revoked.covers(first));
    revoked = {.end = true, .all_files = false, .questions = false, .files = {}};
    EXPECT_TRUE(revoked.covers(end));
    EXPECT_FALSE(revoked.covers(first));
    revoked.all_files = true;
    EXPECT_TRUE(revoked.covers(first));
}

TEST(RegisteringLate, SaysTheEndAgain) {
    Sample s{1};
    s.run();
    s.fetch(0);
    auto told = [&](const SettingsPatch& patch) {
        return change(s.job, s.files, patch, at_second(3))->notifications;
    };
    std::vector<Notification> again{{NotificationKind::Transferred, NoFile}};
    EXPECT_EQ(told(patch<&Settings::notify_service>({"org.example.App", "/x"})), again);
    EXPECT_TRUE(change(s.job, s.files, patch<&Settings::notify_flags>({}), at_second(3))->revoked.end);
    EXPECT_TRUE(told(patch<&Settings::notify_service>({})).empty());
    EXPECT_TRUE(told(patch<&Settings::notify_flags>({false, true, false, false, false, false})).empty());
    EXPECT_TRUE(told(patch<&Settings::notify_flags>({.disable = true})).empty());
    EXPECT_EQ(renotify(s.job, at_second(3))->notifications, again);

    auto without_service = patch<&Settings::notify_service>({});
    without_service.set<&Settings::notify_flags>({});
    EXPECT_EQ(told(without_service), again);
    without_service.set<&Settings::notify_flags>({false, true, false, false, false, false});
    EXPECT_TRUE(change(s.job, s.files, without_service, at_second(3))->revoked.end);
}

} // namespace

} // namespace haulier::job
