// SPDX-License-Identifier: LGPL-2.1-or-later
#include "cli/watch.hpp"

#include "fake_client.hpp"

#include <gtest/gtest.h>

namespace haulier::cli {
namespace {

using std::chrono::milliseconds;

const Failure Unreachable{Exit::Unreachable, "haulierd could not be started"};

class WatchTest : public testing::Test {
protected:
    WatchTest() { daemon.own_jobs[JobId] = job_json("queued", "turn"); }

    Result<WaitResult, Failure> run() {
        FakeClient client{daemon};
        Interrupts interrupts;
        Screen screen{true};
        return watch_job(client, JobId, screen, interrupts, [this] { return daemon.now; });
    }
    End end() {
        auto result = run();
        EXPECT_TRUE(result) << (result ? "" : result.error().message);
        return result ? result->end : End::Gone;
    }

    FakeDaemon daemon;
};

TEST_F(WatchTest, SubscribesBeforeItReads) {
    daemon.own_jobs[JobId] = job_json("transferred", "needs-complete");
    EXPECT_EQ(end(), End::Transferred);
    EXPECT_EQ(daemon.calls, (std::vector<std::string>{"subscribe", "read"}));
}

TEST_F(WatchTest, FollowsTheSignalsOfTheJob) {
    daemon.on_bus([this] { daemon.properties_changed({{"State", "transferring"}}); });
    daemon.on_bus([this] { daemon.properties_changed({{"State", "error"}}, Json::array(), OtherId); });
    daemon.on_bus([this] { daemon.properties_changed({{"State", "transferred"}}); });
    auto result = run();
    ASSERT_TRUE(result);
    EXPECT_EQ(result->end, End::Transferred);
    EXPECT_EQ(result->properties["State"], "transferred");
    EXPECT_EQ(daemon.count("read"), 1U);
}

TEST_F(WatchTest, WaitsUntilCompletingIsOver) {
    daemon.own_jobs[JobId] = job_json("transferred", "completing");
    daemon.on_bus([this] { daemon.removed("complete"); });
    EXPECT_EQ(end(), End::Completed);
}

TEST_F(WatchTest, KnowsHowAJobWasRemoved) {
    for (auto [word, expected] : {std::pair{"complete", End::Completed}, std::pair{"partial", End::Partial},
                                  std::pair{"cancelled", End::Cancelled}, std::pair{"expired", End::Expired},
                                  std::pair{"taken", End::Taken}}) {
        daemon.on_bus([this] { daemon.removed("cancelled", OtherId); });
        daemon.on_bus([this, result = word] { daemon.removed(result); });
        EXPECT_EQ(end(), expected) << word;
    }
}

TEST_F(WatchTest, IgnoresChangesUntilTheFirstReply) {
    daemon.unreachable = {Unreachable};
    daemon.on_bus([this] { daemon.properties_changed({{"State", "transferred"}}); });
    daemon.on_bus([this] { daemon.removed("expired"); });
    EXPECT_EQ(end(), End::Expired);
}

TEST_F(WatchTest, ReadsAgainWhatASignalOnlyInvalidates) {
    daemon.on_bus([this] {
        daemon.own_jobs[JobId] = job_json("error", "needs-resume");
        daemon.properties_changed(Json::object(), Json::array({"State"}));
    });
    EXPECT_EQ(end(), End::Failed);
    EXPECT_EQ(daemon.count("read"), 2U);
    EXPECT_EQ(daemon.count("subscribe"), 1U);
}

TEST_F(WatchTest, FindsThatTheJobIsGone) {
    daemon.own_jobs.clear();
    EXPECT_EQ(end(), End::Gone);
}

TEST_F(WatchTest, KnowsHowACompletingJobEndedThatIsGone) {
    for (auto [files, expected] : {std::pair{1, End::Completed}, std::pair{2, End::Partial}}) {
        daemon.own_jobs[JobId] = job_json("transferred", "completing");
        daemon.own_jobs[JobId]["FilesTotal"] = files;
        daemon.on_bus([this] {
            daemon.own_jobs.clear();
            daemon.owner(true);
        });
        EXPECT_EQ(end(), expected);
    }
}

TEST_F(WatchTest, SubscribesToARestartedDaemon) {
    daemon.on_bus([this] { daemon.owner(false); });
    daemon.on_bus([this] { daemon.owner(true); });
    daemon.on_bus([this] { daemon.removed("complete"); });
    EXPECT_EQ(end(), End::Completed);
    EXPECT_GE(daemon.count("subscribe"), 2U);
}

TEST_F(WatchTest, DoesNotStartTheDaemonForASuspendedJob) {
    daemon.own_jobs[JobId] = job_json("suspended", "suspended");
    daemon.on_bus([this] { daemon.owner(false); });
    daemon.on_bus([] {});
    daemon.on_bus([this] {
        EXPECT_EQ(daemon.count("subscribe"), 1U);
        daemon.owner(true);
    });
    daemon.on_bus([this] { daemon.removed("cancelled"); });
    EXPECT_EQ(end(), End::Cancelled);
    EXPECT_EQ(daemon.count("subscribe"), 2U) << "another client has started it";
}

TEST_F(WatchTest, TriesAgainAndGivesUpInTheEnd) {
    daemon.unreachable.assign(6, Unreachable);
    auto result = run();
    ASSERT_FALSE(result);
    EXPECT_EQ(result.error(), Unreachable);
    EXPECT_EQ(daemon.count("subscribe"), 6U);
    EXPECT_EQ(daemon.now.time_since_epoch(), milliseconds{100 + 500 + 1000 + 2000 + 4000});
}

TEST_F(WatchTest, StartsCountingAgainAfterASuccess) {
    daemon.unreachable.assign(5, Unreachable);
    daemon.script.assign(20, [this] { // let time pass between the attempts
        daemon.now += milliseconds{1000};
        return Wakeup::Deadline;
    });
    daemon.on_bus([this] {
        daemon.unreachable.assign(5, Unreachable);
        daemon.owner(false);
    });
    daemon.script.insert(daemon.script.end(), 20, [this] {
        daemon.now += milliseconds{1000};
        return Wakeup::Deadline;
    });
    daemon.on_bus([this] { daemon.removed("complete"); });
    EXPECT_EQ(end(), End::Completed);
    EXPECT_EQ(daemon.count("subscribe"), 12U);
}

TEST_F(WatchTest, DoesNotRepeatACallThatWasRefused) {
    daemon.unreachable = {Failure{Exit::Failed, "too many calls"}};
    auto result = run();
    ASSERT_FALSE(result);
    EXPECT_EQ(result.error().message, "too many calls");
    EXPECT_EQ(daemon.count("subscribe"), 1U);
}

TEST_F(WatchTest, StopsWhenTheUserInterrupts) {
    daemon.script.emplace_back([] { return Wakeup::Interrupt; });
    EXPECT_EQ(end(), End::Interrupted);
}

TEST_F(WatchTest, ReportsALostConnection) {
    auto result = run(); // the script is empty, and time passes until the fake refuses
    ASSERT_FALSE(result);
    EXPECT_EQ(result.error().message, "the script has ended");
}

TEST_F(WatchTest, WatchesSeveralJobsUntilOneEnds) {
    daemon.own_jobs[OtherId] = job_json("transferring", "running", OtherId);
    FakeClient client{daemon};
    Interrupts interrupts;
    Screen screen{true};
    auto clock = [this] { return daemon.now; };
    Watches watches;
    for (const auto& id : {JobId, OtherId}) {
        watches.push_back(std::make_unique<Watch>(client, id, screen, clock));
        ASSERT_TRUE(watches.back()->begin());
    }
    daemon.on_bus([this] { daemon.removed("complete", OtherId); });
    ASSERT_TRUE(run_until_one_ends(client, watches, screen, interrupts, std::nullopt, clock));
    EXPECT_FALSE(watches[0]->has_ended());
    EXPECT_EQ(watches[1]->result().end, End::Completed);
    watches.pop_back();
    ASSERT_TRUE(
        run_until_one_ends(client, watches, screen, interrupts, daemon.now + milliseconds{2500}, clock));
    EXPECT_EQ(watches[0]->result().end, End::TimedOut);
    EXPECT_EQ(daemon.now.time_since_epoch(), milliseconds{2500});
}

TEST(Signal, BelongsToTheJobInItsPath) {
    EXPECT_EQ((Signal{"/org/haulier/Haulier1/job/abc", "Failed", {}}).id(), "abc");
    EXPECT_EQ((Signal{"/org/haulier/Haulier1", "JobAdded", {}}).id(), "");
}

} // namespace
} // namespace haulier::cli
