// SPDX-License-Identifier: LGPL-2.1-or-later
// What the surroundings allow, and what a job does meanwhile (BITS 2.3, 4.5 to 4.7; D-16, D-17, D-27, D-37,
// D-38).
#include "job/conditions.hpp"

#include "samples.hpp"

#include <gtest/gtest.h>

namespace haulier::job {

namespace {

using std::chrono::seconds;

struct CostRow {
    NetworkCost cost;
    Metered metered;
    bool roaming;
    bool allowed;
};

TEST(NetworkCosts, AllowWhatTheTableSays) {
    using enum NetworkCost;
    const CostRow rows[] = {
        {Always, Metered::Yes, true, true},           {NoRoaming, Metered::Yes, false, true},
        {NoRoaming, Metered::No, true, false},        {Standard, Metered::GuessYes, false, true},
        {Standard, Metered::Yes, false, false},       {Standard, Metered::No, true, false},
        {Standard, Metered::Unknown, false, true},    {Unmetered, Metered::No, false, true},
        {Unmetered, Metered::GuessNo, false, true},   {Unmetered, Metered::Unknown, false, true},
        {Unmetered, Metered::GuessYes, false, false}, {Unmetered, Metered::Yes, false, false},
        {Unmetered, Metered::No, true, false},
    };
    for (const auto& row : rows) {
        Job job;
        job.network_cost = row.cost;
        Conditions conditions;
        conditions.metered = row.metered;
        conditions.roaming = row.roaming;
        EXPECT_EQ(!blocked_by(job, Reach::Network, conditions), row.allowed)
            << to_string(row.cost) << ' ' << to_string(row.metered) << ' ' << row.roaming;
        EXPECT_FALSE(blocked_by(job, Reach::Machine, conditions)) << "loopback costs nothing";
    }
}

TEST(NetworkCosts, DependOnThePriorityUntilChosen) {
    Job job;
    EXPECT_EQ(cost_of(job), NetworkCost::Standard);
    job.priority = Priority::Foreground;
    EXPECT_EQ(cost_of(job), NetworkCost::NoRoaming);
    job.network_cost = NetworkCost::Always;
    EXPECT_EQ(cost_of(job), NetworkCost::Always);
}

TEST(PowerPolicies, AllowWhatTheySay) {
    Job job;
    Conditions battery;
    battery.on_battery = true;
    Conditions saver;
    saver.power_saver = true;
    EXPECT_FALSE(blocked_by(job, Reach::Network, battery));
    job.power_policy = PowerPolicy::NoSaver;
    EXPECT_FALSE(blocked_by(job, Reach::Network, battery));
    EXPECT_EQ(blocked_by(job, Reach::Network, saver), Cause::BlockedByPower);
    job.power_policy = PowerPolicy::AcOnly;
    EXPECT_EQ(blocked_by(job, Reach::Network, battery), Cause::BlockedByPower);
}

TEST(Network, IsNeededByJobsWithOtherMachines) {
    Conditions offline;
    offline.online = false;
    EXPECT_EQ(blocked_by(Job{}, Reach::Network, offline), Cause::NetworkLost);
    EXPECT_FALSE(blocked_by(Job{}, Reach::Machine, offline));
    EXPECT_FALSE(blocked_by(Job{}, Reach::LocalProxy, offline));
}

TEST(Network, ItsCostCountsForAProxyOnThisMachine) {
    Conditions metered;
    metered.metered = Metered::Yes;
    EXPECT_EQ(blocked_by(Job{}, Reach::LocalProxy, metered), Cause::BlockedByCost);
}

TEST(ABlockedJob, D16WaitsForTheNetworkWithoutAClock) {
    Sample queued{1};
    queued.take(*blocked(queued.job, Cause::NetworkLost, at_second(5)));
    EXPECT_EQ(queued.job.state, State::Blocked);
    EXPECT_EQ(queued.job.retry_date, WallTime{});
    EXPECT_EQ(wait_reason(queued.job, at_second(5).wall), (WaitReason{"network", {}}));
    EXPECT_FALSE(has(queued.effects, Effect::StopTransfers));

    Sample running{1};
    running.run();
    running.take(*blocked(running.job, Cause::NetworkLost, at_second(5)));
    EXPECT_TRUE(has(running.effects, Effect::StopTransfers));

    EXPECT_FALSE(blocked(Sample(1, false).job, Cause::NetworkLost, at_second(5)));
    Sample done{1};
    done.run();
    done.fetch(0);
    EXPECT_FALSE(blocked(done.job, Cause::NetworkLost, at_second(5)));
}

TEST(ABlockedJob, D17IsQueuedAtOnceWhenItMay) {
    Sample s{1};
    s.take(*blocked(s.job, Cause::BlockedByCost, at_second(5)));
    EXPECT_EQ(wait_reason(s.job, {}).word, "cost");
    s.take(*retry_due(s.job, at_second(6)));
    EXPECT_EQ(s.job.state, State::Queued);
    EXPECT_TRUE(s.job.error);
}

TEST(ABlockedJob, SaysTheReasonThatHoldsNow) {
    Sample s{1};
    s.take(*blocked(s.job, Cause::BlockedByPower, at_second(5)));
    EXPECT_EQ(wait_reason(s.job, {}).word, "power");
    EXPECT_FALSE(blocked(s.job, Cause::BlockedByPower, at_second(6)));
    s.take(*blocked(s.job, Cause::NetworkLost, at_second(6)));
    EXPECT_EQ(wait_reason(s.job, {}).word, "network");
}

TEST(ABlockedJob, LeavesWhoWaitsToTryAgain) {
    Sample s{1};
    s.run();
    s.fail(transient_failure(), 2);
    EXPECT_FALSE(blocked(s.job, Cause::NetworkLost, at_second(3)));
    EXPECT_EQ(wait_reason(s.job, {}).word, "retry-delay");
}

TEST(ABlockedJob, D37IsNoError) {
    Sample s{1};
    for (int i = 0; i < 3; ++i) {
        s.run(0, 10 * i);
        s.take(*blocked(s.job, Cause::NetworkLost, at_second(10 * i + 1)));
        s.take(*retry_due(s.job, at_second(10 * i + 2)));
    }
    EXPECT_EQ(s.job.error_count, 0U);
    EXPECT_EQ(s.job.failures, 0U);
}

TEST(ABlockedJob, WithoutPatienceFailsForWantOfANetwork) {
    Sample s{1};
    s.change(patch<&Settings::no_progress_timeout>(seconds{0}));
    s.take(*blocked(s.job, Cause::BlockedByCost, at_second(1)));
    EXPECT_EQ(s.job.state, State::Blocked);
    s.take(*blocked(s.job, Cause::NetworkLost, at_second(1)));
    EXPECT_EQ(s.job.state, State::Error);
    EXPECT_EQ(s.job.error->cause, Cause::NetworkLost);
}

TEST(NoProgressClock, RunsWhileTheNetworkIsAway) {
    Sample s{1};
    s.take(*blocked(s.job, Cause::NetworkLost, at_second(10)));
    EXPECT_EQ(s.job.clocks.stalled_since, at_second(10).boot);
    s.take(*no_progress(s.job, s.files, at_second(100)));
    EXPECT_EQ(s.job.state, State::Error);
}

TEST(NoProgressClock, StandsWhileCostOrPowerBlocks) {
    Sample s{1};
    s.run();
    s.fail(transient_failure(), 10);
    s.take(*retry_due(s.job, at_second(70)));
    s.take(*blocked(s.job, Cause::BlockedByCost, at_second(80)));
    EXPECT_FALSE(s.job.clocks.stalled_since);
    EXPECT_EQ(s.job.stalled_for, seconds{70});
    EXPECT_FALSE(no_progress(s.job, s.files, at_second(9000)));
    s.take(*retry_due(s.job, at_second(1000)));
    EXPECT_EQ(s.job.clocks.stalled_since, at_second(930).boot);
}

TEST(NoProgressClock, KeepsItsReadingOverARestartWhileBlocked) {
    Sample s{1};
    s.take(*blocked(s.job, Cause::NetworkLost, at_second(10)));
    s.change(patch<&Settings::description>("x"), 40);
    EXPECT_EQ(s.job.stalled_for, seconds{30});
    Now later{{seconds{3}}, at_second(5000).wall};
    auto d = recover(s.job, later);
    EXPECT_EQ(d.job.clocks.stalled_since, later.boot - seconds{30});
    EXPECT_EQ(d.job.retry_date, WallTime{});
    s.take(*blocked(s.job, Cause::BlockedByCost, at_second(50)));
    EXPECT_FALSE(recover(s.job, later).job.clocks.stalled_since);
}

TEST(Readiness, BeginsAtAMomentOfItsOwnAfterItsDate) {
    Job job;
    job.id.hex = "80000000000000000000000000000000";
    job.jitter = seconds{60};
    EXPECT_EQ(start_date(job), WallTime{}) << "there is no date";
    job.not_before = at_second(100).wall;
    EXPECT_EQ(start_date(job), at_second(130).wall);
    job.id.hex = "00000000ffffffffffffffffffffffff";
    EXPECT_EQ(start_date(job), at_second(100).wall);
    job.id.hex = "ffffffff000000000000000000000000";
    EXPECT_GT(start_date(job), at_second(159).wall);
    EXPECT_LT(start_date(job), at_second(160).wall);
    job.jitter = {};
    EXPECT_EQ(start_date(job), at_second(100).wall);
}

TEST(Readiness, WaitsForItsDate) {
    Sample s{1};
    s.change(patch<&Settings::not_before>(at_second(100).wall));
    EXPECT_EQ(readiness(s.job, at_second(99).wall), Readiness::NotBefore);
    EXPECT_EQ(wait_reason(s.job, at_second(99).wall), (WaitReason{"not-before", at_second(100).wall}));
    EXPECT_EQ(readiness(s.job, at_second(100).wall), Readiness::Ready);
    EXPECT_EQ(wait_reason(s.job, at_second(100).wall).word, "turn");
}

TEST(Readiness, D38DynamicContentRunsInTheForegroundOnly) {
    auto request = request_for(1, true);
    request.settings.set<&Settings::dynamic_content>(true);
    Sample s{request};
    EXPECT_EQ(readiness(s.job, {}), Readiness::ForegroundOnly);
    EXPECT_EQ(wait_reason(s.job, {}).word, "foreground-only");
    s.change(patch<&Settings::priority>(Priority::Foreground));
    EXPECT_EQ(readiness(s.job, {}), Readiness::Ready);
    s.run();
    s.change(patch<&Settings::priority>(Priority::High));
    EXPECT_EQ(s.job.state, State::Queued);
    EXPECT_TRUE(has(s.effects, Effect::StopTransfers));
}

TEST(Priority, TransfersBeginAgainWhereTheyAreTreatedInAnotherWay) {
    Sample s{1};
    s.run();
    s.change(patch<&Settings::priority>(Priority::Low));
    EXPECT_FALSE(has(s.effects, Effect::StopTransfers)) << "it yields as before";
    s.change(patch<&Settings::priority>(Priority::Foreground));
    EXPECT_TRUE(has(s.effects, Effect::StopTransfers));
    EXPECT_TRUE(is_running(s.job.state));
}

TEST(Login, WhoIsAwayHasNothingRunning) {
    Sample s{1};
    s.run();
    s.take(*owner_is(s.job, true, at_second(5)));
    EXPECT_EQ(s.job.state, State::Queued);
    EXPECT_TRUE(has(s.effects, Effect::StopTransfers));
    EXPECT_EQ(readiness(s.job, at_second(5).wall), Readiness::OwnerAway);
    EXPECT_EQ(wait_reason(s.job, at_second(5).wall), (WaitReason{"login", {}}));
    EXPECT_FALSE(owner_is(s.job, true, at_second(6)));

    s.take(*owner_is(s.job, false, at_second(7)));
    EXPECT_EQ(s.job.state, State::Queued);
    EXPECT_TRUE(s.effects.empty());
    EXPECT_EQ(readiness(s.job, at_second(7).wall), Readiness::Ready);
}

TEST(Login, OtherStatesStayAndSayWhatTheyWaitFor) {
    Sample s{1, false};
    s.take(*owner_is(s.job, true, at_second(5)));
    EXPECT_EQ(s.job.state, State::Suspended);
    EXPECT_EQ(wait_reason(s.job, at_second(5).wall).word, "suspended");
}

TEST(Login, WhoWasAwayBeforeARestartIsAskedForAnew) {
    Sample s{1};
    s.take(*owner_is(s.job, true, at_second(5)));
    EXPECT_FALSE(recover(s.job, at_second(9)).job.clocks.owner_away);
}

TEST(Login, AccountsOfServicesAreAlwaysThere) {
    for (uint32_t uid : {0U, 999U, 61184U, 65519U, 65534U})
        EXPECT_FALSE(can_log_in(uid)) << uid;
    for (uint32_t uid : {1000U, 60001U, 61183U, 65520U, 65535U, 1000000U})
        EXPECT_TRUE(can_log_in(uid)) << uid;
}

} // namespace

} // namespace haulier::job
