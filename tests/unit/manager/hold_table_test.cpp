// SPDX-License-Identifier: LGPL-2.1-or-later
// Holds, from the call to what becomes of the jobs.
#include "daemon/manager/hold_table.hpp"

#include "daemon/manager/job_scheduler.hpp"
#include "parts_fixture.hpp"

namespace haulier::daemon {

namespace {

using job::State;

class HoldTableTest : public PartsTest {
protected:
    HoldTableTest() { workers_.listen(runner_); }

    Status hold(job::Scope scope, WallTime until = {}) {
        Status answer = Error{Errc::Internal, "no answer"};
        holds_.hold(scope, until, [&](const Status& status) { answer = status; });
        static_cast<void>(commits_.flush());
        drain();
        return answer;
    }
    Status release(job::Scope scope) {
        Status answer = Error{Errc::Internal, "no answer"};
        holds_.release(scope, [&](const Status& status) { answer = status; });
        static_cast<void>(commits_.flush());
        drain();
        return answer;
    }
    [[nodiscard]] WallTime in(Usec span) const { return clock_.now().wall + span; }
    JobRecord& add_started(uint32_t owner = Ann) {
        auto& record = add(request_for(1, true), owner);
        for (int i = 0; i < 3; ++i) {
            scheduler_.schedule_soon();
            drain();
        }
        EXPECT_TRUE(job::is_running(record.durable().state));
        return record;
    }
    static job::WaitReason reason(const JobRecord& record) { return job::wait_reason(record.durable(), {}); }

    Admission admission_{config_, Instance::System, jobs_, usage_, [](uint32_t) {}};
    TransferRunner runner_{context_, admission_, random_, [] {}};
    PermitTable permits_{context_};
    JobScheduler scheduler_{context_, Instance::System, runner_, permits_};
    HoldTable holds_{context_, [this](const job::Holds& holds) { scheduler_.set_holds(holds); }};
};

} // namespace

TEST_F(HoldTableTest, JobsAreInTheQueueWhenTheCallIsAnswered) {
    auto& anns = add_started();
    auto& bobs = add_started(Bob);
    ASSERT_TRUE(hold(Ann));
    EXPECT_EQ(anns.durable().state, State::Queued);
    EXPECT_EQ(reason(anns), (job::WaitReason{"held", {}}));
    EXPECT_TRUE(had(job::Effect::StopTransfers));
    EXPECT_TRUE(observer_.has("holds"));
    EXPECT_TRUE(job::is_running(bobs.durable().state));
    scheduler_.schedule_soon();
    drain();
    EXPECT_EQ(anns.durable().state, State::Queued);
}

TEST_F(HoldTableTest, AHoldOfAllIsIndependentOfThoseOfUsers) {
    auto& record = add_started();
    ASSERT_TRUE(hold({}));
    ASSERT_TRUE(hold(Ann, in(std::chrono::hours{1})));
    EXPECT_EQ(reason(record), (job::WaitReason{"held", {}}));
    ASSERT_TRUE(release({}));
    EXPECT_NE(reason(record).until, WallTime{});
    ASSERT_TRUE(hold({}));
    ASSERT_TRUE(release(Ann));
    EXPECT_EQ(reason(record), (job::WaitReason{"held", {}}));
    ASSERT_TRUE(release({}));
    EXPECT_EQ(record.durable().clocks.bar, std::nullopt);
}

TEST_F(HoldTableTest, EndsByItself) {
    auto& record = add_started();
    ASSERT_TRUE(hold(Ann, in(std::chrono::milliseconds{30})));
    EXPECT_EQ(reason(record).word, "held");
    run_until([&] { return !holds_.holds().owners.contains(Ann); });
    ASSERT_TRUE(commits_.flush());
    EXPECT_NE(reason(record).word, "held");
    EXPECT_TRUE(open_store().load_holds()->empty());
}

TEST_F(HoldTableTest, AnEndThatCouldNotBeStoredDoesNotEndTheNextHold) {
    ASSERT_TRUE(hold(Ann, in(std::chrono::milliseconds{30})));
    break_store();
    run_until([&] { return !holds_.holds().owners.contains(Ann); });
    static_cast<void>(commits_.flush());
    repair_store();
    ASSERT_TRUE(hold(Ann));
    ASSERT_TRUE(commits_.flush());
    auto stored = open_store().load_holds();
    ASSERT_EQ(stored->size(), 1U);
    EXPECT_EQ(stored->front().until, WallTime{});
}

TEST_F(HoldTableTest, ADateInThePastIsRefused) {
    auto& record = add_started();
    auto refused = hold(Ann, in(Usec{-1}));
    ASSERT_FALSE(refused);
    EXPECT_EQ(refused.error().code, Errc::InvalidArgument);
    EXPECT_TRUE(job::is_running(record.durable().state));
}

TEST_F(HoldTableTest, IsKnownAfterARestartUnlessItHasEndedMeanwhile) {
    ASSERT_TRUE(hold(Ann));
    ASSERT_TRUE(hold({}, in(std::chrono::milliseconds{1})));
    ASSERT_TRUE(hold(Bob, in(std::chrono::hours{1})));
    run_until([&] { return !holds_.holds().all; });
    HoldTable next{context_, [](const job::Holds&) {}};
    ASSERT_TRUE(next.load());
    EXPECT_FALSE(next.holds().all);
    EXPECT_EQ(next.holds().owners.at(Ann), WallTime{});
    EXPECT_TRUE(next.holds().owners.contains(Bob));
}

TEST_F(HoldTableTest, WhatCannotBeStoredHasNotHappened) {
    auto& record = add_started();
    break_store();
    EXPECT_FALSE(hold(Ann));
    EXPECT_TRUE(job::is_running(record.durable().state));
    EXPECT_TRUE(holds_.holds().owners.empty());
    EXPECT_EQ(scheduler_.bar_of(record.durable()), std::nullopt);
    repair_store();
    ASSERT_TRUE(hold(Ann));
    EXPECT_EQ(record.durable().state, State::Queued);
}

TEST_F(HoldTableTest, TheEnvironmentDoesNotMatterToAHeldJob) {
    auto request = request_for(1, true);
    request.files[0].remote = "http://example.org/f";
    request.settings.set<&job::Settings::no_progress_timeout>(std::chrono::seconds{0});
    ASSERT_TRUE(hold(Ann));
    auto& record = add(request);
    job::Conditions offline;
    offline.online = false;
    scheduler_.set_conditions(offline);
    drain();
    EXPECT_EQ(record.durable().state, State::Queued) << "without patience it would fail";
    ASSERT_TRUE(release(Ann));
    scheduler_.schedule_soon();
    drain();
    EXPECT_EQ(record.durable().state, State::Error);
}

} // namespace haulier::daemon
