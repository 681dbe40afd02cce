// SPDX-License-Identifier: LGPL-2.1-or-later
#include "daemon/manager/job_scheduler.hpp"

#include "parts_fixture.hpp"

namespace haulier::daemon {

namespace {

using job::State;

class JobSchedulerTest : public PartsTest {
protected:
    JobSchedulerTest() { workers_.listen(runner_); }

    /// Until nothing changes any more.
    void schedule() {
        for (int i = 0; i < 3; ++i) {
            scheduler_.schedule_soon();
            drain();
        }
    }
    JobRecord& add_remote() {
        auto request = request_for(1, true);
        request.files[0].remote = "http://example.org/f";
        return add(request);
    }

    Admission admission_{config_, Instance::System, jobs_, usage_, [](uint32_t) {}};
    TransferRunner runner_{context_, admission_, random_, [] {}};
    PermitTable permits_{context_};
    JobScheduler scheduler_{context_, Instance::System, runner_, permits_};
};

TEST_F(JobSchedulerTest, GrantsSlotsAndStartsFilesWhenThatIsDurable) {
    config_.jobs_at_once = 1;
    auto& first = add(request_for(1, true));
    auto& second = add(request_for(1, true));
    auto& suspended = add(request_for(1));
    scheduler_.schedule_soon();
    EXPECT_EQ(first.working().state, State::Queued) << "in a later turn";
    drain();
    EXPECT_EQ(first.durable().state, State::Connecting);
    EXPECT_TRUE(workers_.transfers.empty());
    schedule();
    EXPECT_EQ(workers_.transfers.size(), 1U);
    EXPECT_EQ(second.durable().state, State::Queued);
    EXPECT_EQ(suspended.durable().state, State::Suspended);
}

TEST_F(JobSchedulerTest, GrantsNothingToAJobThatIsBeingTaken) {
    auto& record = add(request_for(1, true));
    record.changing_owner = true;
    schedule();
    EXPECT_EQ(record.durable().state, State::Queued);
}

TEST_F(JobSchedulerTest, BlocksJobsThatTheEnvironmentDoesNotAllowToRun) {
    auto& remote = add_remote();
    auto& local = add(request_for(1, true));
    job::Conditions offline;
    offline.online = false;
    scheduler_.set_conditions(offline);
    EXPECT_TRUE(observer_.has("conditions"));
    schedule();
    EXPECT_EQ(remote.durable().state, State::Blocked);
    EXPECT_EQ(remote.durable().error->cause, job::Cause::NetworkLost);
    EXPECT_EQ(local.durable().state, State::Connecting) << "its server is this machine";
    scheduler_.set_conditions({});
    schedule();
    EXPECT_EQ(remote.durable().state, State::Connecting);
}

TEST_F(JobSchedulerTest, TriesAllJobsAgainWhenTheNetworkComesBack) {
    auto& record = add(request_for(1, true));
    schedule();
    workers_.fail(0);
    ASSERT_TRUE(commits_.flush());
    EXPECT_EQ(record.durable().state, State::TransientError);
    job::Conditions offline;
    offline.online = false;
    scheduler_.set_conditions(offline);
    schedule();
    EXPECT_EQ(record.durable().state, State::TransientError);
    scheduler_.set_conditions({});
    EXPECT_EQ(record.working().state, State::Queued);
}

TEST_F(JobSchedulerTest, JobsOfUsersWhoMustLogInWaitForThem) {
    config_.require_login = true;
    auto& record = add(request_for(1, true));
    auto& of_a_service = add(request_for(1, true), 100);
    schedule();
    EXPECT_EQ(record.durable().state, State::Queued);
    EXPECT_TRUE(record.durable().clocks.owner_away);
    EXPECT_EQ(of_a_service.durable().state, State::Connecting) << "system users do not log in";
    scheduler_.set_active_users({Ann});
    schedule();
    EXPECT_EQ(record.durable().state, State::Connecting);
    scheduler_.set_active_users({});
    schedule();
    EXPECT_EQ(record.durable().state, State::Queued);
    EXPECT_TRUE(had(job::Effect::StopTransfers));
}

TEST_F(JobSchedulerTest, DoesNothingWhileItIsPaused) {
    auto& record = add(request_for(1, true));
    scheduler_.schedule_soon();
    scheduler_.pause();
    schedule();
    EXPECT_EQ(record.durable().state, State::Queued);
    scheduler_.resume();
    drain();
    EXPECT_EQ(record.durable().state, State::Connecting);
}

TEST_F(JobSchedulerTest, AFailingStoreLeavesTheQueueAsItWas) {
    auto& record = add(request_for(1, true));
    break_store();
    scheduler_.schedule_soon();
    drain();
    EXPECT_EQ(record.working().state, State::Queued);
    EXPECT_EQ(failures_, 1);
    EXPECT_TRUE(workers_.transfers.empty());
}

} // namespace

TEST_F(JobSchedulerTest, GivesAPermitASlotInItsTurnAndKeepsItThere) {
    config_.jobs_at_once = 1;
    job::PermitRequest request;
    request.settings.set<&job::Settings::display_name>("update");
    request.takes_slot = true;
    auto permit = permits_.add(1, request);
    ASSERT_TRUE(permit);
    auto second = permits_.add(1, request);
    scheduler_.review_permits();
    EXPECT_EQ(permits_.find(*permit)->why.word, "turn") << "in a later turn";
    auto& job = add(request_for(1, true));
    schedule();
    EXPECT_TRUE(permits_.find(*permit)->is_granted());
    EXPECT_TRUE(observer_.has("permit running"));
    EXPECT_EQ(permits_.find(*second)->why.word, "turn") << "one slot for each user";
    EXPECT_EQ(job.durable().state, State::Queued) << "the permit has the only slot";

    job::Conditions offline;
    offline.online = false;
    scheduler_.set_conditions(offline);
    schedule();
    EXPECT_TRUE(observer_.has("permit network"));
    EXPECT_FALSE(permits_.find(*permit)->slot_since);
    EXPECT_EQ(job.durable().state, State::Connecting) << "its server is this machine";

    scheduler_.set_conditions({});
    permits_.remove(*permit);
    permits_.remove(*second);
    EXPECT_TRUE(permits_.empty());
}

TEST_F(JobSchedulerTest, OffersAPermitOfAHigherPriorityFirst) {
    job::PermitRequest low;
    low.settings.set<&job::Settings::display_name>("low");
    low.settings.set<&job::Settings::priority>(job::Priority::Low);
    low.takes_slot = true;
    auto high = low;
    high.settings.set<&job::Settings::priority>(job::Priority::High);
    auto first = permits_.add(1, low);
    scheduler_.review_permits();
    schedule();
    EXPECT_TRUE(permits_.find(*first)->is_granted());
    auto second = permits_.add(1, high);
    scheduler_.review_permits();
    schedule();
    EXPECT_TRUE(permits_.find(*second)->is_granted());
    EXPECT_FALSE(permits_.find(*first)->is_granted()) << "as a job of a lower priority";
}

TEST_F(JobSchedulerTest, GrantsAPermitWithoutASlotAtOnceAndAtMostSixteenOfAUser) {
    job::PermitRequest request;
    request.settings.set<&job::Settings::display_name>("update");
    for (size_t i = 0; i < job::PermitsPerUser; ++i) {
        auto permit = permits_.add(1, request);
        ASSERT_TRUE(permit);
        scheduler_.review_permits();
        EXPECT_TRUE(permits_.find(*permit)->is_granted());
    }
    auto refused = permits_.add(1, request);
    ASSERT_FALSE(refused);
    EXPECT_EQ(refused.error().code, Errc::TooManyJobs);
    EXPECT_TRUE(permits_.add(2, request));
}

} // namespace haulier::daemon
