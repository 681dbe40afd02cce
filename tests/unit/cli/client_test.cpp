// SPDX-License-Identifier: LGPL-2.1-or-later
#include "fake_client.hpp"

#include <gtest/gtest.h>

namespace haulier::cli {
namespace {

class ResolveJob : public testing::Test {
protected:
    ResolveJob() {
        daemon.own_jobs[JobId] = job_json("queued");
        daemon.other_jobs[OtherId] = job_json("queued", "", OtherId);
        daemon.other_jobs[OtherId]["DisplayName"] = "theirs";
    }
    FakeDaemon daemon;
    FakeClient client{daemon};
};

TEST_F(ResolveJob, AsksForNoListIfTheIdIsComplete) {
    EXPECT_EQ(*resolve(client, OtherId, false), OtherId);
    EXPECT_TRUE(daemon.calls.empty());
}

TEST_F(ResolveJob, LooksAmongOwnJobsFirst) {
    EXPECT_EQ(*resolve(client, "aaaa", true), JobId);
    EXPECT_EQ(daemon.calls, std::vector<std::string>{"list "});
}

TEST_F(ResolveJob, LooksAmongJobsOfOthersOnlyIfTheyAreMeant) {
    EXPECT_FALSE(resolve(client, "theirs", false));
    EXPECT_EQ(*resolve(client, "theirs", true), OtherId);
}

TEST_F(ResolveJob, ForAChangeFindsNoJobThatHasEnded) {
    EXPECT_EQ(*resolve_unfinished(client, JobId, false), JobId);
    daemon.own_jobs[JobId] = job_json("cancelled", "ended");
    EXPECT_EQ(*resolve(client, JobId, false), JobId) << "it can still be shown";
    auto ended = resolve_unfinished(client, JobId, false);
    ASSERT_FALSE(ended);
    EXPECT_EQ(ended.error().code, Exit::NoSuchJob);
}

} // namespace
} // namespace haulier::cli
