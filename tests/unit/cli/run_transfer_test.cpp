// SPDX-License-Identifier: LGPL-2.1-or-later
#include "cli/run_transfer.hpp"

#include "fake_client.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace haulier::cli {
namespace {

using testing::HasSubstr;

class RunTransfer : public testing::Test {
protected:
    RunTransfer() {
        daemon.own_jobs[JobId] = job_json("transferred", "needs-complete");
        common.quiet = true;
        plan.job.files = {NewFile{"https://joe:secret@example.org/film", "/srv/film", {}, {}, {}}};
        plan.result_name = "File";
        plan.results = {"/srv/film"};
        Json file = Json::object();
        file["RemoteName"] = "https://example.org/film";
        file["LocalName"] = "/srv/film";
        daemon.file_list = {file};
    }
    Result<Exit, Failure> run() {
        FakeClient client{daemon};
        testing::internal::CaptureStdout();
        auto done = run_transfer(client, common, plan);
        printed = testing::internal::GetCapturedStdout();
        return done;
    }

    FakeDaemon daemon;
    Common common;
    TransferPlan plan;
    std::string printed;
};

TEST_F(RunTransfer, PrintsTheResultWhenTheJobIsComplete) {
    EXPECT_EQ(*run(), Exit::Ok);
    EXPECT_EQ(printed, "/srv/film\n");
}

TEST_F(RunTransfer, PrintsTheJobAndTheResultAsJson) {
    common.json = true;
    EXPECT_EQ(*run(), Exit::Ok);
    auto out = Json::parse(printed);
    EXPECT_EQ(out["Result"], "complete");
    EXPECT_EQ(out["File"], "/srv/film");
}

TEST_F(RunTransfer, PrintsSeveralResults) {
    plan.results = {"/srv/film", "/srv/song"};
    EXPECT_EQ(*run(), Exit::Ok);
    EXPECT_EQ(printed, "/srv/film\n/srv/song\n");
    common.json = true;
    EXPECT_EQ(*run(), Exit::Ok);
    EXPECT_EQ(Json::parse(printed)["Files"], (Json::array({"/srv/film", "/srv/song"})));
}

TEST_F(RunTransfer, PrintsNoResultIfTheJobFails) {
    daemon.own_jobs[JobId] = job_json("error", "needs-resume");
    testing::internal::CaptureStderr();
    EXPECT_EQ(*run(), Exit::JobFailed);
    EXPECT_THAT(testing::internal::GetCapturedStderr(), HasSubstr("failed"));
    EXPECT_EQ(printed, "");
}

TEST_F(RunTransfer, WithNoWaitPrintsTheId) {
    plan.no_wait = true;
    EXPECT_EQ(*run(), Exit::Ok);
    EXPECT_EQ(printed, JobId + "\n");
    EXPECT_EQ(daemon.calls, std::vector<std::string>{"create"});
}

TEST_F(RunTransfer, ContinuesTheJobThatHasTheKey) {
    plan.no_wait = true;
    daemon.existed = true;
    EXPECT_EQ(*run(), Exit::Ok);
    EXPECT_EQ(daemon.count("resume " + JobId), 0U) << "it is not stopped";
    for (const char* state : {"suspended", "error"}) {
        daemon.calls.clear();
        daemon.own_jobs[JobId] = job_json(state);
        EXPECT_EQ(*run(), Exit::Ok);
        EXPECT_EQ(daemon.count("resume " + JobId), 1U) << state;
    }
}

TEST_F(RunTransfer, GivesANewLinkToTheJobThatHasTheKey) {
    plan.no_wait = true;
    daemon.existed = true;
    daemon.file_list.front()["RemoteName"] = "https://example.org/film?expired";
    for (const char* state : {"transferring", "suspended", "error", "transient-error"}) {
        daemon.calls.clear();
        daemon.own_jobs[JobId] = job_json(state);
        EXPECT_EQ(*run(), Exit::Ok) << state;
        EXPECT_EQ(daemon.count("rename 0 https://joe:secret@example.org/film"), 1U) << state;
        EXPECT_EQ(daemon.count("resume " + JobId), std::string{state} == "transferring" ? 0U : 1U) << state;
    }
    daemon.refusals["rename 0 https://joe:secret@example.org/film"] = {Exit::Failed, "not a URL"};
    EXPECT_EQ(run().error().message, "not a URL");
}

TEST_F(RunTransfer, TakesANewLoginIfTheJobDoesNotMove) {
    plan.no_wait = true;
    daemon.existed = true;
    for (auto [state, times] : {std::pair{"transferring", 0U}, std::pair{"error", 1U}}) {
        daemon.calls.clear();
        daemon.own_jobs[JobId] = job_json(state);
        EXPECT_EQ(*run(), Exit::Ok);
        EXPECT_EQ(daemon.count("rename 0 https://joe:secret@example.org/film"), times) << state;
    }
}

TEST_F(RunTransfer, RefusesTheKeyOfAJobThatDoesSomethingElse) {
    daemon.existed = true;
    auto same = daemon.file_list;
    daemon.file_list.front()["LocalName"] = "/else";
    auto done = run();
    ASSERT_FALSE(done);
    EXPECT_THAT(done.error().message, HasSubstr("something else"));
    daemon.file_list = same;
    plan.job.type = "upload";
    EXPECT_FALSE(run());
    daemon.own_jobs[JobId]["Type"] = "upload";
    daemon.file_list.front()["RemoteName"] = "https://example.org/else";
    EXPECT_FALSE(run()) << "an upload elsewhere is another one";
    daemon.file_list = same;
    daemon.own_jobs[JobId]["Type"] = plan.job.type = "download";
    daemon.file_list.push_back(same.front());
    EXPECT_FALSE(run()) << "it has two files";
}

TEST_F(RunTransfer, ReturnsTheRefusalOfTheDaemon) {
    daemon.refusals["create"] = {Exit::Failed, "too many jobs"};
    auto done = run();
    ASSERT_FALSE(done);
    EXPECT_EQ(done.error().message, "too many jobs");
}

} // namespace
} // namespace haulier::cli
