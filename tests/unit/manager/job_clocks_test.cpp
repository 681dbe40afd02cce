// SPDX-License-Identifier: LGPL-2.1-or-later
#include "daemon/manager/job_clocks.hpp"

#include "job/outcomes.hpp"
#include "parts_fixture.hpp"

namespace haulier::daemon {

namespace {

using job::State;
using std::chrono::hours;

class JobClocksTest : public PartsTest {
protected:
    /// Runs the timers that are due.
    void run(JobRecord& record) {
        clocks_.arm(record);
        drain();
        ASSERT_TRUE(commits_.flush());
    }
    JobRecord& add_failed() {
        auto& record = add_running(request_for(1));
        job::Failure failure;
        failure.error = {job::Cause::HttpStatus, 503, "busy", 0};
        decide(job::failed(record.working(), 0, record.working_files(), failure, {}, config_.retry, random_,
                           clock_.now()));
        return record;
    }

    int dates_ = 0;
    std::vector<job::Id> undeliverable_;
    JobClocks clocks_{
        context_,
        {[this] { ++dates_; }, [this](JobRecord& record) { undeliverable_.push_back(record.durable().id); }}};
};

TEST_F(JobClocksTest, AJobIsQueuedAgainAfterItsRetryDelay) {
    auto& waiting = add_failed();
    run(waiting);
    EXPECT_EQ(waiting.durable().state, State::TransientError);
    clock_.set_back(hours{1});
    auto& due = add_failed();
    run(due);
    EXPECT_EQ(due.durable().state, State::Queued);
}

TEST_F(JobClocksTest, AJobFailsWithoutProgress) {
    clock_.set_back(hours{1});
    auto request = request_for(1);
    request.settings.set<&job::Settings::minimum_retry_delay>(std::chrono::seconds{6000});
    request.settings.set<&job::Settings::no_progress_timeout>(std::chrono::seconds{6000});
    auto& record = add_running(request);
    job::Failure failure;
    failure.error = {job::Cause::HttpStatus, 503, "busy", 0};
    decide(job::failed(record.working(), 0, record.working_files(), failure, {}, config_.retry, random_,
                       clock_.now()));
    run(record);
    EXPECT_EQ(record.durable().state, State::TransientError);
    job::SettingsPatch patch;
    patch.set<&job::Settings::minimum_retry_delay>(std::chrono::seconds{60});
    patch.set<&job::Settings::no_progress_timeout>(std::chrono::seconds{60});
    decide(*job::change(record.working(), record.working_files(), patch, clock_.now()));
    record.retry.stop();
    record.stall.set(loop_, record.durable().clocks.stalled_since, [&] {
        commits_.stage(job::no_progress(record.working(), record.working_files(), clock_.now()));
    });
    drain();
    EXPECT_EQ(record.durable().state, State::Error);
    EXPECT_EQ(record.durable().error->cause, job::Cause::NoProgress);
}

TEST_F(JobClocksTest, AJobThatNobodyTouchesIsCancelled) {
    config_.empty_job_timeout = std::chrono::milliseconds{0};
    auto& empty = add(request_for(0));
    auto& other = add(request_for(1));
    run(empty);
    run(other);
    EXPECT_EQ(empty.durable().state, State::Cancelled);
    EXPECT_TRUE(empty.durable().expired);
    EXPECT_EQ(other.durable().state, State::Suspended);
}

TEST_F(JobClocksTest, AnEndedJobDoesNotWaitForItsClientForEver) {
    config_.empty_job_timeout = std::chrono::milliseconds{0};
    auto& record = add(request_for(0));
    record.phase = Phase::AwaitingDelivery;
    run(record);
    EXPECT_EQ(undeliverable_, std::vector<job::Id>{record.durable().id});
    EXPECT_EQ(record.durable().state, State::Suspended);
    record.phase = Phase::Removed;
    run(record);
    EXPECT_EQ(undeliverable_.size(), 1U);
}

TEST_F(JobClocksTest, TheDateOfAJobIsAnnounced) {
    auto request = request_for(1, true);
    request.settings.set<&job::Settings::not_before>(clock_.now().wall + std::chrono::milliseconds{200});
    auto& record = add(request);
    clocks_.arm(record);
    EXPECT_EQ(dates_, 0);
    run_until([&] { return dates_ == 1; });
    EXPECT_TRUE(observer_.has("wait-reason"));
}

TEST_F(JobClocksTest, ATimerThatIsDueDecidesWithWorkingValues) {
    clock_.set_back(hours{1});
    auto& record = add_failed();
    clocks_.arm(record);
    commits_.stage(*job::suspend(record.working(), clock_.now()));
    drain();
    EXPECT_EQ(record.durable().state, State::Suspended) << "not queued by the retry delay";
}

} // namespace

} // namespace haulier::daemon
