// SPDX-License-Identifier: LGPL-2.1-or-later
// The manager with all its parts, between a real database and workers that do what the test says.
#include "daemon/manager/manager.hpp"

#include "fakes.hpp"
#include "store_fixture.hpp"

#include <memory>
#include <optional>

namespace haulier::daemon {

namespace {

using job::State;

class ManagerTest : public StoreTest {
protected:
    ManagerTest() { start(); }

    void start() {
        manager_ = std::make_unique<Manager>(
            loop_, clock_, random_, config_, Instance::System, open_store(), workers_,
            [this] { ++activity_; }, [this] { ++broken_; });
        notifier_ = std::make_unique<notify::Notifier>(notify::Senders{clients_, clients_}, clients_,
                                                       clients_, notify::Policy{});
        clients_.on_acknowledged = [this](int64_t row) { manager_->acknowledged(row); };
        clients_.on_answer = [this](const OpenQuestion& question, const std::string& answer) {
            manager_->renew_remote_name(question, answer);
        };
        manager_->connect(observer_, *notifier_);
        ASSERT_TRUE(manager_->load());
    }
    /// As after a crash: what is not durable is gone.
    void restart() {
        manager_.reset();
        workers_.transfers.clear();
        workers_.requests.clear();
        observer_.words.clear();
        start();
    }
    /// Lets everything happen that needs no decision of the test; workers grant all requests.
    void settle() {
        drain();
        while (!workers_.requests.empty()) {
            workers_.answer();
            drain();
        }
    }
    template <class T>
    Callback<T> into(std::optional<Result<T>>& answer) {
        return [&answer](const Result<T>& result) { answer = result; };
    }
    Result<Created> try_to_create(const job::Request& request, uint32_t owner = Ann,
                                  const std::optional<notify::Target>& object = {}) {
        std::optional<Result<Created>> answer;
        manager_->create(owner, std::make_shared<job::Request>(request), object, into(answer));
        settle();
        return answer ? *answer : Result<Created>{Error{Errc::Internal, "no answer"}};
    }
    job::Id create(const job::Request& request, const std::optional<notify::Target>& object = {}) {
        auto created = try_to_create(request, Ann, object);
        EXPECT_TRUE(created);
        return created ? created->id : job::Id{};
    }
    /// A job of which all files are in transfer.
    job::Id create_running(uint32_t files) {
        auto id = create(request_for(files, true));
        settle();
        for (uint32_t i = 0; i < files; ++i)
            workers_.begin(i);
        settle();
        EXPECT_EQ(job_of(id).state, State::Transferring);
        return id;
    }
    const job::Job& job_of(const job::Id& id) { return manager_->find(id)->durable(); }

    FakeClock clock_;
    FakeRandom random_;
    Config config_;
    FakeWorkers workers_;
    FakeObserver observer_;
    FakeClients clients_;
    int activity_ = 0;
    int broken_ = 0;
    std::unique_ptr<Manager> manager_;
    std::unique_ptr<notify::Notifier> notifier_;
};

TEST_F(ManagerTest, AJobIsThereWhenItIsDurable) {
    std::optional<Result<Created>> answer;
    manager_->create(Ann, std::make_shared<job::Request>(request_for(0)), {}, into(answer));
    EXPECT_FALSE(answer);
    EXPECT_TRUE(manager_->list().empty());
    EXPECT_EQ(manager_->count(), 0U);
    drain();
    ASSERT_TRUE(answer && *answer);
    EXPECT_EQ(manager_->list().size(), 1U);
    EXPECT_TRUE(observer_.has("added"));
    EXPECT_EQ(stored().size(), 1U);
}

TEST_F(ManagerTest, CreationsOfOneTurnShareACommitAndRespectTheLimit) {
    config_.limits.jobs_per_user = 2;
    std::optional<Result<Created>> answers[3];
    for (auto& answer : answers)
        manager_->create(Ann, std::make_shared<job::Request>(request_for(0)), {}, into(answer));
    ASSERT_TRUE(answers[2]);
    EXPECT_EQ(answers[2]->error().code, Errc::TooManyJobs);
    EXPECT_FALSE(answers[0]) << "no commit was forced";
    drain();
    EXPECT_TRUE(*answers[0]);
    EXPECT_TRUE(*answers[1]);
    EXPECT_EQ(manager_->count(Ann), 2U);
}

TEST_F(ManagerTest, AKeyNamesOneJobAlsoWithinOneTurn) {
    auto request = std::make_shared<job::Request>(request_for(0));
    request->key = "nightly";
    std::optional<Result<Created>> first;
    std::optional<Result<Created>> second;
    manager_->create(Ann, request, {}, into(first));
    manager_->create(Ann, request, {}, into(second));
    EXPECT_FALSE(second) << "the job that is named must be durable";
    drain();
    ASSERT_TRUE(*first && *second);
    EXPECT_TRUE((*first)->created);
    EXPECT_FALSE((*second)->created);
    EXPECT_EQ((*first)->id, (*second)->id);
    EXPECT_TRUE(try_to_create(*request, Bob)->created);
}

TEST_F(ManagerTest, TheWorkerIsAskedAboutFilesFirst) {
    std::optional<Result<Created>> answer;
    manager_->create(Ann, std::make_shared<job::Request>(request_for(1)), {}, into(answer));
    EXPECT_TRUE(manager_->owes_answers());
    EXPECT_TRUE(manager_->busy());
    ASSERT_EQ(workers_.texts(), std::vector<std::string>{"check"});
    workers_.answer(Error{Errc::LocalFile, "no such directory"});
    ASSERT_TRUE(answer);
    EXPECT_EQ(answer->error().code, Errc::LocalFile);
    EXPECT_FALSE(manager_->owes_answers());
    EXPECT_TRUE(stored().empty());
}

TEST_F(ManagerTest, FilesAreNotAddedForAnOwnerWhoIsNoMore) {
    auto id = create(request_for(0));
    std::optional<Result<uint32_t>> answer;
    manager_->add_files(id, {file_spec("x")}, into(answer));
    std::optional<Result<Done>> taken;
    manager_->take_ownership(id, Bob, into(taken));
    auto check = std::move(workers_.requests.front());
    workers_.requests.pop_front();
    settle();
    ASSERT_TRUE(taken && *taken);
    check.done(Done{});
    settle();
    ASSERT_TRUE(answer);
    EXPECT_EQ(answer->error().code, Errc::AccessDenied);
    EXPECT_EQ(job_of(id).files_total, 0U);
}

TEST_F(ManagerTest, CommandsOfOneTurnBuildOnEachOther) {
    auto id = create(request_for(1));
    std::optional<Result<Done>> answers[3];
    job::SettingsPatch patch;
    patch.set<&job::Settings::description>("changed");
    manager_->change(id, patch, into(answers[0]));
    manager_->resume(id, into(answers[1]));
    manager_->suspend(id, into(answers[2]));
    EXPECT_EQ(job_of(id).description, "");
    drain();
    for (const auto& answer : answers)
        EXPECT_TRUE(answer && *answer);
    EXPECT_EQ(job_of(id).description, "changed");
    EXPECT_EQ(job_of(id).state, State::Suspended);
    EXPECT_TRUE(job_of(id).resumed);
}

TEST_F(ManagerTest, ASetterCommitsBeforeItReturns) {
    auto id = create(request_for(0));
    job::SettingsPatch patch;
    patch.set<&job::Settings::description>("changed");
    EXPECT_TRUE(manager_->change_now(id, patch));
    EXPECT_EQ(stored().front().job.description, "changed");
    patch.set<&job::Settings::description>(std::string(5000, 'x'));
    EXPECT_FALSE(manager_->change_now(id, patch));
    EXPECT_EQ(manager_->change_now(job::Id{std::string(32, 'f')}, patch).error().code, Errc::NotFound);
}

TEST_F(ManagerTest, AFailedCommitAnswersWithAnErrorAndPutsValuesBack) {
    auto id = create(request_for(1));
    observer_.words.clear();
    break_store();
    std::optional<Result<Done>> resumed;
    manager_->resume(id, into(resumed));
    ASSERT_TRUE(resumed);
    EXPECT_EQ(resumed->error().code, Errc::Store);
    EXPECT_EQ(try_to_create(request_for(0)).error().code, Errc::Store);
    drain();
    EXPECT_EQ(job_of(id).state, State::Suspended);
    EXPECT_EQ(manager_->list().size(), 1U);
    EXPECT_TRUE(observer_.words.empty());
    repair_store();
    manager_->resume(id, into(resumed));
    drain();
    EXPECT_TRUE(*resumed);
}

TEST_F(ManagerTest, FilesThatBecomeDurableTogetherAreAnnouncedAsOneChange) {
    create_running(3);
    observer_.words.clear();
    observer_.changes = 0;
    workers_.finish(0);
    workers_.finish(1);
    drain();
    EXPECT_EQ(observer_.words, (std::vector<std::string>{"file 0", "file 1"}));
    EXPECT_EQ(observer_.changes, 1);
    workers_.finish(2);
    drain();
    EXPECT_TRUE(observer_.has("told of end"));
}

TEST_F(ManagerTest, WorkGoesOnAfterTheStoreHasRecovered) {
    auto id = create_running(1);
    clock_.set_back(std::chrono::hours{1}); // so that the pause is over at once
    break_store();
    workers_.finish(0);
    EXPECT_EQ(job_of(id).state, State::Transferring) << "that it is here could not be stored";
    repair_store();
    settle();
    workers_.begin(0);
    workers_.finish(0);
    settle();
    EXPECT_EQ(job_of(id).state, State::Transferred);
}

TEST_F(ManagerTest, NothingIsTransferredThatCannotBeStored) {
    auto id = create_running(2);
    observer_.words.clear();
    break_store();
    workers_.finish(0);
    EXPECT_FALSE(manager_->can_store());
    EXPECT_EQ(job::wait_reason(job_of(id), clock_.now().wall, manager_->can_store()).word, "storage");
    EXPECT_TRUE(observer_.has("wait-reason"));
    for (const auto& [ticket, transfer] : workers_.transfers)
        EXPECT_TRUE(transfer.halted);
    workers_.end_transfers();
    settle();
    EXPECT_TRUE(workers_.transfers.empty()) << "nothing is started meanwhile";
    repair_store();
    job::SettingsPatch patch;
    patch.set<&job::Settings::description>("changed");
    EXPECT_TRUE(manager_->change_now(id, patch)) << "the first call that succeeds is enough";
    EXPECT_TRUE(manager_->can_store());
    settle();
    EXPECT_EQ(workers_.transfers.size(), 2U);
}

TEST_F(ManagerTest, ADatabaseThatIsGoneIsReported) {
    clock_.set_back(std::chrono::hours{1});
    remove_store();
    EXPECT_EQ(try_to_create(request_for(0)).error().code, Errc::Store);
    EXPECT_GT(broken_, 0);
}

TEST_F(ManagerTest, WhatTheStartMadeOfAJobIsStoredWhenTheStoreHasRecovered) {
    auto request = request_for(1, true);
    request.settings.set<&job::Settings::http, &job::Http::method>("POST");
    request.settings.set<&job::Settings::priority>(job::Priority::Foreground);
    request.settings.set<&job::Settings::notify_service>(
        {"org.example.App", "/client", job::ServiceBus::Session});
    auto id = create(request);
    settle();
    ASSERT_EQ(job_of(id).state, State::Connecting);
    clock_.set_back(std::chrono::hours{1}); // so that the pause is over at once
    break_store();
    restart();
    EXPECT_EQ(job_of(id).state, State::Connecting) << "as it is stored";
    EXPECT_TRUE(manager_->has_work());
    repair_store();
    settle();
    EXPECT_EQ(job_of(id).state, State::Error) << "the request cannot be repeated";
    EXPECT_TRUE(workers_.transfers.empty());
    EXPECT_EQ(stored().front().job.state, State::Error);
    EXPECT_EQ(clients_.calls.size(), 1U);
}

TEST_F(ManagerTest, AJobRunsFromQueueToEnd) {
    auto id = create_running(2);
    EXPECT_TRUE(manager_->has_work());
    workers_.checkpoint(0, 50);
    settle();
    EXPECT_EQ(transferred_of(*manager_->find(id), 0), 50U);
    workers_.finish(0);
    workers_.finish(1);
    settle();
    EXPECT_EQ(job_of(id).state, State::Transferred);
    EXPECT_TRUE(observer_.has("file 0"));
    EXPECT_TRUE(observer_.has("file 1"));
    EXPECT_FALSE(manager_->has_work());

    std::optional<Result<job::EndResult>> ended;
    manager_->complete(id, into(ended));
    EXPECT_TRUE(manager_->owes_answers());
    settle();
    ASSERT_TRUE(ended && *ended);
    EXPECT_EQ((*ended)->kept, 2U);
    EXPECT_FALSE(manager_->owes_answers());
    EXPECT_EQ(observer_.words.back(), "removed complete");
    EXPECT_TRUE(stored().empty());
    EXPECT_EQ(manager_->count(), 0U);
    ASSERT_NE(manager_->find(id), nullptr) << "readable for a while";
    EXPECT_EQ(job_of(id).state, State::Acknowledged);
}

TEST_F(ManagerTest, CompletingARunningJobKeepsWhatIsThere) {
    auto id = create_running(2);
    workers_.finish(0);
    settle();
    std::optional<Result<job::EndResult>> ended;
    manager_->complete(id, into(ended));
    drain();
    EXPECT_TRUE(workers_.transfers.begin()->second.halted);
    EXPECT_EQ(job_of(id).state, State::Publishing);
    std::optional<Result<Done>> suspended;
    manager_->suspend(id, into(suspended));
    EXPECT_EQ(suspended->error().code, Errc::InvalidState);
    workers_.end_transfers();
    settle();
    ASSERT_TRUE(ended && *ended);
    EXPECT_EQ((*ended)->word(), "partial");
    EXPECT_EQ((*ended)->kept, 1U);
}

TEST_F(ManagerTest, CancellingARunningJobHaltsAndDeletes) {
    auto id = create_running(1);
    std::optional<Result<job::EndResult>> ended;
    manager_->cancel(id, into(ended));
    drain();
    EXPECT_TRUE(workers_.transfers.begin()->second.halted);
    EXPECT_EQ(workers_.texts(), std::vector<std::string>{"discard -0.part"});
    workers_.end_transfers();
    settle();
    ASSERT_TRUE(ended && *ended);
    EXPECT_EQ(observer_.words.back(), "removed cancelled");
    EXPECT_TRUE(stored().empty());
    EXPECT_FALSE(manager_->busy());
}

TEST_F(ManagerTest, AnEndThatCannotBeStoredIsAnswered) {
    auto id = create(request_for(1));
    break_store();
    std::optional<Result<job::EndResult>> ended;
    manager_->cancel(id, into(ended));
    ASSERT_TRUE(ended);
    EXPECT_EQ(ended->error().code, Errc::Store);
    EXPECT_FALSE(manager_->owes_answers());
    EXPECT_EQ(job_of(id).state, State::Suspended);
}

TEST_F(ManagerTest, ALostWorkerQueuesItsJobs) {
    auto id = create_running(1);
    workers_.end_transfers(true);
    settle();
    EXPECT_TRUE(observer_.has("queued"));
    EXPECT_EQ(job_of(id).state, State::Connecting) << "and it runs again";
    EXPECT_EQ(workers_.transfers.size(), 1U);
}

TEST_F(ManagerTest, ARestartQueuesWhatRanAndGoesOnFromTheCheckpoint) {
    auto id = create_running(1);
    workers_.checkpoint(0, 60);
    settle();
    restart();
    EXPECT_EQ(job_of(id).state, State::Queued);
    EXPECT_EQ(stored().front().job.state, State::Queued);
    settle();
    settle();
    ASSERT_EQ(workers_.transfers.size(), 1U);
    EXPECT_EQ(workers_.transfers.begin()->second.offset, 60U);
}

TEST_F(ManagerTest, ARestartFinishesWhatWasBeingCompleted) {
    auto id = create_running(1);
    workers_.finish(0);
    settle();
    std::optional<Result<job::EndResult>> ended;
    manager_->complete(id, into(ended));
    drain();
    ASSERT_EQ(workers_.texts(), std::vector<std::string>{"publish /srv/f0"});
    restart();
    EXPECT_EQ(job_of(id).state, State::Publishing);
    EXPECT_TRUE(manager_->has_work());
    settle();
    EXPECT_TRUE(stored().empty());
    EXPECT_EQ(observer_.words.back(), "removed complete");
}

TEST_F(ManagerTest, AClientIsToldUntilItAcknowledges) {
    auto id = create(request_for(1, true), client_object());
    EXPECT_EQ(manager_->object_of(id), client_object());
    settle();
    workers_.begin(0);
    workers_.finish(0);
    settle();
    ASSERT_EQ(clients_.calls.size(), 1U);
    EXPECT_EQ(open_store().load_outbox()->size(), 1U);
    clients_.acknowledge();
    drain();
    EXPECT_TRUE(open_store().load_outbox()->empty());
}

TEST_F(ManagerTest, ANewClientIsToldAgain) {
    auto id = create_running(1);
    workers_.finish(0);
    settle();
    EXPECT_TRUE(clients_.calls.empty());
    std::optional<Result<Done>> set;
    manager_->set_notify_object(id, client_object(), into(set));
    settle();
    EXPECT_TRUE(set && *set);
    ASSERT_EQ(clients_.calls.size(), 1U);
    clients_.acknowledge();
    drain();
    manager_->set_notify_object(id, std::nullopt, into(set));
    settle();
    EXPECT_TRUE(clients_.calls.empty()) << "clearing repeats nothing";
    EXPECT_EQ(manager_->object_of(id), std::nullopt);
}

TEST_F(ManagerTest, ShutdownWaitsForTheLastCheckpoints) {
    create_running(1);
    bool done = false;
    manager_->shut_down([&] { done = true; });
    drain();
    EXPECT_FALSE(done);
    EXPECT_TRUE(workers_.transfers.begin()->second.halted);
    auto ticket = workers_.transfers.begin()->first;
    workers_.events().checkpointed(ticket, {80, {}, 100});
    workers_.end_transfers();
    drain();
    EXPECT_TRUE(done);
    EXPECT_EQ(stored().front().files.at(0).offset, 80U);
    EXPECT_TRUE(workers_.transfers.empty()) << "nothing is started any more";
}

TEST_F(ManagerTest, RangesAreRequestedAndRead) {
    auto request = request_for(1);
    request.settings.set<&job::Settings::on_demand>(true);
    auto id = create(request);
    std::optional<Result<Done>> answer;
    manager_->request_ranges(id, 0, {{0, 10}}, into(answer));
    manager_->resume(id, into(answer));
    settle();
    settle();
    ASSERT_TRUE(*answer);
    workers_.begin(0);
    workers_.checkpoint(0, 4);
    EXPECT_TRUE(manager_->filled_ranges(id, 0)->empty()) << "not durable yet";
    settle();
    EXPECT_EQ(*manager_->filled_ranges(id, 0), (std::vector<job::Range>{{0, 4}}));
    EXPECT_TRUE(observer_.has("ranges of 0"));
    EXPECT_EQ(manager_->filled_ranges(id, 1).error().code, Errc::InvalidArgument);
}

TEST_F(ManagerTest, AReplyIsReadFromWhereItIs) {
    auto request = request_for(1, true);
    request.type = job::Type::UploadReply;
    auto id = create(request);
    settle();
    std::optional<Result<std::string>> reply;
    manager_->read_reply(id, into(reply));
    EXPECT_EQ(reply->error().code, Errc::InvalidState);
    workers_.begin(0);
    workers_.finish(0);
    settle();
    manager_->read_reply(id, into(reply));
    ASSERT_EQ(workers_.requests.size(), 1U);
    EXPECT_EQ(workers_.requests[0].text, "read " + job::temporary_name(id, job::ReplyIndex));
    settle();
    EXPECT_EQ(**reply, "the reply");
}

/// The link of a job's only file has expired after 50 of 100 bytes.
class RenewalTest : public ManagerTest {
protected:
    RenewalTest() {
        auto request = request_for(1, true);
        job::NotifyFlags flags;
        flags.remote_name_expired = true;
        request.settings.set<&job::Settings::notify_flags>(flags);
        id = create(request, client_object());
        settle();
        workers_.begin(0);
        workers_.checkpoint(0, 50);
        workers_.fail(0, true, 403);
        settle();
    }
    const job::File& file() { return manager_->find(id)->durable_file(0); }
    [[nodiscard]] size_t rows() { return open_store().load_outbox()->size(); }

    job::Id id;
};

TEST_F(RenewalTest, AnAnswerIsCheckedStoredAndUsed) {
    EXPECT_EQ(rows(), 1U);
    clients_.acknowledge("http://127.0.0.1/fresh");
    EXPECT_EQ(file().wait, job::Wait::Client) << "not checked yet";
    settle();
    EXPECT_EQ(file().spec.remote, "http://127.0.0.1/fresh");
    EXPECT_EQ(workers_.transfers.at(workers_.ticket_of(0)).offset, 50U);
    EXPECT_EQ(rows(), 0U);
    EXPECT_TRUE(clients_.calls.empty());
}

TEST_F(RenewalTest, ARefusedAnswerLeavesTheFailureAsItWas) {
    clients_.acknowledge("file:///etc/passwd");
    settle();
    EXPECT_EQ(job_of(id).state, State::Error);
    EXPECT_EQ(job_of(id).error->code, 403);
    ASSERT_EQ(clients_.calls.size(), 1U) << "the failure";
    EXPECT_EQ(clients_.calls[0].delivery.content, notify::Content{notify::JobTransferred{}});
}

TEST_F(RenewalTest, WhatTheWorkerRefusesLeavesTheFailureAsItWas) {
    clients_.acknowledge("http://127.0.0.1/fresh");
    drain();
    workers_.answer(Error{Errc::InvalidArgument, "bad URL"});
    settle();
    EXPECT_EQ(job_of(id).state, State::Error);
    EXPECT_EQ(rows(), 1U) << "of the failure";
}

TEST_F(RenewalTest, AfterARestartTheClientIsAskedAgain) {
    for (bool answered : {false, true}) {
        if (answered) clients_.acknowledge("http://127.0.0.1/fresh"); // the worker has not checked it
        clients_.calls.clear();
        restart();
        EXPECT_EQ(file().wait, job::Wait::Client);
        EXPECT_EQ(job::wait_reason(job_of(id), clock_.now().wall).word, "client");
        std::optional<Result<Done>> registered;
        manager_->set_notify_object(id, client_object(), into(registered));
        settle();
        ASSERT_EQ(clients_.calls.size(), 1U);
    }
    clients_.acknowledge("http://127.0.0.1/fresh");
    settle();
    EXPECT_EQ(workers_.transfers.at(workers_.ticket_of(0)).offset, 50U);
}

TEST_F(RenewalTest, AnAnswerThatCannotBeStoredIsAskedForAgain) {
    break_store();
    clients_.acknowledge("http://127.0.0.1/fresh");
    settle();
    EXPECT_TRUE(clients_.calls.empty());
    repair_store();
    std::optional<Result<Done>> suspended;
    manager_->suspend(id, into(suspended));
    settle();
    ASSERT_EQ(clients_.calls.size(), 1U);
    clients_.acknowledge("http://127.0.0.1/fresh");
    settle();
    EXPECT_EQ(file().spec.remote, "http://127.0.0.1/fresh");
    EXPECT_EQ(job_of(id).state, State::Suspended);
}

} // namespace

} // namespace haulier::daemon
