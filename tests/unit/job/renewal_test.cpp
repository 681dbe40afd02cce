// SPDX-License-Identifier: LGPL-2.1-or-later
// Links that have expired: the client is asked for another URL, and what its answer, or its silence, means.
#include "samples.hpp"

#include "job/file_state.hpp"

#include <gtest/gtest.h>

namespace haulier::job {

namespace {

Request renewable(int files, RenewRemoteName when = RenewRemoteName::AfterBytes) {
    auto request = request_for(files, true);
    NotifyFlags flags;
    flags.remote_name_expired = true;
    request.settings.set<&Settings::notify_flags>(flags);
    request.settings.set<&Settings::renew_remote_name>(when);
    return request;
}

Failure refused_with(int status, uint32_t file = 0) {
    auto failure = fatal_failure(file);
    failure.error.code = status;
    return failure;
}

/// With bytes of the first file, whose link has expired then.
struct Renewal : Sample {
    explicit Renewal(int count = 1) : Renewal(renewable(count)) {}
    explicit Renewal(const Request& request) : Sample(request) {
        run();
        receive(50);
    }
    void receive(uint64_t offset) {
        take(*checkpointed(job, 0, files[0], report(offset, 100, "\"a\""), {}, at_second(2)));
    }
    void expire() { fail(refused_with(403), 3); }
    void answer(const std::string& url) { take(*renew_remote_name(job, 0, files[0], url, at_second(4))); }
    void keep() { take(*not_renewed(job, 0, files, around, at_second(4))); }
};

bool asks(const Sample& s, uint32_t file = 0) {
    return s.notifications == std::vector<Notification>{{NotificationKind::RemoteNameExpired, file}};
}

TEST(Renewal, TheClientIsAskedAndTheFileWaits) {
    for (int status : {401, 403, 410}) {
        Renewal s;
        s.fail(refused_with(status), 3);
        EXPECT_TRUE(asks(s)) << status;
        EXPECT_EQ(s.job.state, State::TransientError);
        EXPECT_EQ(wait_reason(s.job, at_second(3).wall), (WaitReason{"client", {}}));
        EXPECT_EQ(s.files[0].wait, Wait::Client);
        EXPECT_EQ(s.files[0].error->code, status);
        EXPECT_EQ(s.files[0].offset, 50U);
        EXPECT_FALSE(is_due(s.files[0], at_second(1'000'000).boot));
        EXPECT_EQ(state_of(s.job, s.files[0], false), FileState::TransientError);
    }
}

TEST(Renewal, NoOtherFailureIsAQuestion) {
    auto fails_at_once = [](Renewal& s, const Failure& failure) {
        s.fail(failure, 3);
        return s.notifications == std::vector<Notification>{{NotificationKind::Error, 0}};
    };
    for (int status : {400, 402, 404, 407, 451}) {
        Renewal s;
        EXPECT_TRUE(fails_at_once(s, refused_with(status))) << status;
    }
    auto by_proxy = refused_with(403);
    by_proxy.by_proxy = true;
    Renewal behind_proxy;
    EXPECT_TRUE(fails_at_once(behind_proxy, by_proxy));
    auto busy = refused_with(403);
    busy.refused = true;
    Renewal busy_host;
    busy_host.fail(busy, 3);
    EXPECT_TRUE(busy_host.notifications.empty()) << "the server may only bear fewer connections";
    EXPECT_EQ(busy_host.files[0].wait, Wait::Retry);
}

TEST(Renewal, AClientThatDoesNotWantThatIsNotAsked) {
    for (auto flags : {NotifyFlags{}, NotifyFlags{.remote_name_expired = true, .disable = true}}) {
        auto request = renewable(1);
        request.settings.set<&Settings::notify_flags>(flags);
        Renewal s{request};
        s.expire();
        EXPECT_EQ(s.job.state, State::Error);
    }
}

TEST(Renewal, BeforeTheFirstByteOnlyAlwaysAsks) {
    for (auto when : {RenewRemoteName::AfterBytes, RenewRemoteName::Always}) {
        Sample s{renewable(1, when)};
        s.grant();
        s.fail(refused_with(403), 2);
        EXPECT_EQ(asks(s), when == RenewRemoteName::Always);
    }
}

TEST(Renewal, ARequestThatCannotBeRepeatedIsNoQuestion) {
    auto request = renewable(1);
    request.settings.set<&Settings::http, &Http::method>("POST");
    request.settings.set<&Settings::priority>(Priority::Foreground);
    Renewal s{request};
    s.expire();
    EXPECT_EQ(s.job.state, State::Error);
}

TEST(Renewal, MirrorsComeFirst) {
    auto request = renewable(1);
    request.files[0].mirrors = {"https://mirror.example/f0"};
    Renewal s{request};
    s.expire();
    EXPECT_EQ(s.files[0].source, 1U);
    EXPECT_TRUE(s.notifications.empty());
    s.fail(refused_with(410), 4);
    EXPECT_TRUE(asks(s));
}

TEST(Renewal, TheFileGoesOnFromItsOffset) {
    Renewal s;
    s.expire();
    s.answer("https://example.org/f0?fresh");
    EXPECT_EQ(s.job.state, State::Queued);
    EXPECT_EQ(s.files[0].spec.remote, "https://example.org/f0?fresh");
    EXPECT_EQ(s.files[0].offset, 50U);
    EXPECT_EQ(s.files[0].validators.etag, "\"a\"");
    EXPECT_FALSE(s.files[0].error);
    EXPECT_TRUE(is_due(s.files[0], at_second(4).boot));
    EXPECT_EQ(s.revoked.files, std::vector<uint32_t>{0}) << "the question leaves with the answer";
    EXPECT_TRUE(s.effects.empty()) << "other files go on";
}

TEST(Renewal, AnAnswerIsCheckedLikeSetRemoteName) {
    Renewal s;
    s.expire();
    auto refused = [&](const std::string& url) {
        return code_of(renew_remote_name(s.job, 0, s.files[0], url, at_second(4)));
    };
    EXPECT_EQ(refused("file:///etc/passwd"), Errc::NotSupported);
    EXPECT_EQ(refused("nowhere"), Errc::InvalidArgument);
    EXPECT_EQ(refused("http://h/" + std::string(8000, 'x')), Errc::StringTooLong);
    s.keep();
    EXPECT_EQ(refused("https://example.org/late"), Errc::InvalidState);
}

TEST(Renewal, AskedOnceForEachExpiry) {
    Renewal s;
    s.expire();
    s.answer("https://example.org/f0?fresh");
    s.grant(5);
    s.fail(refused_with(403), 6);
    EXPECT_EQ(s.job.state, State::Error) << "nothing has come from the fresh URL";
    s.take(*resume(s.job, s.files, at_second(7)));
    s.grant(7);
    s.expire();
    ASSERT_TRUE(asks(s)) << "the client has resumed the job";
    s.answer("https://example.org/f0?fresher");
    s.run(0, 8);
    s.receive(70);
    s.fail(refused_with(410), 9);
    EXPECT_TRUE(asks(s)) << "the next expiry";
}

TEST(Renewal, WithoutAnAnswerTheFailureIsAsItWas) {
    Renewal asked;
    asked.expire();
    asked.keep();
    auto request = renewable(1);
    request.settings.set<&Settings::notify_flags>({});
    Renewal never{request};
    never.expire();
    EXPECT_EQ(asked.job.state, State::Error);
    EXPECT_EQ(asked.job.error, never.job.error);
    EXPECT_EQ(asked.files[0].failed, never.files[0].failed);
    EXPECT_EQ(asked.files[0].error, never.files[0].error);
    EXPECT_EQ(asked.job.error_count, never.job.error_count);
    EXPECT_EQ(asked.notifications, never.notifications);
}

TEST(Renewal, OtherFilesGoOnMeanwhile) {
    auto request = renewable(2);
    request.settings.set<&Settings::on_file_error>(OnFileError::Continue);
    Renewal s{request};
    s.around.others_move = true;
    s.expire();
    EXPECT_EQ(s.job.state, State::Transferring);
    s.fetch(1);
    s.around.others_move = false;
    s.take(*deferred(s.job, s.files, {}, at_second(4)));
    EXPECT_EQ(s.job.state, State::TransientError);
    EXPECT_EQ(s.job.wait, Wait::Client);
    s.keep();
    EXPECT_EQ(s.job.state, State::Error);
    EXPECT_EQ(s.job.files_failed, 1U);
}

TEST(Renewal, AQuestionOfASuspendedJobEndsWithoutAFailure) {
    Renewal s;
    s.expire();
    s.take(*suspend(s.job, at_second(4)));
    EXPECT_EQ(s.files[0].wait, Wait::Client);
    s.keep();
    EXPECT_EQ(s.job.state, State::Suspended);
    EXPECT_FALSE(s.files[0].failed);
    EXPECT_EQ(s.files[0].wait, Wait::Retry);
    EXPECT_EQ(s.revoked.files, std::vector<uint32_t>{0});
}

TEST(Renewal, WhatMakesTheAnswerPointlessWithdrawsTheQuestion) {
    auto withdrawn = [](const Result<Decision>& decision) {
        return decision && decision->revoked.covers({NotificationKind::RemoteNameExpired, 0}) &&
               (is_final(decision->job.state) || decision->job.state == State::Publishing ||
                decision->files.at(0).wait != Wait::Client);
    };
    Renewal s;
    s.expire();
    auto now = at_second(4);
    EXPECT_TRUE(withdrawn(resume(s.job, s.files, now)));
    EXPECT_TRUE(withdrawn(cancel(s.job, now)));
    EXPECT_TRUE(withdrawn(complete(s.job, now)));
    EXPECT_TRUE(withdrawn(set_remote_name(s.job, 0, s.files[0], "https://example.org/other", now)));
    EXPECT_TRUE(withdrawn(remove_files(s.job, s.files, {0}, now)));
    EXPECT_TRUE(withdrawn(release_ownership(s.job, s.files, now)));
    EXPECT_TRUE(withdrawn(change(s.job, s.files, patch<&Settings::notify_flags>({}), now)));
    auto more = s.job.notify_flags;
    more.file_transferred = true;
    EXPECT_FALSE(withdrawn(change(s.job, s.files, patch<&Settings::notify_flags>(more), now)));
}

TEST(Renewal, ClocksAndNetworksDoNotEndTheWait) {
    Renewal s;
    s.expire();
    EXPECT_FALSE(try_again(s.job, s.files, at_second(5)));
    EXPECT_FALSE(no_progress(s.job, s.files, at_second(100'000'000)));
    auto back = recover(s.job, at_second(6)).job;
    recover(s.files[0], at_second(6));
    EXPECT_EQ(back.state, State::TransientError);
    EXPECT_FALSE(back.clocks.retry_at);
    EXPECT_EQ(s.files[0].wait, Wait::Client);
    EXPECT_TRUE(renew_remote_name(back, 0, s.files[0], "https://example.org/again", at_second(7)));
}

TEST(Renewal, TheServerThatTheSecretsAreForIsRemembered) {
    Renewal s;
    s.expire();
    s.answer("https://elsewhere.example/f0");
    EXPECT_EQ(s.files[0].secrets_for, "https://example.org:443");
    s.run(0, 5);
    s.receive(70);
    s.expire();
    s.answer("https://example.org/f0?again");
    EXPECT_EQ(s.files[0].secrets_for, "https://example.org:443");
    s.take(*set_remote_name(s.job, 0, s.files[0], "https://chosen.example/f0", at_second(6)));
    EXPECT_EQ(s.files[0].secrets_for, "") << "the client has chosen this server for the job";
}

TEST(Renewal, WhereARefusedRequestWasRedirectedToDoesNotChangeThatServer) {
    Renewal s;
    auto redirected = refused_with(403);
    redirected.remote = "https://elsewhere.example/f0";
    s.fail(redirected, 3);
    ASSERT_TRUE(asks(s)) << "the name that the client gave is not asked again at once";
    EXPECT_EQ(s.files[0].named_remote, "https://example.org/f0");
    s.answer("https://example.org/f0?fresh");
    EXPECT_EQ(s.files[0].secrets_for, "https://example.org:443");
    EXPECT_FALSE(s.files[0].redirected_cross_origin);
    s.run(0, 5);
    s.receive(70);
    s.fail(redirected, 6);
    EXPECT_TRUE(s.files[0].redirected_cross_origin);
    s.answer("https://example.org/f0?fresher");
    EXPECT_EQ(s.files[0].secrets_for, "https://example.org:443");
    EXPECT_FALSE(s.files[0].redirected_cross_origin) << "the server that the secrets are for gets them again";
}

} // namespace

} // namespace haulier::job
