// SPDX-License-Identifier: LGPL-2.1-or-later
// Calls to real services on a real bus, and buses that are late, dead, silent or belong to another user.
#include "session/session_bus_caller.hpp"

#include "local_socket.hpp"
#include "private_bus.hpp"
#include "support/loop_test.hpp"
#include "support/temp_dir.hpp"

#include <algorithm>
#include <map>
#include <memory>
#include <sys/epoll.h>

namespace haulier::session {

namespace {

using namespace std::chrono_literals;

const std::string App = "org.haulier.Test.App";
const std::string JobPath = "/org/haulier/Haulier1/job/0123456789abcdef0123456789abcdef";
const std::string JobId = "0123456789abcdef0123456789abcdef";

class SessionBusCallerTest : public test::LoopTest {
protected:
    static void SetUpTestSuite() { block_signals(); }
    SessionBusCallerTest() { std::filesystem::create_directory(directory.path() + "/run"); }

    void set_timeouts(Timeouts timeouts) {
        caller = std::make_unique<SessionBusCaller>(loop_, bus.socket(), timeouts);
    }

    static wire::Call call_to(const std::string& name) {
        wire::Call call;
        call.set_name(name);
        call.set_path("/client");
        call.set_job(JobPath);
        call.set_id(JobId);
        call.set_timeout_ms(20'000);
        return call;
    }
    void begin(const wire::Call& call) {
        caller->call(call, [this, name = call.name()](const CallResult& result) {
            outcomes.emplace(name, result.outcome);
            answer = result.answer;
        });
    }
    CallOutcome outcome_of(const wire::Call& call) {
        outcomes.clear();
        begin(call);
        run_until([this] { return !outcomes.empty(); });
        return outcomes.empty() ? CallOutcome::Unanswered : outcomes.begin()->second;
    }
    void turn_for(Usec span) {
        bool over = false;
        auto end = loop_.after(span, [&] { over = true; });
        run_until([&] { return over; });
    }

    test::TempDir directory;
    PrivateBus bus{directory.path() + "/run"};
    std::unique_ptr<SessionBusCaller> caller = std::make_unique<SessionBusCaller>(loop_, bus.socket());
    std::multimap<std::string, CallOutcome> outcomes;
    std::string answer; ///< of the last call
};

TEST_F(SessionBusCallerTest, StartsAServiceAndPassesAllArguments) {
    bus.add(App, "accept");
    bus.start();
    EXPECT_EQ(outcome_of(call_to(App)), CallOutcome::Acknowledged);

    auto call = call_to(App);
    call.set_method(wire::Call::JOB_ERROR);
    auto& failure = *call.mutable_failure();
    failure.set_context("remote-file");
    failure.set_name("http-status");
    failure.set_code(-4);
    failure.set_message("Grüße");
    failure.set_file(7);
    EXPECT_EQ(outcome_of(call), CallOutcome::Acknowledged);

    call = call_to(App);
    call.set_method(wire::Call::FILE_TRANSFERRED);
    call.mutable_file()->set_index(3);
    call.mutable_file()->set_remote("http://localhost/f");
    call.mutable_file()->set_temporary("/srv/.f.part");
    EXPECT_EQ(outcome_of(call), CallOutcome::Acknowledged);

    EXPECT_EQ(bus.record(App, "calls"),
              "JobTransferred " + JobId + "\nJobError " + JobId + "\nFileTransferred " + JobId + "\n");
    EXPECT_EQ(bus.record(App, "arguments"), JobPath + " " + JobId + "\n" + JobPath + " " + JobId +
                                                " ('remote-file', 'http-status', -4, 'Grüße', 7)\n" +
                                                JobPath + " " + JobId +
                                                " 3 http://localhost/f /srv/.f.part\n");
    auto starts = bus.record(App, "starts");
    EXPECT_EQ(std::count(starts.begin(), starts.end(), '\n'), 1);
}

TEST_F(SessionBusCallerTest, PassesOnTheAnswerToAQuestion) {
    bus.add(App, "accept");
    bus.start();
    auto call = call_to(App);
    EXPECT_EQ(outcome_of(call), CallOutcome::Acknowledged);
    EXPECT_EQ(answer, "");
    call.set_method(wire::Call::REMOTE_NAME_EXPIRED);
    call.mutable_file()->set_index(3);
    call.mutable_file()->set_remote("http://localhost/f");
    EXPECT_EQ(outcome_of(call), CallOutcome::Acknowledged);
    EXPECT_EQ(answer, "http://localhost/f?fresh");
}

TEST_F(SessionBusCallerTest, ReportsTheOutcome) {
    bus.add("org.haulier.Test.Refuse", "refuse");
    bus.add("org.haulier.Test.Die", "die");
    bus.add("org.haulier.Test.Mute", "mute");
    bus.add(App, "accept");
    bus.start();
    EXPECT_EQ(outcome_of(call_to("org.haulier.Test.Refuse")), CallOutcome::Refused);
    EXPECT_EQ(outcome_of(call_to("org.haulier.Test.Die")), CallOutcome::Gone);
    EXPECT_EQ(outcome_of(call_to("org.haulier.Test.Nobody")), CallOutcome::NotStarted);
    auto elsewhere = call_to(App);
    elsewhere.set_path("/elsewhere");
    EXPECT_EQ(outcome_of(elsewhere), CallOutcome::NoSuchMethod);
    auto impatient = call_to("org.haulier.Test.Mute");
    impatient.set_timeout_ms(2000);
    EXPECT_EQ(outcome_of(impatient), CallOutcome::Unanswered);
    EXPECT_EQ(outcome_of(call_to(App)), CallOutcome::Acknowledged);
}

TEST_F(SessionBusCallerTest, RefusesWhatCannotBeSent) {
    bus.start();
    EXPECT_EQ(outcome_of(call_to("no name")), CallOutcome::Refused);
    auto call = call_to(App);
    call.set_job("no path");
    EXPECT_EQ(outcome_of(call), CallOutcome::Refused);
}

TEST_F(SessionBusCallerTest, MakesManyCallsAtATime) {
    bus.add("org.haulier.Test.Mute", "mute");
    bus.start();
    begin(call_to("org.haulier.Test.Mute"));
    for (int i = 0; i < 50; ++i)
        begin(call_to("org.haulier.Test.Nobody"));
    run_until([this] { return outcomes.count("org.haulier.Test.Nobody") == 50; });
    EXPECT_EQ(outcomes.count("org.haulier.Test.Mute"), 0U);
}

TEST_F(SessionBusCallerTest, WithoutARuntimeDirectoryThereIsNoBusAtOnce) {
    std::filesystem::remove_all(directory.path() + "/run");
    begin(call_to(App));
    ASSERT_EQ(outcomes.size(), 1U);
    EXPECT_EQ(outcomes.begin()->second, CallOutcome::NoBus);
}

TEST_F(SessionBusCallerTest, WaitsForABusThatIsStarting) {
    bus.add(App, "accept");
    begin(call_to(App));
    begin(call_to(App));
    turn_for(100ms);
    EXPECT_TRUE(outcomes.empty());
    bus.start(false);
    run_until([this] { return outcomes.size() == 2; });
    EXPECT_EQ(outcomes.begin()->second, CallOutcome::Acknowledged);
}

TEST_F(SessionBusCallerTest, GivesUpAfterATimeout) {
    set_timeouts({.connect = 200ms});
    EXPECT_EQ(outcome_of(call_to(App)), CallOutcome::NoBus);
    bus.add(App, "accept");
    bus.start();
    EXPECT_EQ(outcome_of(call_to(App)), CallOutcome::Acknowledged);
}

TEST_F(SessionBusCallerTest, ASocketOfAnotherUserIsNoBus) {
    if (geteuid() != 0) GTEST_SKIP() << "only root can give a socket away";
    bus.add(App, "accept");
    bus.start();
    ASSERT_EQ(chown(bus.socket().c_str(), 1234, 1234), 0);
    EXPECT_EQ(outcome_of(call_to(App)), CallOutcome::NoBus);
    ASSERT_EQ(chown(bus.socket().c_str(), geteuid(), getegid()), 0);
    EXPECT_EQ(outcome_of(call_to(App)), CallOutcome::Acknowledged);
}

TEST_F(SessionBusCallerTest, ASocketWithoutAListenerIsTriedAgain) {
    set_timeouts({.connect = 10s, .retry = 10ms});
    auto early = local_socket(bus.socket(), false);
    begin(call_to(App));
    turn_for(100ms);
    EXPECT_TRUE(outcomes.empty());
    std::filesystem::remove(bus.socket());
    bus.add(App, "accept");
    bus.start();
    run_until([this] { return !outcomes.empty(); });
    EXPECT_EQ(outcomes.begin()->second, CallOutcome::Acknowledged);
}

TEST_F(SessionBusCallerTest, ABusThatDoesNotReplyIsNone) {
    set_timeouts({.connect = 200ms});
    auto silent = local_socket(bus.socket());
    EXPECT_EQ(outcome_of(call_to(App)), CallOutcome::NoBus);
    EXPECT_EQ(outcome_of(call_to(App)), CallOutcome::NoBus);
}

TEST_F(SessionBusCallerTest, ABusThatHangsUpIsNone) {
    auto listener = local_socket(bus.socket());
    auto hangs_up =
        loop_.on_io(listener.get(), EPOLLIN, [&](uint32_t) { Fd{accept(listener.get(), nullptr, nullptr)}; });
    EXPECT_EQ(outcome_of(call_to(App)), CallOutcome::NoBus);
}

TEST_F(SessionBusCallerTest, ABusThatDiesLeavesTheCallUnanswered) {
    bus.add("org.haulier.Test.Mute", "mute");
    bus.start();
    begin(call_to("org.haulier.Test.Mute"));
    run_until([this] { return !bus.record("org.haulier.Test.Mute", "calls").empty(); });
    bus.stop();
    run_until([this] { return !outcomes.empty(); });
    EXPECT_EQ(outcomes.begin()->second, CallOutcome::Unanswered);
    run_until([this] { return !caller->connected(); });
    std::filesystem::remove(bus.socket());
    bus.add(App, "accept");
    bus.start();
    EXPECT_EQ(outcome_of(call_to(App)), CallOutcome::Acknowledged);
}

TEST_F(SessionBusCallerTest, DisconnectsWhenIdle) {
    set_timeouts({.idle = 50ms});
    bus.add(App, "accept");
    bus.start();
    EXPECT_EQ(outcome_of(call_to(App)), CallOutcome::Acknowledged);
    EXPECT_TRUE(caller->connected());
    run_until([this] { return !caller->connected(); });
    EXPECT_EQ(outcome_of(call_to(App)), CallOutcome::Acknowledged);
}

TEST_F(SessionBusCallerTest, MayBeDestroyedDuringACall) {
    bus.add("org.haulier.Test.Mute", "mute");
    bus.start();
    begin(call_to("org.haulier.Test.Mute"));
    run_until([this] { return caller->connected(); });
    caller.reset();
    turn_for(50ms);
    EXPECT_TRUE(outcomes.empty());
}

TEST_F(SessionBusCallerTest, DoesNotKeepALoopThatEnds) {
    auto silent = local_socket(bus.socket());
    begin(call_to(App));
    auto end = loop_.defer([this] { loop_.exit(3); });
    EXPECT_EQ(loop_.run(), 3);
}

} // namespace

} // namespace haulier::session
