// SPDX-License-Identifier: LGPL-2.1-or-later
// Limits of bandwidth, from the configuration and calls to what workers are told.
#include "daemon/manager/bandwidth.hpp"

#include "daemon/manager/job_scheduler.hpp"
#include "parts_fixture.hpp"

#include <set>

namespace haulier::daemon {

namespace {

using job::State;

constexpr unsigned Always = 0b1111111;

class BandwidthTest : public PartsTest {
protected:
    BandwidthTest() { workers_.listen(runner_); }

    Status limit_user(uint32_t owner, uint64_t limit) {
        Status answer = Error{Errc::Internal, "no answer"};
        bandwidth_.limit_user(owner, limit, [&](const Status& status) { answer = status; });
        static_cast<void>(commits_.flush());
        return answer;
    }
    JobRecord& add_started(uint32_t owner, uint64_t limit = 0,
                           job::Priority priority = job::Priority::Normal) {
        auto request = request_for(1, true);
        request.settings.set<&job::Settings::bandwidth_limit>(limit);
        request.settings.set<&job::Settings::priority>(priority);
        auto& record = add(request, owner);
        decide(job::granted(record.working(), clock_.now()));
        runner_.fill(record);
        return record;
    }
    BandwidthLimits& told(uint32_t owner) { return workers_.limits[owner]; }
    void move(const JobRecord& record, uint64_t bytes) {
        runner_.progress(record.transfers.at(0).ticket, {bytes, {}});
    }

    Admission admission_{config_, Instance::System, jobs_, usage_, [](uint32_t) {}};
    TransferRunner runner_{context_, admission_, random_, [] {}};
};

} // namespace

TEST_F(BandwidthTest, WithoutALimitNoWorkerIsTold) {
    add_started(Ann);
    EXPECT_TRUE(workers_.limits.empty());
    EXPECT_EQ(bandwidth_.machine(), MachineBandwidth{});
}

TEST_F(BandwidthTest, TheLimitOfAUserIsStoredAndToldAtOnce) {
    ASSERT_TRUE(limit_user(Ann, 5000));
    EXPECT_TRUE(observer_.has("bandwidth of a user"));
    EXPECT_EQ(bandwidth_.limit_of(Ann), 5000U);
    add_started(Ann);
    add_started(Bob);
    EXPECT_EQ(told(Ann), (BandwidthLimits{5000, 0, {}}));
    EXPECT_FALSE(workers_.limits.contains(Bob));
    ASSERT_TRUE(limit_user(Ann, 6000));
    EXPECT_EQ(told(Ann).all, 6000U);
    ASSERT_TRUE(limit_user(Ann, 0));
    EXPECT_EQ(told(Ann), BandwidthLimits{});
    EXPECT_EQ(limit_user(Ann, 1023).error().code, Errc::InvalidArgument);
    ASSERT_TRUE(limit_user(Ann, 7000));
    Bandwidth next{context_, [](const job::BandwidthHour&) {}};
    ASSERT_TRUE(next.load());
    EXPECT_EQ(next.limit_of(Ann), 7000U);
}

TEST_F(BandwidthTest, ItKnowsWhoHasTransfersInTheForeground) {
    using Owners = std::set<uint32_t>;
    add_started(Ann);
    EXPECT_EQ(bandwidth_.owners_in_foreground(), Owners{});
    workers_.finish(0);
    add_started(Ann, 0, job::Priority::Foreground);
    EXPECT_EQ(bandwidth_.owners_in_foreground(), Owners{Ann});
    workers_.finish(0);
    EXPECT_EQ(bandwidth_.owners_in_foreground(), Owners{});
    add_started(Ann, 0, job::Priority::Foreground);
    add_started(Bob, 0, job::Priority::Foreground);
    EXPECT_EQ(bandwidth_.owners_in_foreground(), (Owners{Ann, Bob}));
}

TEST_F(BandwidthTest, WhatCannotBeStoredDoesNotHold) {
    break_store();
    EXPECT_FALSE(limit_user(Ann, 5000));
    EXPECT_EQ(bandwidth_.limit_of(Ann), 0U);
}

TEST_F(BandwidthTest, TheLimitOfAJobHoldsWhileItHasTransfers) {
    auto& record = add_started(Ann, 9000);
    const auto hex = record.durable().id.hex;
    EXPECT_EQ(told(Ann).jobs, (std::map<std::string, uint64_t>{{hex, 9000}}));
    auto changed = record.working();
    changed.bandwidth_limit = 8000;
    bandwidth_.changed(changed);
    EXPECT_EQ(told(Ann).jobs.at(hex), 8000U);
    workers_.finish(0);
    add_started(Ann, 4000);
    EXPECT_EQ(told(Ann).jobs.size(), 1U);
    EXPECT_FALSE(told(Ann).jobs.contains(hex));
}

TEST_F(BandwidthTest, TheLimitOfTheMachineIsSharedByThoseWhoHaveTransfers) {
    config_.bandwidth_limit = 100'000;
    bandwidth_.review();
    EXPECT_TRUE(observer_.has("bandwidth"));
    add_started(Ann);
    EXPECT_EQ(told(Ann).all, 100'000U);
    add_started(Bob);
    EXPECT_EQ(told(Ann).all, 50'000U);
    EXPECT_EQ(told(Bob).all, 50'000U);
    ASSERT_TRUE(limit_user(Bob, 20'000));
    EXPECT_EQ(told(Bob).all, 20'000U);
    workers_.finish(0);
    EXPECT_EQ(told(Bob).all, 20'000U);
    config_.bandwidth_limit = 0;
    bandwidth_.review();
    EXPECT_EQ(told(Bob).all, 20'000U) << "their own limit";
}

TEST_F(BandwidthTest, SharesFollowWhatIsUsed) {
    config_.bandwidth_limit = 1'000'000;
    bandwidth_.review();
    auto& anns = add_started(Ann);
    add_started(Bob);
    uint64_t moved = 0;
    auto step = [&] {
        move(anns, ++moved * 2'000'000);
        return told(Ann).all > 800'000;
    };
    run_until(step);
    EXPECT_GE(told(Bob).all, 100'000U) << "enough to begin again";
    EXPECT_LE(told(Ann).all + told(Bob).all, 1'000'000U);
}

TEST_F(BandwidthTest, JobsInTheForegroundAreNotInTheBackground) {
    config_.bandwidth_schedule = {{Always, 0, job::MinutesOfDay, 30'000, true}};
    bandwidth_.review();
    add_started(Ann, 0, job::Priority::Foreground);
    EXPECT_TRUE(workers_.limits.empty());
    add_started(Bob);
    EXPECT_EQ(told(Bob), (BandwidthLimits{0, 30'000, {}}));
    auto& record = add_started(Ann, 0, job::Priority::Low);
    EXPECT_EQ(told(Bob).background, 15'000U);
    EXPECT_EQ(told(Ann), (BandwidthLimits{0, 15'000, {}}));
    EXPECT_EQ(bandwidth_.strictest(record.working()), 30'000U);
}

TEST_F(BandwidthTest, AtAClosedHourJobsWaitUntilItOpens) {
    PermitTable permits{context_};
    JobScheduler scheduler{context_, Instance::System, runner_, permits};
    auto& record = add_started(Ann);
    auto& urgent = add_started(Bob, 0, job::Priority::Foreground);
    config_.bandwidth_schedule = {{Always, 0, job::MinutesOfDay, 0, true}};
    bandwidth_.review();
    scheduler.set_hour(hour_);
    ASSERT_TRUE(commits_.flush());
    EXPECT_EQ(record.durable().state, State::Queued);
    EXPECT_EQ(job::wait_reason(record.durable(), {}), (job::WaitReason{"window", {}}));
    EXPECT_TRUE(job::is_running(urgent.durable().state));
    EXPECT_EQ(bandwidth_.machine().allowance.background, 0U);
    config_.bandwidth_schedule.clear();
    bandwidth_.review();
    scheduler.set_hour(hour_);
    ASSERT_TRUE(commits_.flush());
    EXPECT_EQ(record.durable().clocks.bar, std::nullopt);
}

} // namespace haulier::daemon
