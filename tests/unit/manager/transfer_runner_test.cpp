// SPDX-License-Identifier: LGPL-2.1-or-later
#include "daemon/manager/transfer_runner.hpp"

#include "job/outcomes.hpp"
#include "parts_fixture.hpp"

namespace haulier::daemon {

namespace {

using job::State;

class TransferRunnerTest : public PartsTest {
protected:
    TransferRunnerTest() { workers_.listen(runner_); }

    Admission admission_{config_, Instance::Session, jobs_, usage_, [](uint32_t) {}};
    int ended_ = 0;
    TransferRunner runner_{context_, admission_, random_, [this] { ++ended_; }};
};

TEST_F(TransferRunnerTest, StartsAsManyFilesAsTheConfigurationAllows) {
    config_.files_at_once = 2;
    auto& record = add_running(request_for(3));
    runner_.fill(record);
    EXPECT_EQ(workers_.transfers.size(), 2U);
    runner_.fill(record);
    EXPECT_EQ(workers_.transfers.size(), 2U);
    EXPECT_FALSE(runner_.is_idle());
    workers_.begin(0);
    workers_.finish(0);
    EXPECT_EQ(ended_, 1);
    ASSERT_TRUE(commits_.flush());
    runner_.fill(record);
    EXPECT_EQ(workers_.transfers.size(), 2U);
    EXPECT_NE(workers_.ticket_of(2), 0U);
}

TEST_F(TransferRunnerTest, SmallFilesAreManyAtATimeUntilOneIsLargeOrFails) {
    config_.files_at_once = 2;
    auto& record = add_running(request_for(20));
    auto finish = [&](uint32_t index, uint64_t size) {
        workers_.begin(index, size);
        workers_.finish(index, size);
        ASSERT_TRUE(commits_.flush());
        runner_.fill(record);
    };
    runner_.fill(record);
    finish(0, 100);
    EXPECT_EQ(workers_.transfers.size(), 3U);
    finish(1, 100);
    finish(2, 100);
    EXPECT_EQ(workers_.transfers.size(), 5U);
    workers_.begin(3, 10 << 20);
    finish(4, 100);
    EXPECT_EQ(workers_.transfers.size(), 4U) << "one of those under way is large";
    workers_.finish(3, 10 << 20);
    ASSERT_TRUE(commits_.flush());
    runner_.fill(record);
    EXPECT_EQ(workers_.transfers.size(), 3U) << "no more are begun";
    config_.small_files_at_once = 5;
    for (uint32_t index = 5; index < 12; ++index)
        finish(index, 100);
    EXPECT_EQ(workers_.transfers.size(), 5U) << "the limit";
}

TEST_F(TransferRunnerTest, AReportMayTellOfTheBeginningAndTheEndOfAFile) {
    for (bool has_limit : {false, true}) {
        auto request = request_for(1);
        if (has_limit) request.settings.set<&job::Settings::maximum_download_size>(100);
        auto& record = add_running(request);
        runner_.fill(record);
        auto ticket = workers_.ticket_of(0);
        workers_.transfers.erase(ticket);
        job::Fetched fetched{.report = {100, {}, 100}, .inode = {1, 7}};
        fetched.begun = job::Begun{.report = {0, {}, 100}, .folder = {1, 2}};
        runner_.fetched(ticket, fetched);
        ASSERT_TRUE(commits_.flush());
        EXPECT_EQ(record.durable().state, State::Transferred);
        EXPECT_EQ(record.durable_file(0).inode, (job::Inode{1, 7}));
        EXPECT_EQ(record.durable_file(0).folder, (job::Inode{1, 2}));
        EXPECT_EQ(runner_.hosts().hosts().in_flight(HostTracker::host_of(record, 0)), 0U);
    }
}

TEST_F(TransferRunnerTest, ASmallLimitOfBandwidthMeansFewFilesAtATime) {
    auto request = request_for(4);
    request.settings.set<&job::Settings::bandwidth_limit>(10000);
    runner_.fill(add_running(request));
    EXPECT_EQ(workers_.transfers.size(), 1U);
    request.settings.set<&job::Settings::bandwidth_limit>(1'000'000);
    runner_.fill(add_running(request));
    EXPECT_EQ(workers_.transfers.size(), 5U) << "as many as without a limit";
}

TEST_F(TransferRunnerTest, ACheckpointIsShownWhenItIsDurable) {
    auto& record = add_running(request_for(1));
    runner_.fill(record);
    workers_.begin(0);
    workers_.checkpoint(0, 40);
    EXPECT_EQ(record.working_files()[0].offset, 40U);
    EXPECT_EQ(record.durable_file(0).offset, 0U);
    ASSERT_TRUE(commits_.flush());
    EXPECT_EQ(record.durable_file(0).offset, 40U);
    EXPECT_EQ(stored().front().files.at(0).offset, 40U);
}

TEST_F(TransferRunnerTest, ProgressIsShownAtOnceAndNeverTakenBack) {
    auto& record = add_running(request_for(1));
    runner_.fill(record);
    workers_.begin(0);
    ASSERT_TRUE(commits_.flush());
    runner_.progress(workers_.ticket_of(0), {70, {}});
    EXPECT_EQ(transferred_of(record, 0), 70U);
    workers_.finish(0);
    EXPECT_EQ(transferred_of(record, 0), 100U) << "the end of the transfer is committed at once";
    EXPECT_TRUE(stored().front().files.at(0).transferred);
}

TEST_F(TransferRunnerTest, AJobYieldsAsLongAsOneOfItsTransfersDoes) {
    auto& record = add_running(request_for(2));
    runner_.fill(record);
    workers_.begin(0, 5000);
    workers_.begin(1, 5000);
    ASSERT_TRUE(commits_.flush());
    observer_.words.clear();
    runner_.progress(workers_.ticket_of(0), {100, {}, true});
    runner_.progress(workers_.ticket_of(1), {100, {}, false});
    run_until([&] { return yields_of(record, record.durable()); });
    EXPECT_EQ(observer_.words, (std::vector<std::string>{"yields"}));
    runner_.progress(workers_.ticket_of(0), {200, {}, false});
    run_until([&] { return !yields_of(record, record.durable()); });
    EXPECT_EQ(observer_.words, (std::vector<std::string>{"yields", "yields no more"}));
}

TEST_F(TransferRunnerTest, TheRateIsThatOfAllFilesAndEndsWhenNothingComes) {
    auto& record = add_running(request_for(2));
    runner_.fill(record);
    workers_.begin(0, 5000);
    workers_.begin(1, 5000);
    ASSERT_TRUE(commits_.flush());
    clock_.set_back(Usec{20'000'000});
    runner_.progress(workers_.ticket_of(0), {3000, {}});
    runner_.progress(workers_.ticket_of(1), {1000, {}});
    runner_.progress(workers_.ticket_of(1), {1000, {}});
    auto now = clock_.now().boot;
    EXPECT_EQ(record.transfers.at(0).flow.rate(now), 3000U);
    EXPECT_EQ(record.flow.rate(now), 4000U);
    run_until([&] { return record.rate > 0; });
    clock_.set_back({});
    run_until([&] { return record.rate == 0; });
    EXPECT_FALSE(record.rate_timer) << "nothing wakes up any more";
    EXPECT_EQ(observer_.resizes, 1) << "sizes are announced when they have changed";
}

TEST_F(TransferRunnerTest, AFileIsNotStartedWhileItIsChanging) {
    auto& record = add_running(request_for(2));
    runner_.fill(record);
    workers_.begin(0);
    auto ticket = workers_.ticket_of(0);
    workers_.transfers.erase(ticket);
    record.transfers.at(0).moved = 0;
    job::Failure wrong;
    wrong.error = {job::Cause::ChecksumMismatch, 0, "wrong", 0};
    runner_.failed(ticket, wrong);
    EXPECT_TRUE(record.is_changing(0)) << "the first wrong checksum starts the file again";
    runner_.fill(record);
    EXPECT_EQ(workers_.transfers.size(), 1U);
    ASSERT_TRUE(commits_.flush());
    runner_.fill(record);
    EXPECT_EQ(workers_.transfers.size(), 2U);
}

TEST_F(TransferRunnerTest, ALostWorkerQueuesTheJobAgain) {
    auto& record = add_running(request_for(2));
    runner_.fill(record);
    workers_.end_transfers(true);
    EXPECT_EQ(record.working().state, State::Queued);
    EXPECT_TRUE(record.transfers.empty());
    EXPECT_TRUE(runner_.is_idle());
}

TEST_F(TransferRunnerTest, ATransferThatWasHaltedChangesNothing) {
    auto& record = add_running(request_for(1));
    runner_.fill(record);
    runner_.stop(record);
    runner_.stop(record);
    EXPECT_TRUE(workers_.transfers.begin()->second.halted);
    workers_.end_transfers();
    EXPECT_EQ(record.working().state, State::Connecting);
    EXPECT_FALSE(record.is_changing());
}

TEST_F(TransferRunnerTest, TheTransferOfARemovedFileIsHalted) {
    auto& record = add_running(request_for(3));
    runner_.fill(record);
    workers_.begin(0);
    decide(*job::remove_files(record.working(), record.working_files(), {0}, clock_.now()));
    runner_.fill(record);
    EXPECT_TRUE(record.transfers.at(0).halting);
    EXPECT_FALSE(record.transfers.at(1).halting);
    workers_.checkpoint(1, 50);
    workers_.end_transfers();
    ASSERT_TRUE(commits_.flush());
    EXPECT_EQ(tally_of(record).transferred, 50U);
    EXPECT_EQ(record.durable().state, State::Transferring);
}

TEST_F(TransferRunnerTest, AnIgnoredTransferChangesNothing) {
    auto& record = add_running(request_for(1));
    runner_.fill(record);
    workers_.begin(0);
    ASSERT_TRUE(commits_.flush());
    record.transfers.at(0).ignored = true;
    workers_.checkpoint(0, 40);
    EXPECT_FALSE(record.is_changing());
    workers_.finish(0);
    EXPECT_FALSE(record.is_changing());
    EXPECT_TRUE(record.transfers.empty());
}

TEST_F(TransferRunnerTest, AServerThatWantsToRestIsBelievedAlsoIfTheResultDoesNotCount) {
    auto& record = add_running(request_for(1));
    runner_.fill(record);
    record.transfers.at(0).ignored = true;
    job::Failure failure;
    failure.error = {job::Cause::HttpStatus, 503, "the server answered 503", 0};
    failure.retry_after = std::chrono::minutes{5};
    runner_.failed(workers_.ticket_of(0), failure);
    EXPECT_FALSE(record.is_changing());
    EXPECT_TRUE(runner_.hosts().rests_of(record)(0));
}

TEST_F(TransferRunnerTest, AMirrorThatWantsToRestIsNotAskedForParts) {
    auto request = request_for(1);
    request.settings.set<&job::Settings::connections>(3U);
    request.files[0].mirrors = {"https://one.example/f", "https://two.example/f"};
    auto& record = add_running(request);
    job::Failure failure;
    failure.error = {job::Cause::HttpStatus, 503, "the server answered 503", 0};
    failure.retry_after = std::chrono::minutes{5};
    ActiveTransfer refused;
    refused.host = {record.working().owner, "https://two.example:443"};
    runner_.hosts().failed(record.working(), refused, failure);
    runner_.fill(record);
    EXPECT_EQ(workers_.transfers.at(workers_.ticket_of(0)).mirrors, 1U);
}

TEST_F(TransferRunnerTest, ReportsOfUnknownTransfersAreIgnored) {
    auto& record = add_running(request_for(1));
    runner_.checkpointed(4711, {40, {}, 100});
    runner_.fetched(4711, {});
    runner_.halted(4711);
    EXPECT_FALSE(record.is_changing());
    EXPECT_EQ(ended_, 0);
}

TEST_F(TransferRunnerTest, ARestartIsDurableBeforeBytesAreWritten) {
    runner_.fill(add_running(request_for(1)));
    workers_.begin(0, 100, true);
    auto& transfer = workers_.transfers.begin()->second;
    EXPECT_FALSE(transfer.proceeded);
    ASSERT_TRUE(commits_.flush());
    EXPECT_TRUE(transfer.proceeded);
}

TEST_F(TransferRunnerTest, ARestartThatCannotBeStoredIsHalted) {
    auto& record = add_running(request_for(1));
    runner_.fill(record);
    break_store();
    workers_.begin(0, 100, true);
    auto& transfer = workers_.transfers.begin()->second;
    EXPECT_FALSE(transfer.proceeded);
    EXPECT_TRUE(transfer.halted);
    EXPECT_EQ(record.working().state, State::Connecting);
    EXPECT_EQ(failures_, 1);
}

TEST_F(TransferRunnerTest, TheRetryDelayHasItsShareOfChance) {
    config_.retry.backoff = job::Backoff::Exponential;
    auto& record = add_running(request_for(1));
    Usec waits[2];
    for (auto& wait : waits) {
        // The second failure in a row waits for twice the time, less up to a quarter.
        for (int i = 0; i < 2; ++i) {
            runner_.fill(record);
            workers_.fail(0);
            ASSERT_TRUE(commits_.flush());
            EXPECT_EQ(record.durable().state, State::TransientError);
            wait = record.durable().retry_wait;
            decide(job::try_again(record.working(), record.working_files(), clock_.now()));
            decide(job::granted(record.working(), clock_.now()));
        }
        decide(job::progressed(record.working(), 0, record.working_files()[0], true, clock_.now()));
        random_.value = 0.99;
    }
    EXPECT_EQ(waits[0], std::chrono::seconds{120});
    EXPECT_LT(waits[1], std::chrono::seconds{95});
}

TEST_F(TransferRunnerTest, RangesOfSiblingFilesThatArriveTogetherAreCountedTogether) {
    auto request = request_for(2);
    request.settings.set<&job::Settings::on_demand>(true);
    auto& record = add(request);
    for (uint32_t i : {0U, 1U})
        decide(*job::request_ranges(record.working(), i, record.working_files()[i], {{0, 10}}, config_.limits,
                                    clock_.now()));
    decide(*job::resume(record.working(), record.working_files(), clock_.now()));
    decide(job::granted(record.working(), clock_.now()));
    runner_.fill(record);
    workers_.begin(0);
    workers_.begin(1);
    for (uint32_t i : {0U, 1U}) {
        record.transfers.at(i).moved = 0;
        auto ticket = workers_.ticket_of(i);
        workers_.transfers.erase(ticket);
        job::Fetched fetched;
        fetched.report = {10, {}, 100};
        runner_.fetched(ticket, fetched);
    }
    EXPECT_EQ(record.working().state, State::Suspended) << "all that was requested is here";
    EXPECT_EQ(record.durable().state, State::Connecting) << "without a commit between the two";
}

TEST_F(TransferRunnerTest, WhatAServerMishandlesIsKnownForItsOtherFiles) {
    config_.files_at_once = 1;
    auto& record = add_running(request_for(2));
    runner_.fill(record);
    auto ticket = workers_.ticket_of(0);
    EXPECT_FALSE(workers_.transfers.at(ticket).http1);
    workers_.transfers.erase(ticket);
    job::Failure failure;
    failure.error = {job::Cause::ConnectionLost, 92, "the stream was aborted", 0};
    failure.http2 = true;
    runner_.failed(ticket, failure);
    ASSERT_TRUE(commits_.flush());
    EXPECT_EQ(record.working().state, State::Connecting) << "asked once more, in another way";
    runner_.fill(record);
    ticket = workers_.ticket_of(0);
    EXPECT_TRUE(workers_.transfers.at(ticket).http1);
    job::Begun begun;
    begun.report.total = 100;
    begun.if_range_broken = true;
    runner_.begun(ticket, begun);
    workers_.finish(0);
    ASSERT_TRUE(commits_.flush());
    runner_.fill(record);
    ticket = workers_.ticket_of(1);
    EXPECT_TRUE(workers_.transfers.at(ticket).http1);
    EXPECT_TRUE(workers_.transfers.at(ticket).if_range_broken);
    workers_.transfers.erase(ticket);
    failure.error.file = 1;
    runner_.failed(ticket, failure);
    ASSERT_TRUE(commits_.flush());
    EXPECT_EQ(record.working().state, State::TransientError) << "nothing is left to try at once";
}

TEST_F(TransferRunnerTest, HeadersAreNotKeptForAnOwnerWithoutRoom) {
    auto& record = add_running(request_for(1));
    runner_.fill(record);
    config_.limits.text_per_user = 1;
    job::Begun begun;
    begun.headers = "Server: x\n";
    runner_.begun(workers_.ticket_of(0), begun);
    EXPECT_EQ(record.working().state, State::Transferring);
    EXPECT_EQ(record.working_files()[0].response_headers, "");
}

} // namespace

} // namespace haulier::daemon
