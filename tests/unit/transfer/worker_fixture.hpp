// SPDX-License-Identifier: LGPL-2.1-or-later
// Runs the real worker on the test's event loop. The test acts as the daemon at the other end of its socket.
#pragma once

#include "served_file.hpp"
#include "support/temp_dir.hpp"
#include "transfer/worker.hpp"

#include <algorithm>
#include <deque>
#include <gtest/gtest.h>
#include <memory>
#include <optional>
#include <string>
#include <sys/socket.h>
#include <system_error>
#include <vector>

namespace haulier::transfer {

class WorkerFixture : public testing::Test {
protected:
    static constexpr size_t Size = 600'000;
    static constexpr size_t Half = 300'000;
    static constexpr uint64_t Ticket = 7;
    static constexpr const char* Part = ".haulier-test-0.part";

    WorkerFixture() {
        settings.set_checkpoint_bytes(64 * 1024);
        settings.set_checkpoint_ms(60'000);
        settings.set_progress_ms(1);
        settings.set_stall_timeout_s(30);
        start();
    }

    /// A new worker, as after a crash of the previous one, which halted and reported nothing.
    void start() {
        worker.reset();
        link.reset();
        inbox.clear();
        exit_code.reset();
        int fds[2];
        if (socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC | SOCK_NONBLOCK, 0, fds) < 0)
            throw std::system_error(errno, std::generic_category(), "socketpair");
        auto packet = [this](std::string_view bytes) {
            wire::FromWorker message;
            ASSERT_TRUE(message.ParseFromArray(bytes.data(), static_cast<int>(bytes.size())));
            receive(message);
        };
        link = std::make_unique<wire::PacketSocket>(loop, Fd{fds[0]},
                                                    wire::PacketSocket::Handlers{packet, [] {}});
        worker = std::make_unique<Worker>(loop, Fd{fds[1]}, call_service(),
                                          [this](int code) { exit_code = code; });
        wire::ToWorker message;
        *message.mutable_settings() = settings;
        send(message);
        EXPECT_EQ(next(wire::FromWorker::kReady).ready().protocol(), wire::Protocol);
    }

    /// What was sent together counts as sent in turn.
    void receive(const wire::FromWorker& message) {
        for (const auto& one : message.group().messages())
            receive(one);
        if (message.has_group()) return;
        inbox.push_back(message);
        if (!message.has_fetched() || !message.fetched().has_begun()) return;
        auto begun = message.fetched().begun();
        inbox.back().mutable_fetched()->set_headers(begun.headers());
        *inbox.emplace(inbox.end() - 1)->mutable_begun() = std::move(begun);
    }

    /// Calls succeed, except to org.example.Nobody.
    CallService call_service() {
        return [this](const wire::Call& call, const std::function<void(const CallResult&)>& done) {
            calls.push_back(call);
            done({call.name() == "org.example.Nobody" ? CallOutcome::Gone : CallOutcome::Acknowledged, {}});
        };
    }

    void send(const wire::ToWorker& message) { link->send(message.SerializeAsString()); }

    void halt(uint64_t ticket = Ticket) {
        wire::ToWorker message;
        message.mutable_halt()->set_ticket(ticket);
        send(message);
    }
    void proceed(uint64_t ticket = Ticket) {
        wire::ToWorker message;
        message.mutable_proceed()->set_ticket(ticket);
        send(message);
    }

    wire::Fetch order(const std::string& url) const {
        wire::Fetch fetch;
        fetch.set_ticket(Ticket);
        fetch.set_url(url);
        fetch.set_directory(directory.path());
        fetch.set_temporary(Part);
        return fetch;
    }
    /// So many bytes a second for the job of this order.
    void limit(wire::Fetch& order, uint64_t bytes_per_second) {
        order.mutable_http()->set_job("limited");
        wire::ToWorker message;
        auto* limit = message.mutable_limits()->add_jobs();
        limit->set_job("limited");
        limit->set_bytes_per_second(bytes_per_second);
        send(message);
    }
    void fetch(const wire::Fetch& order) {
        wire::ToWorker message;
        *message.mutable_fetch() = order;
        send(message);
    }

    /// Turns the loop until `arrived`; false when that takes too long.
    template <class Condition>
    bool turn_until(Condition arrived) {
        auto deadline = std::chrono::steady_clock::now() + std::chrono::seconds{20};
        while (!arrived()) {
            if (std::chrono::steady_clock::now() > deadline) return false;
            loop.turn(std::chrono::milliseconds{50});
        }
        return true;
    }

    /// The next message of kind `wanted`. Progress and checkpoints before it are skipped; checkpoints are
    /// recorded.
    wire::FromWorker next(wire::FromWorker::KindCase wanted) {
        for (;;) {
            bool arrived = turn_until([this] { return !inbox.empty(); });
            EXPECT_TRUE(arrived) << "waited in vain for message " << wanted;
            if (!arrived) return {};
            auto message = inbox.front();
            inbox.pop_front();
            if (message.has_checkpoint()) checkpoints.push_back(message.checkpoint());
            if (message.kind_case() == wanted) return message;
            if (message.has_checkpoint() || message.has_progress()) continue;
            ADD_FAILURE() << "wanted message " << wanted << ", got " << message.kind_case() << " "
                          << (message.has_failed() ? message.failed().message() : "");
            return {};
        }
    }
    wire::Begun begun() { return next(wire::FromWorker::kBegun).begun(); }
    wire::Fetched fetched() { return next(wire::FromWorker::kFetched).fetched(); }
    wire::Failed failed() { return next(wire::FromWorker::kFailed).failed(); }
    void halted() { EXPECT_EQ(next(wire::FromWorker::kHalted).halted().ticket(), Ticket); }
    /// Waits for Progress of at least `count` bytes, and drops all other messages.
    void wait_for_bytes(uint64_t count) {
        bool seen = turn_until([&] {
            for (; !inbox.empty(); inbox.pop_front()) {
                const auto& message = inbox.front();
                if (message.has_checkpoint()) checkpoints.push_back(message.checkpoint());
                if (message.has_progress() && message.progress().received() >= count) return true;
            }
            return false;
        });
        EXPECT_TRUE(seen) << "waited in vain for byte " << count;
    }
    /// Fetches half of the file, halts, and lets the server send all from then on.
    void half_a_file(FileServer& server, ServedFile first, const wire::Fetch& order) {
        first.stop_at = Half;
        server.change(first);
        fetch(order);
        wait_for_bytes(Half);
        halt();
        halted();
        ASSERT_FALSE(checkpoints.empty());
        EXPECT_EQ(checkpoints.back().offset(), Half);
        first.stop_at.reset();
        server.change(first);
    }
    /// Waits for `count` tickets to be fetched; none may fail.
    void expect_all_fetched(uint64_t count) {
        uint64_t done = 0;
        bool all = turn_until([&] {
            for (; !inbox.empty(); inbox.pop_front()) {
                if (inbox.front().has_failed()) ADD_FAILURE() << inbox.front().failed().message();
                if (inbox.front().has_fetched()) ++done;
            }
            return done == count;
        });
        EXPECT_TRUE(all) << "only " << done;
    }
    /// Runs the loop until it is idle.
    void settle() {
        while (loop.turn(std::chrono::milliseconds{50}))
            continue;
    }

    /// The daemon's order after it has stored the last checkpoint.
    wire::Fetch resumed(const std::string& url) const {
        auto fetch = order(url);
        fetch.set_offset(checkpoints.back().offset());
        *fetch.mutable_identity() = checkpoints.back().identity();
        return fetch;
    }

    /// Expects the file to arrive and to be `content`, with or without a restart on the way.
    void expect_arrival(const std::string& content) {
        auto done = fetched();
        EXPECT_EQ(done.size(), content.size());
        EXPECT_TRUE(directory.read(Part) == content) << "the file differs from what was served";
    }

    const ServedFile file{.content = content_of(Size)};
    wire::Settings settings;
    test::TempDir directory;
    Loop loop;
    std::unique_ptr<wire::PacketSocket> link;
    std::unique_ptr<Worker> worker;
    std::deque<wire::FromWorker> inbox;
    std::vector<wire::Checkpoint> checkpoints;
    std::vector<wire::Call> calls;
    std::optional<int> exit_code;
};

} // namespace haulier::transfer
