// SPDX-License-Identifier: LGPL-2.1-or-later
// The worker as a process: orders in and out of place, and how it ends.
#include "worker_fixture.hpp"

namespace haulier::transfer {
namespace {

class WorkerTest : public WorkerFixture {
protected:
    ServedFile endless() {
        auto half = file;
        half.stop_at = Half;
        return half;
    }
    wire::Reply reply() { return next(wire::FromWorker::kReply).reply(); }
    void expect_exit(int code) {
        EXPECT_TRUE(turn_until([this] { return exit_code.has_value(); }));
        EXPECT_EQ(exit_code, code);
    }
};

TEST_F(WorkerTest, FetchesPublishesAndDiscards) {
    FileServer server{file};
    fetch(order(server.url()));
    begun();
    auto done = fetched();

    wire::ToWorker message;
    auto& publish = *message.mutable_publish();
    publish.set_request(11);
    publish.set_directory(directory.path());
    publish.set_temporary(Part);
    publish.set_name("file");
    *publish.mutable_inode() = done.inode();
    send(message);
    auto published = reply();
    EXPECT_EQ(published.request(), 11u);
    EXPECT_EQ(published.fault(), wire::Reply::NONE) << published.message();
    EXPECT_TRUE(directory.read("file") == file.content);

    publish.set_name("other");
    send(message);
    EXPECT_EQ(reply().fault(), wire::Reply::LOCAL_FILE);

    wire::ToWorker discarding;
    discarding.mutable_discard()->set_request(12);
    discarding.mutable_discard()->set_directory(directory.path());
    discarding.mutable_discard()->set_temporary(Part);
    send(discarding);
    auto discarded = reply();
    EXPECT_EQ(discarded.request(), 12u);
    EXPECT_EQ(discarded.fault(), wire::Reply::NONE);
}

TEST_F(WorkerTest, CarriesOutOrdersThatComeTogetherInTurn) {
    wire::ToWorker together;
    for (uint64_t request : {3, 4, 5}) {
        wire::ToWorker message;
        message.mutable_ping()->set_request(request);
        together.mutable_orders()->add_packets(message.SerializeAsString());
    }
    send(together);
    for (uint64_t request : {3, 4, 5})
        EXPECT_EQ(reply().request(), request);
}

TEST_F(WorkerTest, ExitsIfOrdersContainOrdersOrWhatCannotBeRead) {
    wire::ToWorker inner;
    inner.mutable_orders();
    for (const auto& packet : {inner.SerializeAsString(), std::string{"\xff"}, std::string{}}) {
        start();
        wire::ToWorker together;
        together.mutable_orders()->add_packets(packet);
        send(together);
        expect_exit(1);
    }
}

TEST_F(WorkerTest, Checks) {
    wire::ToWorker message;
    message.mutable_check()->set_request(5);
    auto* item = message.mutable_check()->add_items();
    item->set_url("ftp://example.org/");
    item->set_directory(directory.path());
    item->set_name("f");
    send(message);
    auto said = reply();
    EXPECT_EQ(said.request(), 5u);
    EXPECT_EQ(said.fault(), wire::Reply::NOT_SUPPORTED);
    EXPECT_EQ(said.item(), 0u);
}

TEST_F(WorkerTest, CallsServicesAndSaysWhatBecameOfIt) {
    wire::ToWorker message;
    for (const char* name : {"org.example.App", "org.example.Nobody"}) {
        message.mutable_call()->set_request(message.call().request() + 1);
        message.mutable_call()->set_name(name);
        send(message);
    }
    auto first = reply();
    EXPECT_EQ(first.request(), 1u);
    EXPECT_EQ(first.call_outcome(), wire::Reply::ACKNOWLEDGED);
    auto second = reply();
    EXPECT_EQ(second.request(), 2u);
    EXPECT_EQ(second.call_outcome(), wire::Reply::GONE);
    ASSERT_EQ(calls.size(), 2u);
    EXPECT_EQ(calls[0].name(), "org.example.App");
}

TEST_F(WorkerTest, AnswersAPingAtOnce) {
    FileServer server{endless()};
    fetch(order(server.url()));
    wait_for_bytes(Half);
    wire::ToWorker message;
    message.mutable_ping()->set_request(9);
    send(message);
    EXPECT_EQ(reply().request(), 9u);
}

TEST_F(WorkerTest, ProgressIsNotToldTooOften) {
    settings.set_progress_ms(60'000);
    start();
    FileServer server{file};
    fetch(order(server.url()));
    ASSERT_TRUE(turn_until([this] { return !inbox.empty() && inbox.back().has_fetched(); }));
    for (const auto& message : inbox)
        EXPECT_FALSE(message.has_progress());
}

TEST_F(WorkerTest, AHaltForNobodyIsIgnored) {
    halt(99);
    proceed(99);
    FileServer server{file};
    fetch(order(server.url()));
    begun();
    fetched();
    halt();
    proceed();
    settle();
    EXPECT_TRUE(inbox.empty());
    EXPECT_FALSE(exit_code);
}

TEST_F(WorkerTest, OneEndATicket) {
    FileServer server{endless()};
    fetch(order(server.url()));
    wait_for_bytes(Half);
    halt();
    halt();
    halted();
    settle();
    EXPECT_TRUE(inbox.empty());
}

TEST_F(WorkerTest, ATicketMayBeUsedAgainOnceItHasEnded) {
    FileServer server{endless()};
    fetch(order(server.url()));
    wait_for_bytes(Half);
    halt();
    halted();
    server.change(file);
    fetch(resumed(server.url()));
    begun();
    expect_arrival(file.content);
}

TEST_F(WorkerTest, StopHaltsEverythingAndThenExits) {
    FileServer server{endless()};
    for (uint64_t ticket : {1, 2, 3}) {
        auto one = order(server.url());
        one.set_ticket(ticket);
        one.set_temporary(".haulier-test-" + std::to_string(ticket) + ".part");
        fetch(one);
    }
    wait_for_bytes(Half);
    worker->stop();
    expect_exit(0);
    settle();
    size_t ends = 0;
    for (const auto& message : inbox)
        ends += message.has_halted();
    EXPECT_EQ(ends, 3u);
    EXPECT_FALSE(checkpoints.empty() &&
                 std::none_of(inbox.begin(), inbox.end(), [](const auto& m) { return m.has_checkpoint(); }));
}

TEST_F(WorkerTest, StopWithNothingToDo) {
    worker->stop();
    expect_exit(0);
}

TEST_F(WorkerTest, WithoutTheDaemonItEndsAtOnce) {
    FileServer server{endless()};
    fetch(order(server.url()));
    wait_for_bytes(Half);
    link.reset();
    expect_exit(0);
}

TEST_F(WorkerTest, APacketThatMakesNoSenseEndsIt) {
    link->send("\xff\xff\xff\xff");
    expect_exit(1);
    start();
    link->send(wire::ToWorker{}.SerializeAsString() + std::string{"\xf2\x3f\0", 3}); // a kind we do not know
    expect_exit(1);
}

TEST_F(WorkerTest, SettingsComeFirst) {
    worker.reset();
    link.reset();
    int fds[2];
    ASSERT_EQ(socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC | SOCK_NONBLOCK, 0, fds), 0);
    link = std::make_unique<wire::PacketSocket>(loop, Fd{fds[0]},
                                                wire::PacketSocket::Handlers{[](auto) {}, [] {}});
    worker =
        std::make_unique<Worker>(loop, Fd{fds[1]}, call_service(), [this](int code) { exit_code = code; });
    fetch(order("http://127.0.0.1/"));
    expect_exit(1);
}

TEST_F(WorkerTest, ATicketCannotBeUsedTwiceAtATime) {
    FileServer server{endless()};
    fetch(order(server.url()));
    fetch(order(server.url()));
    expect_exit(1);
}

} // namespace
} // namespace haulier::transfer
