// SPDX-License-Identifier: LGPL-2.1-or-later
// Programs that are not workers: any program of a user can connect in place of the user's worker and send
// anything.
#include "daemon/workers/worker_launcher.hpp"
#include "daemon/workers/worker_pool.hpp"
#include "recorded_events.hpp"
#include "support/loop_test.hpp"
#include "support/send_descriptors.hpp"
#include "wire/packet_socket.hpp"
#include "worker.pb.h"

#include <array>
#include <fcntl.h>
#include <sys/socket.h>
#include <unistd.h>

namespace haulier::daemon {

namespace {

using namespace std::chrono_literals;

using Burst = std::vector<std::string>;
const std::string Garbage = "\xff";

std::string group(const std::vector<std::string>& packets) {
    wire::FromWorker message;
    for (const auto& packet : packets)
        message.mutable_group()->add_messages()->ParseFromString(packet);
    return message.SerializeAsString();
}

std::string ready(uint32_t protocol = wire::Protocol) {
    wire::FromWorker message;
    message.mutable_ready()->set_protocol(protocol);
    return message.SerializeAsString();
}

std::string answer(uint64_t request) {
    wire::FromWorker message;
    message.mutable_reply()->set_request(request);
    return message.SerializeAsString();
}

std::string begun(Ticket ticket, uint64_t offset) {
    wire::FromWorker message;
    message.mutable_begun()->set_ticket(ticket);
    message.mutable_begun()->set_offset(offset);
    return message.SerializeAsString();
}

std::string checkpoint(Ticket ticket, uint64_t offset) {
    wire::FromWorker message;
    message.mutable_checkpoint()->set_ticket(ticket);
    message.mutable_checkpoint()->set_offset(offset);
    return message.SerializeAsString();
}

/// Sends the packet with a descriptor of /dev/null.
ssize_t send_with_descriptor(int socket, const std::string& packet) {
    const Fd null{open("/dev/null", O_RDONLY | O_CLOEXEC)};
    return test::send_descriptors(socket, packet, {null.get()});
}

/// Each launch connects one that has sent all of its burst before anything of it is read; those of the last
/// burst stay connected.
class FakeLauncher final : public WorkerLauncher {
public:
    FakeLauncher(Loop& loop, std::vector<Burst> bursts) : loop_(loop), bursts_(std::move(bursts)) {}
    Status open() override { return Done{}; }
    void launch(uint32_t, Launched launched) override {
        launched_at.push_back(SystemClock{}.now().boot);
        turn_ = loop_.defer([this, launched = std::move(launched)] { connect(launched); });
    }
    void kill(uint32_t) override { ++kills; }

    std::vector<BootTime> launched_at;
    int kills = 0;
    std::string with_descriptor; ///< packets that are sent with one

private:
    void connect(const Launched& launched) {
        int ends[2];
        ASSERT_EQ(socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC | SOCK_NONBLOCK, 0, ends), 0);
        Fd near{ends[0]};
        Fd far{ends[1]};
        const auto& burst = bursts_[std::min(launched_at.size(), bursts_.size()) - 1];
        for (const auto& packet : burst)
            ASSERT_EQ(packet == with_descriptor ? send_with_descriptor(far.get(), packet)
                                                : send(far.get(), packet.data(), packet.size(), 0),
                      static_cast<ssize_t>(packet.size()));
        if (launched_at.size() >= bursts_.size()) stayed_.push_back(std::move(far));
        launched(WorkerConnection{std::move(near), "fake " + std::to_string(launched_at.size())});
    }

    Loop& loop_;
    std::vector<Burst> bursts_;
    std::vector<Fd> stayed_;
    Source turn_;
};

class WorkerLinkTest : public test::LoopTest {
protected:
    /// What becomes of one request, the first, of workers that say all that.
    Status ask(std::vector<Burst> bursts) {
        launcher_.emplace(loop_, std::move(bursts));
        WorkerPool pool{loop_, config_, *launcher_};
        pool.listen(events_);
        std::optional<Status> answer;
        testing::internal::CaptureStderr();
        pool.discard(getuid(), {"/nowhere", "x"}, [&](const Status& status) { answer = status; });
        run_until([&] { return answer.has_value(); });
        log_ = testing::internal::GetCapturedStderr();
        return answer.value_or(Error{});
    }
    /// The same for a request for a descriptor, which comes with the packets that are `with_descriptor`.
    Result<SharedFd> ask_for_file(std::vector<Burst> bursts, const std::string& with_descriptor) {
        launcher_.emplace(loop_, std::move(bursts));
        launcher_->with_descriptor = with_descriptor;
        WorkerPool pool{loop_, config_, *launcher_};
        pool.listen(events_);
        std::optional<Result<SharedFd>> answer;
        testing::internal::CaptureStderr();
        PublishOrder order{job::Id{std::string(32, 'a')}, 0, {}, {}};
        order.file.spec.local = "/srv/file";
        pool.open(getuid(), order, [&](const Result<SharedFd>& file) { answer = file; });
        run_until([&] { return answer.has_value(); });
        log_ = testing::internal::GetCapturedStderr();
        return answer.value_or(Error{});
    }
    /// How many hires it takes until a fetch fails, where each worker is lost after what `burst` makes of its
    /// ticket; at most `most`.
    size_t launches_until_a_fetch_fails(const std::function<Burst(Ticket)>& burst, size_t most) {
        std::vector<Burst> bursts;
        for (Ticket ticket = 1; ticket <= most + 1; ++ticket)
            bursts.push_back(burst(ticket));
        launcher_.emplace(loop_, std::move(bursts));
        WorkerPool pool{loop_, config_, *launcher_};
        pool.listen(events_);
        pool.fetch(getuid(), FetchOrder{job::Id{std::string(32, 'a')}});
        for (size_t halts = 0; events_.failures.empty() && launcher_->launched_at.size() < most;) {
            run_until([&] { return events_.halts.size() > halts || !events_.failures.empty(); });
            if (events_.halts.size() == halts) break;
            halts = events_.halts.size();
            pool.fetch(getuid(), FetchOrder{job::Id{std::string(32, 'a')}});
        }
        return launcher_->launched_at.size();
    }

    Config config_;
    RecordedEvents events_;
    std::optional<FakeLauncher> launcher_;
    std::string log_;
};

TEST_F(WorkerLinkTest, NothingIsHeardOfOneThatIsCutOff) {
    for (const auto& burst : {Burst{ready(), Garbage, ready()}, Burst{ready(), Garbage, Garbage, answer(1)},
                              Burst{Garbage, ready(), answer(1)}}) {
        EXPECT_TRUE(ask({burst, {ready(), answer(1)}}));
        EXPECT_EQ(launcher_->launched_at.size(), 2U);
        EXPECT_EQ(log_, "fake 1 sent a packet that cannot be read; it is cut off\n");
    }
}

TEST_F(WorkerLinkTest, WhatIsSentTogetherIsHeardInTurn) {
    EXPECT_TRUE(ask({{ready(), group({ready(), answer(1)})}}));
}

TEST_F(WorkerLinkTest, ADescriptorComesWithTheAnswer) {
    auto file = ask_for_file({{ready(), answer(1)}}, answer(1));
    ASSERT_TRUE(file);
    EXPECT_EQ(read((*file)->get(), nullptr, 0), 0);
    EXPECT_FALSE(ask_for_file({{ready(), answer(1)}}, "")) << "none came";
}

TEST_F(WorkerLinkTest, AWorkerThatSendsAnUnrequestedDescriptorIsCutOff) {
    for (const auto& packet : {begun(4711, 0), answer(4711)}) {
        EXPECT_TRUE(ask_for_file({{ready(), packet, answer(1)}, {ready(), answer(1)}}, packet).error().code ==
                    Errc::Internal);
        EXPECT_EQ(launcher_->launched_at.size(), 2U);
        EXPECT_EQ(log_, "fake 1 sent a descriptor that was not requested; it is cut off\n");
    }
}

TEST_F(WorkerLinkTest, OneOfAnotherVersionCannotMendThat) {
    EXPECT_TRUE(ask({{ready(wire::Protocol + 1), ready(), answer(1)}, {ready(), answer(1)}}));
    EXPECT_EQ(launcher_->launched_at.size(), 2U);
    EXPECT_EQ(launcher_->kills, 1);
    EXPECT_EQ(log_, "fake 1 speaks version 5 of the protocol instead of 4; it is dismissed\n");
}

TEST_F(WorkerLinkTest, NobodySpeaksBeforeItIsReady) {
    EXPECT_TRUE(ask({{answer(1), ready()}, {ready(), answer(1)}}));
    EXPECT_EQ(launcher_->launched_at.size(), 2U);
    EXPECT_EQ(log_, "fake 1 speaks before it has said that it is ready; it is cut off\n");
}

TEST_F(WorkerLinkTest, EachConnectionIsOneDeath) {
    auto status = ask({{ready(), Garbage, ready(), Garbage, ready(), Garbage},
                       {ready(), Garbage, Garbage, Garbage},
                       {ready(), Garbage}});
    ASSERT_FALSE(status);
    EXPECT_EQ(status.error().message, "the worker process died again and again");
    EXPECT_EQ(launcher_->launched_at.size(), 3U);
    EXPECT_EQ(std::count(log_.begin(), log_.end(), '\n'), 3);
}

TEST_F(WorkerLinkTest, WordsAboutTheFilesOfNobodyAreNoProgress) {
    auto burst = [](Ticket) { return Burst{ready(), begun(4711, 0), checkpoint(4711, 5), Garbage}; };
    EXPECT_EQ(launches_until_a_fetch_fails(burst, 6), 3U);
    EXPECT_EQ(events_.reported, 0);
}

TEST_F(WorkerLinkTest, NorAreCheckpointsThatGetNowhere) {
    auto burst = [](Ticket ticket) {
        return Burst{ready(), begun(ticket, 5), checkpoint(ticket, 5), checkpoint(ticket, 5), Garbage};
    };
    EXPECT_EQ(launches_until_a_fetch_fails(burst, 6), 3U);
}

TEST_F(WorkerLinkTest, AFileThatGrowsGoesOn) {
    auto burst = [](Ticket ticket) {
        return Burst{ready(), begun(ticket, 5), checkpoint(ticket, 6), Garbage};
    };
    EXPECT_EQ(launches_until_a_fetch_fails(burst, 5), 5U);
    EXPECT_TRUE(events_.failures.empty());
}

TEST_F(WorkerLinkTest, ThereIsTimeBetweenTwoHires) {
    launches_until_a_fetch_fails(
        [](Ticket ticket) {
            return Burst{ready(), begun(ticket, 0), checkpoint(ticket, 1), Garbage};
        },
        4);
    for (size_t i = 1; i < launcher_->launched_at.size(); ++i)
        EXPECT_GE(launcher_->launched_at[i] - launcher_->launched_at[i - 1], Usec{200ms}) << i;
}

} // namespace

} // namespace haulier::daemon
