// SPDX-License-Identifier: LGPL-2.1-or-later
#include "daemon/manager/job_lifecycle.hpp"

#include "job/outcomes.hpp"
#include "parts_fixture.hpp"

namespace haulier::daemon {

namespace {

using job::State;
using Texts = std::vector<std::string>;

class JobLifecycleTest : public PartsTest {
protected:
    /// The first `count` files are here.
    void finish_files(JobRecord& record, uint32_t count) {
        for (uint32_t i = 0; i < count; ++i) {
            job::Fetched fetched;
            fetched.report = {100, {}, 100};
            decide(job::fetched(record.working(), i, record.working_files(), fetched,
                                job::segments_of(record.working_files()[i], false), config_.limits,
                                clock_.now()));
        }
    }
    JobRecord& add_publishing(const job::Request& request, uint32_t finished) {
        auto& record = add_running(request);
        finish_files(record, finished);
        decide(*job::complete(record.working(), clock_.now()));
        return record;
    }

    PendingDiscards discards_{context_};
    JobLifecycle lifecycle_{context_, discards_};
};

TEST_F(JobLifecycleTest, FinishedFilesGetTheirNamesAndTheRestIsDropped) {
    auto& record = add_publishing(request_for(3), 2);
    lifecycle_.publish(record.working().id);
    EXPECT_EQ(record.phase, Phase::Ending);
    EXPECT_EQ(workers_.texts(), (Texts{"publish /srv/f0", "publish /srv/f1"}));
    workers_.answer();
    EXPECT_TRUE(record.working_files()[0].completed);
    EXPECT_EQ(record.working().state, State::Publishing);
    workers_.answer();
    ASSERT_TRUE(commits_.flush());
    EXPECT_EQ(record.durable().state, State::Acknowledged);
    EXPECT_TRUE(had(job::Effect::DiscardUnfinished));

    lifecycle_.discard(record.durable().id, false);
    EXPECT_EQ(workers_.texts(), Texts{"discard -2.part"});
    workers_.answer();
    drain();
    EXPECT_EQ(record.phase, Phase::Removed);
    EXPECT_EQ(observer_.words.back(), "removed partial");
    EXPECT_TRUE(stored().empty());
}

TEST_F(JobLifecycleTest, OfFilesWithOneNameTheLastGetsIt) {
    auto request = request_for(2);
    request.files[1].local = request.files[0].local;
    auto& record = add_publishing(request, 2);
    lifecycle_.publish(record.working().id);
    EXPECT_EQ(workers_.texts(), Texts{"publish /srv/f0"});
    workers_.answer();
    EXPECT_EQ(workers_.texts(), Texts{"discard -0.part"});
}

TEST_F(JobLifecycleTest, FilesThatReplaceNothingComeAfterThoseThatDo) {
    auto request = request_for(3);
    for (auto& file : request.files)
        file.local = request.files[0].local;
    request.files[0].existing = request.files[1].existing = job::Existing::Rename;
    auto& record = add_publishing(request, 3);
    lifecycle_.publish(record.working().id);
    EXPECT_EQ(workers_.texts(), Texts{"publish /srv/f0"});
    workers_.answer();
    EXPECT_EQ(workers_.texts(), (Texts{"publish /srv/f0", "publish /srv/f0"}));
    workers_.published_name = "f0 (1)";
    workers_.answer();
    EXPECT_FALSE(record.working_files()[2].spec.local.ends_with(")"));
}

TEST_F(JobLifecycleTest, ARemovedFileTakesNoNameAndItsTemporaryFileIsDeletedOnceMoreAtTheEnd) {
    auto request = request_for(2);
    request.files[1].local = request.files[0].local;
    auto& record = add_running(request);
    finish_files(record, 2);
    decide(*job::remove_files(record.working(), record.working_files(), {1}, clock_.now()));
    lifecycle_.discard_files(record.working().id, {1});
    EXPECT_EQ(workers_.texts(), Texts{"discard -1.part"});
    workers_.answer(Error{Errc::LocalFile, "read-only"});
    decide(*job::complete(record.working(), clock_.now()));
    lifecycle_.publish(record.working().id);
    EXPECT_EQ(workers_.texts(), Texts{"publish /srv/f0"});
    workers_.answer();
    ASSERT_TRUE(commits_.flush());
    lifecycle_.discard(record.durable().id, false);
    EXPECT_EQ(workers_.texts(), Texts{"discard -1.part"});
}

TEST_F(JobLifecycleTest, AFileIsKeptUntilALaterOneHasItsName) {
    auto request = request_for(2);
    request.files[1].local = request.files[0].local;
    auto& record = add_publishing(request, 2);
    lifecycle_.publish(record.working().id);
    workers_.answer(Error{Errc::LocalFile, "the folder is read-only"});
    ASSERT_TRUE(commits_.flush());
    EXPECT_TRUE(workers_.texts().empty());
    EXPECT_EQ(record.durable().state, State::Transferred);
    EXPECT_FALSE(record.durable_file(0).completed);
}

TEST_F(JobLifecycleTest, AFileDoesNotTakeTheNameThatALaterOneHas) {
    auto request = request_for(2);
    request.files[1].local = request.files[0].local;
    auto& record = add_publishing(request, 2);
    decide(job::published(record.working(), 1, record.working_files()[1]));
    // The daemon died before it had stored that the first file is deleted.
    lifecycle_.publish(record.working().id);
    EXPECT_EQ(workers_.texts(), Texts{"discard -0.part"});
}

TEST_F(JobLifecycleTest, AFileThatCannotBeNamedLeavesTheJobTransferred) {
    auto& record = add_publishing(request_for(2), 2);
    std::optional<Result<job::EndResult>> answer;
    record.on_end = [&](const Result<job::EndResult>& result) { answer = result; };
    lifecycle_.publish(record.working().id);
    workers_.answer();
    workers_.answer(Error{Errc::LocalFile, "no"});
    EXPECT_FALSE(answer) << "not before that is durable";
    ASSERT_TRUE(commits_.flush());
    ASSERT_TRUE(answer);
    EXPECT_EQ(answer->error().code, Errc::LocalFile);
    EXPECT_EQ(record.durable().state, State::Transferred);
    EXPECT_TRUE(record.durable_file(0).completed);
    EXPECT_FALSE(record.durable_file(1).completed);
    EXPECT_EQ(record.phase, Phase::Kept);
}

TEST_F(JobLifecycleTest, TheEndOfAJobIsToldAndAnsweredWhenTheRemovalIsDurable) {
    auto& record = add(request_for(2));
    decide(*job::cancel(record.working(), clock_.now()));
    std::optional<Result<job::EndResult>> answer;
    record.on_end = [&](const Result<job::EndResult>& result) { answer = result; };
    lifecycle_.discard(record.durable().id, true);
    EXPECT_EQ(workers_.texts(), (Texts{"discard -0.part", "discard -1.part"}));
    workers_.answer(Error{Errc::LocalFile, "cannot be deleted"});
    workers_.answer();
    EXPECT_FALSE(observer_.has("removed cancelled"));
    EXPECT_FALSE(answer);
    drain();
    EXPECT_EQ(observer_.words.back(), "removed cancelled");
    ASSERT_TRUE(answer);
    EXPECT_EQ((*answer)->dropped, 2U);
    EXPECT_TRUE(stored().empty());
}

TEST_F(JobLifecycleTest, ARemovalThatCannotBeStoredIsTriedAgain) {
    auto& record = add(request_for(0));
    decide(*job::cancel(record.working(), clock_.now()));
    std::optional<Result<job::EndResult>> answer;
    record.on_end = [&](const Result<job::EndResult>& result) { answer = result; };
    break_store();
    lifecycle_.discard(record.durable().id, true);
    drain();
    ASSERT_TRUE(answer);
    EXPECT_EQ(answer->error().code, Errc::Store);
    EXPECT_FALSE(observer_.has("removed cancelled"));
    EXPECT_EQ(stored().size(), 1U);

    repair_store();
    lifecycle_.restart(record);
    drain();
    EXPECT_EQ(observer_.words.back(), "removed cancelled");
    EXPECT_EQ(record.phase, Phase::Removed);
    EXPECT_TRUE(stored().empty());
}

TEST_F(JobLifecycleTest, AJobThatCompletedItselfStaysUntilItsClientIsTold) {
    auto request = request_for(1);
    request.settings.set<&job::Settings::auto_complete>(true);
    auto& record = add_running(request);
    const auto id = record.durable().id;
    notifier_.set_object(id, client_object());
    finish_files(record, 1);
    EXPECT_EQ(record.durable().state, State::Publishing);
    decide(job::publish_succeeded(record.working(), clock_.now()));
    lifecycle_.discard(id, false);
    EXPECT_EQ(record.phase, Phase::AwaitingDelivery);
    EXPECT_EQ(stored().size(), 1U);

    notifier_.run();
    clients_.on_acknowledged = [&](int64_t row) {
        commits_.acknowledge(row);
        lifecycle_.forget_delivered_soon();
    };
    clients_.acknowledge();
    drain();
    EXPECT_EQ(record.phase, Phase::Removed);
    EXPECT_TRUE(stored().empty());
}

TEST_F(JobLifecycleTest, AFailedJobThatCompletesItselfIsToldWhenItsFilesHaveTheirNames) {
    auto request = request_for(2);
    request.settings.set<&job::Settings::auto_complete>(true);
    auto& record = add_running(request);
    const auto id = record.durable().id;
    notifier_.set_object(id, client_object());
    finish_files(record, 1);
    job::Failure failure;
    failure.error = {job::Cause::HttpStatus, 404, "the server answered 404", 1};
    failure.fatal = true;
    decide(job::failed(record.working(), 1, record.working_files(), failure, {}, {}, random_, clock_.now()));
    ASSERT_EQ(record.durable().state, State::Error);
    lifecycle_.publish_finished(id);
    notifier_.run();
    EXPECT_TRUE(clients_.calls.empty());
    workers_.answer();
    EXPECT_EQ(clients_.calls.size(), 1U);
    EXPECT_TRUE(observer_.has("told of error"));
}

TEST_F(JobLifecycleTest, ARemovedJobStaysReadableForAWhile) {
    auto& record = add(request_for(0));
    const auto id = record.durable().id;
    decide(*job::cancel(record.working(), clock_.now()));
    lifecycle_.discard(id, true);
    drain();
    EXPECT_NE(jobs_.find(id), nullptr);
    EXPECT_FALSE(observer_.has("forgotten"));

    auto& other = add(request_for(0));
    decide(*job::cancel(other.working(), clock_.now()));
    clock_.set_back(std::chrono::hours{1});
    lifecycle_.discard(other.durable().id, true);
    drain();
    EXPECT_TRUE(observer_.has("forgotten"));
    EXPECT_NE(jobs_.find(id), nullptr);
}

TEST_F(JobLifecycleTest, RemovedJobsOfAnOwnerCanBeEvicted) {
    auto& ended = add(request_for(0));
    auto& of_another = add(request_for(0), Bob);
    const auto id = ended.durable().id;
    const auto other = of_another.durable().id;
    auto& live = add(request_for(0));
    for (auto* record : {&ended, &of_another}) {
        decide(*job::cancel(record->working(), clock_.now()));
        lifecycle_.discard(record->durable().id, true);
    }
    drain();
    lifecycle_.evict_removed(Ann);
    EXPECT_EQ(jobs_.find(id), nullptr);
    EXPECT_NE(jobs_.find(other), nullptr);
    EXPECT_NE(jobs_.find(live.durable().id), nullptr);
    EXPECT_EQ(usage_.of(Ann).jobs, 1U);
}

TEST_F(JobLifecycleTest, WhatCannotBeDeletedIsDeletedLater) {
    auto& record = add_running(request_for(2));
    job::Begun begun;
    begun.report.total = 100;
    begun.folder = {1, 2};
    decide(job::begun(record.working(), 0, record.working_files()[0], begun, config_.limits, clock_.now()));
    decide(*job::cancel(record.working(), clock_.now()));
    clock_.set_back(std::chrono::hours{1});
    lifecycle_.discard(record.durable().id, true);
    workers_.answer(Error{Errc::LocalFile, "read-only"});
    workers_.answer(Error{Errc::LocalFile, "read-only"});
    ASSERT_TRUE(commits_.flush());
    EXPECT_EQ(record.phase, Phase::Removed) << "the job ends all the same";
    auto left = commits_.store().load_discards();
    ASSERT_EQ(left->size(), 1U) << "the other was never begun";
    EXPECT_EQ(left->front().folder, (job::Inode{1, 2}));

    drain();
    ASSERT_EQ(workers_.texts(), Texts{"discard -0.part"});
    workers_.answer();
    drain();
    EXPECT_TRUE(commits_.store().load_discards()->empty());
}

TEST_F(JobLifecycleTest, WhatAFailedCommitUndidIsDoneAgain) {
    auto& record = add_publishing(request_for(1), 1);
    lifecycle_.restart(record);
    ASSERT_EQ(workers_.texts(), Texts{"publish /srv/f0"});
    break_store();
    workers_.answer();
    EXPECT_EQ(record.working().state, State::Publishing);
    EXPECT_FALSE(record.working_files()[0].completed);
    repair_store();
    lifecycle_.restart(record);
    workers_.answer();
    ASSERT_TRUE(commits_.flush());
    EXPECT_EQ(record.durable().state, State::Acknowledged);
    lifecycle_.restart(record);
    drain();
    EXPECT_EQ(record.phase, Phase::Removed) << "nothing is left to delete";
}

TEST_F(JobLifecycleTest, NoJobEndsBeforeAllNamesOfItsFilesAreStored) {
    auto& record = add_publishing(request_for(2), 2);
    lifecycle_.publish(record.working().id);
    break_store();
    workers_.answer();
    repair_store();
    clock_.set_back(std::chrono::hours{1});
    workers_.answer();
    ASSERT_TRUE(commits_.flush());
    EXPECT_EQ(record.durable().state, State::Publishing);
    EXPECT_FALSE(record.durable_file(0).completed);

    drain();
    EXPECT_EQ(workers_.texts(), Texts{"publish /srv/f0"});
    workers_.answer();
    ASSERT_TRUE(commits_.flush());
    EXPECT_TRUE(record.durable_file(0).completed);
    EXPECT_EQ(record.durable().state, State::Acknowledged);
}

} // namespace

} // namespace haulier::daemon
