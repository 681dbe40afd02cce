// SPDX-License-Identifier: LGPL-2.1-or-later
// A job changes hands (BITS 8.3, D-32): what goes, what stays, and what becomes of the files.
#include "samples.hpp"

#include <gtest/gtest.h>

namespace haulier::job {

namespace {

constexpr uint32_t Root = 0;
constexpr uint32_t OldOwner = 1000;

Request secretive() {
    auto request = request_for(2, true);
    request.key = "nightly";
    request.settings.set<&Settings::http, &Http::credentials>(
        {{Credentials::Target::Server, Credentials::Scheme::Basic, "u", "p", ""}});
    request.settings.set<&Settings::http, &Http::headers>({"X-Secret: 1"});
    request.settings.set<&Settings::http, &Http::headers_write_only>(true);
    request.settings.set<&Settings::http, &Http::client_certificate>("/home/a/cert.pem");
    request.settings.set<&Settings::http, &Http::client_key>("/home/a/key.pem");
    request.settings.set<&Settings::http, &Http::certificate_authority>("/home/a/ca.pem");
    request.settings.set<&Settings::notify_service>(NotifyService{"org.example.App", "/x"});
    request.settings.set<&Settings::description>("stays");
    request.settings.set<&Settings::priority>(Priority::High);
    return request;
}

void let_go_of(Sample& s, int64_t second = 5) {
    s.take(*release_ownership(s.job, s.files, at_second(second)));
}

TEST(TakingOwnership, D32LeavesTheOldOwnersSecretsBehind) {
    Sample s{secretive()};
    s.take(*take_ownership(s.job, Root, at_second(2)));
    EXPECT_EQ(s.job.owner, Root);
    EXPECT_EQ(s.job.http, Http{});
    EXPECT_EQ(s.job.notify_service, NotifyService{});
    EXPECT_EQ(s.job.description, "stays");
    EXPECT_EQ(s.job.priority, Priority::High);
    EXPECT_EQ(s.job.state, State::Queued);
}

TEST(TakingOwnership, TakesTheKeyAway) {
    // It is the former owner's name for the job; a program of the new owner's may mean another one by it.
    Sample s{secretive()};
    s.take(*take_ownership(s.job, Root, at_second(2)));
    EXPECT_EQ(s.job.key, "");
}

TEST(TakingOwnership, ForgetsWhereTheReplyShouldGo) {
    auto request = request_for(1);
    request.type = Type::UploadReply;
    request.settings.set<&Settings::reply_file_name>("/etc/cron.d/reply");
    Sample s{request};
    s.take(*take_ownership(s.job, Root, at_second(2)));
    EXPECT_EQ(reply_file(s.job, s.files), "/srv/files/f0.reply");
}

TEST(TakingOwnership, OfOnesOwnJobIsNothing) {
    Sample s{secretive()};
    auto before = s.job;
    s.take(*take_ownership(s.job, OldOwner, at_second(2)));
    EXPECT_EQ(s.job.http, before.http);
    EXPECT_EQ(s.job.key, before.key);
}

TEST(LettingGo, LosesWhatWasFetched) {
    Sample s{3};
    s.run();
    s.fetch(0);
    s.take(*begun(s.job, 1, s.files[1], first_answer(), Limits{}, at_second(3)));
    s.take(*checkpointed(s.job, 1, s.files[1], report(40, 100, "\"v1\""), segments_of(s.files[1], false),
                         at_second(3)));
    let_go_of(s);
    EXPECT_EQ(s.job.state, State::Queued);
    EXPECT_EQ(s.effects, std::vector{Effect::StopTransfers});
    EXPECT_EQ(s.job.files_transferred, 0U);
    for (const auto& file : s.files) {
        EXPECT_FALSE(file.transferred);
        EXPECT_EQ(file.offset, 0U);
        EXPECT_EQ(file.validators, Validators{});
        EXPECT_EQ(file.inode, Inode{});
    }
    EXPECT_TRUE(s.notifications.empty());
}

TEST(LettingGo, OfATransferredJobSuspendsIt) {
    Sample s{1};
    s.run();
    s.fetch(0);
    ASSERT_EQ(s.job.state, State::Transferred);
    let_go_of(s);
    EXPECT_EQ(s.job.state, State::Suspended);
    EXPECT_EQ(s.job.transferred_at, WallTime{});
    EXPECT_TRUE(s.revoked.end);
    s.take(*resume(s.job, s.files, at_second(6)));
    EXPECT_EQ(s.job.state, State::Queued);
}

TEST(LettingGo, LeavesWhatHasItsNameAlready) {
    Sample s{2};
    s.run();
    s.fetch(0);
    s.fetch(1);
    s.take(*complete(s.job, at_second(4)));
    s.take(*published(s.job, 0, s.files[0]));
    s.take(*publish_failed(s.job, {Errc::LocalFile, "no"}, at_second(4)));
    let_go_of(s);
    EXPECT_TRUE(s.files[0].completed && s.files[0].transferred);
    EXPECT_FALSE(s.files[1].transferred);
    EXPECT_EQ(s.job.files_transferred, 1U);
    EXPECT_EQ(s.job.state, State::Suspended);
}

TEST(LettingGo, WantsAgainWhatWasFilled) {
    auto request = request_for(1);
    request.settings.set<&Settings::on_demand>(true);
    Sample s{request};
    s.take(*request_ranges(s.job, 0, s.files[0], {{0, 10}}, Limits{}, at_second(1)));
    s.take(*resume(s.job, s.files, at_second(1)));
    s.run();
    Fetched piece;
    piece.report = report(10, 100, "\"v1\"");
    s.take(*fetched(s.job, 0, s.files, piece, segments_of(s.files[0], true), Limits{}, at_second(2)));
    ASSERT_EQ(s.job.state, State::Suspended);
    ASSERT_FALSE(s.job.ranges_wanted);
    let_go_of(s);
    EXPECT_TRUE(s.job.ranges_wanted);
    EXPECT_TRUE(s.files[0].filled.empty());
    EXPECT_EQ(s.files[0].wanted, (std::vector<Range>{{0, 10}}));
}

TEST(LettingGo, OfAnUploadLosesItsReplyAlone) {
    auto request = request_for(1, true);
    request.type = Type::UploadReply;
    Sample s{request};
    s.run();
    Fetched sent;
    sent.report = report(100);
    sent.inode = {1, 7};
    sent.reply = 30;
    s.take(*fetched(s.job, 0, s.files, sent, segments_of(s.files[0], false), Limits{}, at_second(2)));
    ASSERT_EQ(s.job.state, State::Transferred);
    let_go_of(s);
    EXPECT_EQ(s.job.state, State::Transferred);
    EXPECT_TRUE(s.files[0].transferred);
    EXPECT_EQ(s.files[0].inode, Inode{});
    EXPECT_EQ(s.job.reply_total, UnknownSize);
}

TEST(LettingGo, LeavesAFailedJobFailed) {
    Sample s{1};
    s.run();
    s.fail(fatal_failure(), 3);
    let_go_of(s);
    EXPECT_EQ(s.job.state, State::Error);
    EXPECT_EQ(s.job.error->cause, Cause::HttpStatus);
}

TEST(LettingGo, OfANewJobChangesNoFile) {
    Sample s{2, false};
    EXPECT_TRUE(release_ownership(s.job, s.files, at_second(1))->files.empty());
}

TEST(Settings, AreTheSameUntilTheClientOrTheOwnerChangesThem) {
    Sample s{1};
    auto before = s.job;
    s.run();
    s.fetch(0);
    EXPECT_TRUE(has_same_settings(before, s.job));
    EXPECT_FALSE(has_same_settings(s.job, take_ownership(s.job, 1001, at_second(5))->job));
    s.change(patch<&Settings::description>("x"));
    EXPECT_FALSE(has_same_settings(before, s.job));
}

} // namespace

} // namespace haulier::job
