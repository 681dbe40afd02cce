// SPDX-License-Identifier: LGPL-2.1-or-later
#include "fake_client.hpp"

#include <gmock/gmock.h>
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

TEST_F(ResolveJob, FindsAJobThatHasEndedIfNoneIsUnfinished) {
    daemon.own_jobs[JobId] = job_json("acknowledged", "ended");
    daemon.own_jobs[JobId]["Key"] = "mine";
    for (const char* name : {"mine", "aaaa", "film"}) {
        EXPECT_EQ(*resolve(client, name, false), JobId) << name;
        EXPECT_THAT(resolve_unfinished(client, name, false).error().message, testing::HasSubstr("has ended"));
    }
    EXPECT_FALSE(resolve(client, "other", false));
    daemon.own_jobs[OtherId] = job_json("queued", "", OtherId);
    daemon.own_jobs[OtherId]["Key"] = "mine";
    EXPECT_EQ(*resolve(client, "mine", false), OtherId) << "the key is in use again";
}

TEST_F(ResolveJob, DoesNotTakeAJobThatHasEndedForOneOfSeveral) {
    daemon.own_jobs[OtherId] = job_json("queued", "", OtherId);
    auto ambiguous = resolve(client, "film", false);
    ASSERT_FALSE(ambiguous);
    EXPECT_THAT(ambiguous.error().message, testing::HasSubstr("ambiguous"));
    EXPECT_EQ(daemon.count("list acknowledged,cancelled"), 0U);
}

} // namespace
} // namespace haulier::cli
