// SPDX-License-Identifier: LGPL-2.1-or-later
#include "cli/wait_for_end.hpp"

#include "fake_client.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace haulier::cli {
namespace {

using testing::HasSubstr;

const Failure NoReply{Exit::Unreachable, "haulierd exited or hung before it replied"};

class WaitAndComplete : public testing::Test {
protected:
    WaitAndComplete() {
        daemon.own_jobs[JobId] = job_json("transferred", "needs-complete");
        common.quiet = true;
    }
    Result<WaitResult, Failure> run() {
        FakeClient client{daemon};
        return wait_and_complete(client, common, JobId);
    }
    size_t tries() { return daemon.count("complete " + JobId); }

    FakeDaemon daemon;
    Common common = common_for(daemon);
};

TEST_F(WaitAndComplete, CompletesWhatIsTransferred) {
    auto result = run();
    ASSERT_TRUE(result);
    EXPECT_EQ(result->end, End::Completed);
    EXPECT_EQ(tries(), 1U);
}

TEST_F(WaitAndComplete, TellsIfFilesAreMissing) {
    daemon.completions = {Completed{"partial", 1, 2}};
    EXPECT_EQ(run()->end, End::Partial);
}

TEST_F(WaitAndComplete, LeavesAFailedJobAlone) {
    daemon.own_jobs[JobId] = job_json("error", "needs-resume");
    EXPECT_EQ(run()->end, End::Failed);
    EXPECT_EQ(tries(), 0U);
}

TEST_F(WaitAndComplete, ReturnsARefusal) {
    daemon.completions = {Failure{Exit::Failed, "cannot rename the file"}};
    auto result = run();
    ASSERT_FALSE(result);
    EXPECT_EQ(result.error().message, "cannot rename the file");
    EXPECT_EQ(tries(), 1U);
}

TEST_F(WaitAndComplete, RepeatsACallWhoseReplyWasLost) {
    daemon.completions = {NoReply, Completed{"complete", 1, 0}};
    EXPECT_EQ(run()->end, End::Completed);
    EXPECT_EQ(tries(), 2U);
}

TEST_F(WaitAndComplete, GivesUpAfterFiveAttempts) {
    daemon.completions.assign(10, NoReply);
    auto result = run();
    ASSERT_FALSE(result);
    EXPECT_EQ(result.error(), NoReply);
    EXPECT_EQ(tries(), 5U);
}

TEST_F(WaitAndComplete, BelievesTheStateAndNotTheRefusalIfAnotherClientWasFaster) {
    daemon.own_jobs[JobId] = job_json("transferred", "needs-complete");
    daemon.completions = {Failure{Exit::Failed, "the job has ended"}};
    daemon.refusals["properties " + JobId] = {Exit::NoSuchJob, "gone"};
    EXPECT_FALSE(run()) << "the state cannot be read";
    daemon.refusals.clear();
    daemon.own_jobs[JobId] = job_json("acknowledged", "ended");
    EXPECT_EQ(run()->end, End::Completed);
}

TEST(WaitForEnd, DoesNotComplete) {
    FakeDaemon daemon;
    daemon.own_jobs[JobId] = job_json("transferred", "needs-complete");
    FakeClient client{daemon};
    Common common;
    common.quiet = true;
    EXPECT_EQ(wait_for_end(client, common, JobId)->end, End::Transferred);
    EXPECT_EQ(daemon.count("complete " + JobId), 0U);
}

struct Reported {
    End end;
    Exit code;
    const char* message;
    const char* word; ///< in JSON
};

class Report : public testing::TestWithParam<Reported> {};

TEST_P(Report, HasACodeAMessageAndAWord) {
    WaitResult result{GetParam().end, view_of(job_json("error")), job_json("error")};
    result.job.error_message = "404 Not Found";
    testing::internal::CaptureStderr();
    EXPECT_EQ(report({}, JobId, result), GetParam().code);
    auto printed = testing::internal::GetCapturedStderr();
    EXPECT_THAT(printed, HasSubstr(GetParam().message));
    EXPECT_EQ(printed.empty(), std::string{GetParam().message}.empty()) << printed;
    auto json = to_json(JobId, result);
    EXPECT_EQ(json["Result"], GetParam().word);
    EXPECT_EQ(json["Error"], nullptr) << "public JSON";
}

INSTANTIATE_TEST_SUITE_P(
    All, Report,
    testing::Values(Reported{End::Transferred, Exit::Ok, "", "transferred"},
                    Reported{End::Completed, Exit::Ok, "", "complete"},
                    Reported{End::Failed, Exit::JobFailed, "job aaaa1111 failed: 404 Not Found", "failed"},
                    Reported{End::Partial, Exit::JobFailed, "without all of its files", "partial"},
                    Reported{End::Cancelled, Exit::Cancelled, "job aaaa1111 was cancelled", "cancelled"},
                    Reported{End::Expired, Exit::Cancelled, "has expired", "expired"},
                    Reported{End::Taken, Exit::NoSuchJob, "another user", "taken"},
                    Reported{End::Gone, Exit::NoSuchJob, "you have no job aaaa1111", "gone"},
                    Reported{End::TimedOut, Exit::TimedOut, "has not ended yet", "timed-out"},
                    Reported{End::Interrupted, Exit::Interrupted, "continues in the background",
                             "interrupted"}));

std::string printed_for(const Json& properties, const Common& common = {}) {
    WaitResult failed{End::Failed, view_of(properties), properties};
    testing::internal::CaptureStderr();
    report(common, JobId, failed);
    return testing::internal::GetCapturedStderr();
}

TEST(Report, SaysHowToRenewALinkThatMayHaveExpired) {
    auto job = job_json("error", "needs-resume");
    for (int status : {401, 403, 410}) {
        job["Error"] = Json::array({"remote-file", "http-status", status, "refused", 0});
        EXPECT_THAT(printed_for(job), HasSubstr("'haulierctl rename aaaa1111 0 NEWURL'")) << status;
    }
    job["Key"] = "film";
    EXPECT_THAT(printed_for(job), HasSubstr("'haulierctl get --key film NEWURL FILE'"));
    Common others;
    others.access.all_users = true;
    EXPECT_THAT(printed_for(job, others), HasSubstr("rename aaaa1111"));
    job["BytesTransferred"] = 0;
    EXPECT_THAT(printed_for(job), testing::Not(HasSubstr("expired"))) << "it was never served";
    job["BytesTransferred"] = 500;
    job["Error"] = Json::array({"remote-file", "http-status", 404, "refused", 0});
    EXPECT_THAT(printed_for(job), testing::Not(HasSubstr("expired")));
}

TEST(Report, SaysWhatMayHelp) {
    auto job = job_json("error", "needs-resume");
    job["BytesTransferred"] = 0;
    auto said = [&](const char* name, int code) {
        job["Error"] = Json::array({"", name, code, "refused", 0});
        return printed_for(job);
    };
    EXPECT_THAT(said("http-status", 401), HasSubstr("credentials set aaaa1111 server basic --user NAME"));
    EXPECT_THAT(said("http-status", 407), HasSubstr("credentials set aaaa1111 proxy basic --user NAME"));
    EXPECT_THAT(said("http-status", 404), HasSubstr("rename aaaa1111 0 URL"));
    EXPECT_THAT(said("proxy", 5), HasSubstr("set aaaa1111 ProxyMode=none"));
    EXPECT_THAT(said("tls-certificate", 60),
                testing::AllOf(HasSubstr("CertificateAuthority="), HasSubstr("SecurityFlags=")));
    EXPECT_THAT(said("http-status", 400),
                testing::StartsWith("haulierctl: job aaaa1111 failed: refused\nTry again"));
}

TEST(Report, SaysThatAnInterruptedJobCompletesItself) {
    auto properties = job_json("transferring");
    properties["AutoComplete"] = true;
    WaitResult interrupted{End::Interrupted, view_of(properties), properties};
    testing::internal::CaptureStderr();
    report({}, JobId, interrupted);
    EXPECT_THAT(testing::internal::GetCapturedStderr(),
                HasSubstr("continues in the background and completes itself"));
}

TEST(Report, SaysWhatToTypeNextUnlessQuiet) {
    WaitResult interrupted{End::Interrupted, {}, Json::object()};
    Common common;
    common.access = {Scope::System, true, true, false};
    testing::internal::CaptureStderr();
    report(common, JobId, interrupted);
    EXPECT_THAT(testing::internal::GetCapturedStderr(),
                HasSubstr("'haulierctl --system --all-users wait --complete aaaa1111'"));
    common.quiet = true;
    testing::internal::CaptureStderr();
    report(common, JobId, interrupted);
    EXPECT_EQ(testing::internal::GetCapturedStderr(), "");
}

} // namespace
} // namespace haulier::cli
