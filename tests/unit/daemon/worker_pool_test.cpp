// SPDX-License-Identifier: LGPL-2.1-or-later
// Real processes in the place of workers: some that say nothing.
#include "daemon/workers/child_process_launcher.hpp"
#include "daemon/workers/worker_pool.hpp"
#include "recorded_events.hpp"
#include "support/loop_test.hpp"

#include <csignal>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <sstream>
#include <unistd.h>

namespace haulier::daemon {

namespace {

using namespace std::chrono_literals;

// What workers say, as commands of a shell.
const std::string Ready = "printf '\\012\\002\\010\\004' >&3; ";
const std::string OtherReady = "printf '\\012\\002\\010\\005' >&3; ";
const std::string AgelessReady = "printf '\\012\\000' >&3; ";
const std::string FirstAnswer = "printf '\\102\\002\\010\\001' >&3; ";

class WorkerPoolTest : public test::LoopTest {
protected:
    static void SetUpTestSuite() { block_signals(); }
    void SetUp() override {
        std::filesystem::create_directories(dir_);
        config_.worker_timeout = 100ms;
    }
    void TearDown() override {
        for (auto pid : pids())
            kill(pid, SIGKILL);
        std::filesystem::remove_all(dir_);
    }

    /// A worker that notes its process id, runs `commands` with the daemon's socket as descriptor 3, and then
    /// stays silent.
    std::string worker(const std::string& commands = {}) {
        auto path = dir_ / "worker";
        std::ofstream(path) << "#!/bin/sh\necho $$ >>" << (dir_ / "pids").string() << '\n'
                            << commands << "\nexec sleep 1000 >/dev/null 2>&1\n";
        std::filesystem::permissions(path, std::filesystem::perms::owner_all);
        return path;
    }
    std::string mute_worker() { return worker(); }
    /// It says Ready, and nothing else.
    std::string silent_worker() { return worker(Ready); }
    /// Ready, and the answer to request 1.
    std::string answering_worker() { return worker(Ready + FirstAnswer); }
    /// It answers request 2 and those that follow, one for each packet after the first.
    std::string pinged_worker() {
        return worker(Ready + "exec /usr/bin/python3 -c '\n"
                              "import socket\n"
                              "daemon = socket.socket(fileno=3)\n"
                              "daemon.setblocking(True)\n"
                              "for request in range(100):\n"
                              "    if not daemon.recv(200000): break\n"
                              "    if request >= 1: daemon.send(bytes([0x42, 2, 8, request + 1]))'");
    }
    /// Ready, and request 1 is a call that the service acknowledged.
    std::string calling_worker() { return worker(Ready + "printf '\\102\\004\\010\\001\\070\\001' >&3"); }
    std::vector<pid_t> pids() {
        std::ifstream in(dir_ / "pids");
        return {std::istream_iterator<pid_t>(in), {}};
    }

    std::filesystem::path dir_ =
        std::filesystem::temp_directory_path() / ("haulier-pool-" + std::to_string(getpid()));
    Config config_;
    RecordedEvents events_;
    std::unique_ptr<ChildProcessLauncher> launcher_;
};

TEST_F(WorkerPoolTest, KillsAWorkerThatDoesNotAnswerAndAsksOnceMore) {
    launcher_ = std::make_unique<ChildProcessLauncher>(loop_, silent_worker());
    WorkerPool pool{loop_, config_, *launcher_};
    pool.listen(events_);
    std::optional<Status> answer;
    pool.discard(getuid(), {"/nowhere", "x"}, [&](const Status& status) { answer = status; });
    run_until([&] { return answer.has_value(); });
    ASSERT_FALSE(*answer);
    EXPECT_EQ(answer->error().code, Errc::Internal);
    EXPECT_EQ(answer->error().message, "no worker answered within 100 ms");
    EXPECT_EQ(pids().size(), 2U);
    EXPECT_TRUE(pool.idle());
    run_until([&] { return events_.rests > 0; });
    run_until([&] {
        for (auto pid : pids())
            if (kill(pid, 0) == 0) return false;
        return true;
    });
}

TEST_F(WorkerPoolTest, GivesTheTransfersOfAKilledWorkerBack) {
    launcher_ = std::make_unique<ChildProcessLauncher>(loop_, silent_worker());
    WorkerPool pool{loop_, config_, *launcher_};
    pool.listen(events_);
    auto ticket = pool.fetch(getuid(), FetchOrder{job::Id{std::string(32, 'a')}});
    pool.discard(getuid(), {"/nowhere", "x"}, [](const Status&) {});
    run_until([&] { return !events_.halts.empty(); });
    EXPECT_EQ(events_.halts, std::vector<Ticket>{ticket});
}

TEST_F(WorkerPoolTest, GivesUpAWorkerThatNeverSaysThatItIsReady) {
    launcher_ = std::make_unique<ChildProcessLauncher>(loop_, mute_worker());
    WorkerPool pool{loop_, config_, *launcher_};
    pool.listen(events_);
    auto ticket = pool.fetch(getuid(), FetchOrder{job::Id{std::string(32, 'a')}});
    run_until([&] { return !events_.halts.empty(); });
    EXPECT_EQ(events_.halts, std::vector<Ticket>{ticket});
    EXPECT_EQ(pids().size(), 1U);
}

TEST_F(WorkerPoolTest, ReplacesAWorkerOfAnotherVersion) {
    config_.worker_timeout = 20s;
    auto first = "if [ $(wc -l <" + (dir_ / "pids").string() + ") = 1 ]; then ";
    launcher_ = std::make_unique<ChildProcessLauncher>(
        loop_, worker(first + OtherReady + "else " + Ready + FirstAnswer + "fi"));
    WorkerPool pool{loop_, config_, *launcher_};
    pool.listen(events_);
    std::optional<Status> answer;
    pool.discard(getuid(), {"/nowhere", "x"}, [&](const Status& status) { answer = status; });
    run_until([&] { return answer.has_value(); });
    EXPECT_TRUE(*answer);
    EXPECT_EQ(pids().size(), 2U);
}

TEST_F(WorkerPoolTest, SaysThatTheWorkerIsOfAnotherVersion) {
    config_.worker_timeout = 20s;
    for (const auto& other : {OtherReady, AgelessReady}) {
        launcher_ = std::make_unique<ChildProcessLauncher>(loop_, worker(other));
        WorkerPool pool{loop_, config_, *launcher_};
        pool.listen(events_);
        std::optional<Status> answer;
        pool.discard(getuid(), {"/nowhere", "x"}, [&](const Status& status) { answer = status; });
        run_until([&] { return answer.has_value(); });
        ASSERT_FALSE(*answer);
        EXPECT_EQ(answer->error().message,
                  "the worker program is of another version than the daemon, which must be restarted");
    }
}

TEST_F(WorkerPoolTest, GivesNoOrdersToWhoHasNotSaidItsVersion) {
    config_.worker_timeout = 20s;
    auto told = dir_ / "told";
    launcher_ = std::make_unique<ChildProcessLauncher>(
        loop_, worker("/usr/bin/python3 -c '\nimport select\nif select.select([3], [], [], 0.3)[0]: open(\"" +
                      told.string() + "\", \"w\")'; " + Ready + FirstAnswer));
    WorkerPool pool{loop_, config_, *launcher_};
    pool.listen(events_);
    std::optional<Status> answer;
    pool.discard(getuid(), {"/nowhere", "x"}, [&](const Status& status) { answer = status; });
    run_until([&] { return answer.has_value(); });
    EXPECT_TRUE(*answer);
    EXPECT_FALSE(std::filesystem::exists(told));
}

TEST_F(WorkerPoolTest, SaysWhyThereIsNoWorker) {
    launcher_ = std::make_unique<ChildProcessLauncher>(loop_, dir_ / "none");
    WorkerPool pool{loop_, config_, *launcher_};
    pool.listen(events_);
    std::optional<Status> answer;
    pool.discard(getuid(), {"/nowhere", "x"}, [&](const Status& status) { answer = status; });
    pool.fetch(getuid(), FetchOrder{job::Id{std::string(32, 'a')}});
    run_until([&] { return answer.has_value() && !events_.failures.empty(); });
    ASSERT_FALSE(*answer);
    auto why = "cannot start the worker " + (dir_ / "none").string() + ": No such file or directory";
    EXPECT_EQ(answer->error().message, why);
    EXPECT_EQ(events_.failures[0].error.message, why);
    EXPECT_EQ(events_.failures[0].error.cause, job::Cause::WorkerLost);
    EXPECT_TRUE(pool.idle());
}

TEST_F(WorkerPoolTest, HasPatienceWithServers) {
    config_.worker_timeout = 500ms;
    launcher_ = std::make_unique<ChildProcessLauncher>(loop_, pinged_worker());
    WorkerPool pool{loop_, config_, *launcher_};
    pool.listen(events_);
    pool.abandon(getuid(), {"http://localhost/upload", {}});
    run_until([&] { return pids().size() == 1; });
    bool over = false;
    auto end = loop_.after(3 * Usec{config_.worker_timeout}, [&over] { over = true; });
    run_until([&] { return over; });
    EXPECT_EQ(pids().size(), 1U);
    EXPECT_FALSE(pool.idle());
    EXPECT_EQ(events_.rests, 0);
}

TEST_F(WorkerPoolTest, HasNoneWithAWorkerThatHangsInAFetch) {
    launcher_ = std::make_unique<ChildProcessLauncher>(loop_, silent_worker());
    WorkerPool pool{loop_, config_, *launcher_};
    pool.listen(events_);
    auto ticket = pool.fetch(getuid(), FetchOrder{job::Id{std::string(32, 'a')}});
    run_until([&] { return !events_.halts.empty(); });
    EXPECT_EQ(events_.halts, std::vector<Ticket>{ticket});
    EXPECT_EQ(pids().size(), 1U);
    EXPECT_TRUE(pool.idle());
}

notify::Delivery call_to_service() {
    return {job::Id{std::string(32, 'a')}, getuid(), {}, notify::JobTransferred{}};
}

TEST_F(WorkerPoolTest, CallsServicesThroughTheWorker) {
    config_.worker_timeout = 20s;
    launcher_ = std::make_unique<ChildProcessLauncher>(loop_, calling_worker());
    WorkerPool pool{loop_, config_, *launcher_};
    pool.listen(events_);
    std::optional<CallOutcome> verdict;
    pool.call(call_to_service(), 20s, [&](const CallResult& v) { verdict = v.outcome; });
    EXPECT_FALSE(verdict);
    run_until([&] { return verdict.has_value(); });
    EXPECT_EQ(verdict, CallOutcome::Acknowledged);
    EXPECT_TRUE(pool.idle());
}

TEST_F(WorkerPoolTest, WithoutAWorkerNothingIsKnownOfAService) {
    launcher_ = std::make_unique<ChildProcessLauncher>(loop_, dir_ / "none");
    WorkerPool pool{loop_, config_, *launcher_};
    pool.listen(events_);
    std::optional<CallOutcome> verdict;
    pool.call(call_to_service(), 20s, [&](const CallResult& v) { verdict = v.outcome; });
    run_until([&] { return verdict.has_value(); });
    EXPECT_EQ(verdict, CallOutcome::Refused);
}

TEST_F(WorkerPoolTest, WithoutAReplyNoProcessIsExamined) {
    for (const auto& program : {std::string{dir_ / "none"}, silent_worker()}) {
        launcher_ = std::make_unique<ChildProcessLauncher>(loop_, program);
        WorkerPool pool{loop_, config_, *launcher_};
        pool.listen(events_);
        std::optional<Result<process::ProcessFacts>> facts;
        pool.examine(getuid(), static_cast<uint32_t>(getpid()), [&](const auto& seen) { facts = seen; });
        run_until([&] { return facts.has_value(); });
        EXPECT_FALSE(*facts);
    }
}

TEST_F(WorkerPoolTest, TellsWhenTheLastRequestIsAnswered) {
    config_.worker_timeout = 20s;
    launcher_ = std::make_unique<ChildProcessLauncher>(loop_, answering_worker());
    WorkerPool pool{loop_, config_, *launcher_};
    pool.listen(events_);
    pool.abandon(getuid(), {"http://localhost/upload", {}});
    EXPECT_FALSE(pool.idle());
    run_until([&] { return events_.rests > 0; });
    EXPECT_TRUE(pool.idle());
}

TEST_F(WorkerPoolTest, FailsAFileWhoseOrderFitsIntoNoPacket) {
    launcher_ = std::make_unique<ChildProcessLauncher>(loop_, silent_worker());
    WorkerPool pool{loop_, config_, *launcher_};
    pool.listen(events_);
    FetchOrder order;
    order.segments.resize(10000, {1ULL << 60, 1ULL << 60, 1ULL << 60});
    pool.fetch(getuid(), order);
    run_until([&] { return !events_.failures.empty(); });
    EXPECT_TRUE(events_.failures[0].fatal);
    EXPECT_TRUE(pool.idle());
}

} // namespace

} // namespace haulier::daemon
