// SPDX-License-Identifier: LGPL-2.1-or-later
#include "wire/packet_socket.hpp"

#include "support/loop_test.hpp"
#include "support/send_descriptors.hpp"
#include "support/temp_dir.hpp"

#include <array>
#include <cstring>
#include <fcntl.h>
#include <filesystem>
#include <memory>
#include <optional>
#include <string>
#include <sys/socket.h>
#include <utility>
#include <vector>

namespace haulier::wire {

namespace {

using namespace std::chrono_literals;

std::pair<Fd, Fd> connected_pair() {
    int ends[2];
    EXPECT_EQ(socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC | SOCK_NONBLOCK, 0, ends), 0);
    return {Fd{ends[0]}, Fd{ends[1]}};
}

/// A PacketSocket on one end; the other is in the test's hand.
class PacketSocketTest : public test::LoopTest {
protected:
    void SetUp() override {
        auto [near, far] = connected_pair();
        far_ = std::move(far);
        link_.emplace(
            loop_, std::move(near),
            PacketSocket::Handlers{[this](std::string_view packet) { packets_.emplace_back(packet); },
                                   [this] { ++closed_; }});
    }
    void far_sends(const std::string& packet) {
        int room = 4 * static_cast<int>(MaxPacket);
        setsockopt(far_.get(), SOL_SOCKET, SO_SNDBUF, &room, sizeof room);
        ASSERT_EQ(send(far_.get(), packet.data(), packet.size(), 0), static_cast<ssize_t>(packet.size()));
    }
    /// Nothing: no packet is waiting, or the near end is gone.
    std::optional<std::string> far_receives() {
        std::string buffer(2 * MaxPacket, '\0');
        auto got = recv(far_.get(), buffer.data(), buffer.size(), 0);
        if (got <= 0) return std::nullopt;
        return buffer.substr(0, static_cast<size_t>(got));
    }

    Fd far_;
    std::vector<std::string> packets_;
    int closed_ = 0;
    std::optional<PacketSocket> link_;
};

/// The descriptors of that file that the process has open.
size_t open_descriptors(const std::string& path) {
    size_t count = 0;
    for (const auto& entry : std::filesystem::directory_iterator{"/proc/self/fd"}) {
        std::error_code error;
        count += std::filesystem::read_symlink(entry.path(), error) == path;
    }
    return count;
}

class PassedDescriptorTest : public PacketSocketTest {
protected:
    void SetUp() override {
        auto [near, far] = connected_pair();
        link_.emplace(loop_, std::move(near),
                      PacketSocket::Handlers{
                          .packet = [this](std::string_view packet) { packets_.emplace_back(packet); },
                          .closed = [this] { ++closed_; },
                          .packet_with_descriptor =
                              [this](std::string_view packet, const SharedFd& descriptor) {
                                  packets_.emplace_back(packet);
                                  descriptors_.push_back(descriptor);
                              }});
        sender_.emplace(loop_, std::move(far), PacketSocket::Handlers{[](std::string_view) {}, [] {}});
        directory_.write("file", "content");
    }
    [[nodiscard]] SharedFd open_file() const {
        return std::make_shared<ForeignFd>(Fd{open(directory_.at("file").c_str(), O_RDONLY | O_CLOEXEC)});
    }
    [[nodiscard]] size_t open_count() const { return open_descriptors(directory_.at("file")); }

    test::TempDir directory_;
    std::optional<PacketSocket> sender_;
    std::vector<SharedFd> descriptors_;
};

} // namespace

TEST_F(PassedDescriptorTest, ArrivesWithItsPacket) {
    link_->accept_descriptors(std::make_shared<int>());
    sender_->send("one", open_file());
    sender_->send("two");
    run_until([&] { return packets_.size() == 2; });
    ASSERT_EQ(descriptors_.size(), 1U);
    std::string content(7, ' ');
    EXPECT_EQ(read(descriptors_[0]->get(), content.data(), content.size()), 7);
    EXPECT_EQ(content, "content");
    EXPECT_NE(fcntl(descriptors_[0]->get(), F_GETFD) & FD_CLOEXEC, 0);
}

TEST_F(PassedDescriptorTest, IsDroppedByTheKernelIfNoneIsAccepted) {
    sender_->send("one", open_file());
    run_until([&] { return packets_.size() == 1 && open_count() == 0; });
    EXPECT_TRUE(descriptors_.empty());
}

TEST_F(PassedDescriptorTest, IsAloneHoweverManyCome) {
    link_->accept_descriptors(std::make_shared<int>());
    auto [near, far] = connected_pair();
    PacketSocket receiver{loop_, std::move(near),
                          PacketSocket::Handlers{.packet = [](std::string_view) {},
                                                 .closed = [] {},
                                                 .packet_with_descriptor =
                                                     [this](std::string_view packet, const SharedFd& one) {
                                                         packets_.emplace_back(packet);
                                                         descriptors_.push_back(one);
                                                     }}};
    receiver.accept_descriptors(std::make_shared<int>());
    const std::vector<int> files{open(directory_.at("file").c_str(), O_RDONLY | O_CLOEXEC),
                                 open(directory_.at("file").c_str(), O_RDONLY | O_CLOEXEC)};
    ASSERT_EQ(test::send_descriptors(far.get(), "x", files), 1);
    for (int file : files)
        close(file);
    run_until([&] { return packets_.size() == 1; });
    EXPECT_EQ(open_count(), 1U) << "the kernel has dropped the other";
    descriptors_.clear();
    run_until([&] { return open_count() == 0; });
}

TEST_F(PacketSocketTest, PacketsArriveWholeAndInOrder) {
    std::vector<std::string> sent{"a", std::string("\0zero\0", 6), std::string(MaxPacket, 'x'), "z"};
    for (const auto& packet : sent)
        far_sends(packet);
    run_until([&] { return packets_.size() == sent.size(); });
    EXPECT_EQ(packets_, sent);
    EXPECT_EQ(closed_, 0);
}

TEST_F(PacketSocketTest, OnePacketATurnSoThatOthersGetTheirs) {
    far_sends("1");
    far_sends("2");
    EXPECT_TRUE(loop_.turn(1s));
    EXPECT_EQ(packets_.size(), 1u);
    EXPECT_TRUE(loop_.turn(1s));
    EXPECT_EQ(packets_.size(), 2u);
}

TEST_F(PacketSocketTest, WhoNeverStopsDoesNotKeepTheLoopFromTheRest) {
    link_.reset();
    auto [near, far] = connected_pair();
    far_ = std::move(far);
    link_.emplace(
        loop_, std::move(near),
        PacketSocket::Handlers{[this](std::string_view) { far_sends("again"); }, [this] { ++closed_; }});
    far_sends("once");
    bool had_its_turn = false;
    auto rest = loop_.defer([&] { had_its_turn = true; }, EventPriority::Last);
    run_until([&] { return had_its_turn; });
    EXPECT_EQ(closed_, 0);
}

TEST_F(PacketSocketTest, SendsAtOnceWhenThereIsRoom) {
    link_->send("hello");
    link_->send(std::string(MaxPacket, 'y'));
    EXPECT_FALSE(link_->backed_up());
    EXPECT_EQ(far_receives(), "hello");
    EXPECT_EQ(far_receives(), std::string(MaxPacket, 'y'));
    EXPECT_EQ(far_receives(), std::nullopt);
}

TEST_F(PacketSocketTest, WhatFindsNoRoomWaitsAndKeepsItsOrder) {
    std::vector<std::string> sent;
    auto send_one = [&] {
        sent.push_back(std::to_string(sent.size()) + std::string(10000, '.'));
        link_->send(sent.back());
    };
    while (!link_->backed_up()) {
        ASSERT_LT(sent.size(), 10000u) << "a socket without a bottom";
        send_one();
    }
    for (int i = 0; i < 100; ++i)
        send_one();
    drain(); // with nobody reading, this ends: no busy loop

    std::vector<std::string> received;
    for (auto deadline = SystemClock{}.now().boot + 10s; received.size() < sent.size();) {
        ASSERT_LT(SystemClock{}.now().boot, deadline);
        if (auto packet = far_receives())
            received.push_back(std::move(*packet));
        else
            loop_.turn(1s);
    }
    EXPECT_EQ(received, sent);
    EXPECT_FALSE(link_->backed_up());
    drain(); // and no longer waits for room
    EXPECT_EQ(closed_, 0);
}

TEST_F(PacketSocketTest, HearsWhileItIsBackedUp) {
    while (!link_->backed_up())
        link_->send(std::string(10000, '.'));
    far_sends("still here");
    run_until([&] { return !packets_.empty(); });
    EXPECT_EQ(packets_[0], "still here");
}

TEST_F(PacketSocketTest, AnOversizePacketEndsIt) {
    far_sends("fine");
    far_sends(std::string(MaxPacket + 1, 'x'));
    far_sends("too late");
    run_until([&] { return closed_ > 0; });
    drain();
    EXPECT_EQ(packets_, std::vector<std::string>{"fine"});
    EXPECT_EQ(closed_, 1);
}

TEST_F(PacketSocketTest, APacketOfTwiceTheSizeEndsIt) {
    far_sends(std::string(2 * MaxPacket, 'x'));
    run_until([&] { return closed_ > 0; });
    EXPECT_TRUE(packets_.empty());
}

TEST_F(PacketSocketTest, APeerThatLeavesIsHeardToTheEnd) {
    far_sends("1");
    far_sends("2");
    far_.reset();
    run_until([&] { return closed_ > 0; });
    drain();
    EXPECT_EQ(packets_, (std::vector<std::string>{"1", "2"}));
    EXPECT_EQ(closed_, 1);
}

TEST_F(PacketSocketTest, SendingToAPeerThatIsGoneIsHarmless) {
    far_.reset();
    link_->send("anybody?"); // no SIGPIPE
    EXPECT_EQ(closed_, 0);   // not from inside send()
    run_until([&] { return closed_ > 0; });
    link_->send("hello?");
    drain();
    EXPECT_EQ(closed_, 1);
}

TEST_F(PacketSocketTest, APeerThatLeavesWhileWeAreBackedUp) {
    while (!link_->backed_up())
        link_->send(std::string(10000, '.'));
    far_.reset();
    run_until([&] { return closed_ > 0; });
    drain();
    EXPECT_EQ(closed_, 1);
}

TEST(PacketSocketOwner, MayDropItInsideBothHandlers) {
    Loop loop;
    for (bool in_packet : {true, false}) {
        auto [near, far] = connected_pair();
        std::optional<PacketSocket> link;
        int calls = 0;
        auto drop = [&] {
            link.reset();
            ++calls;
        };
        PacketSocket::Handlers handlers{[&](std::string_view) {
                                            if (in_packet) drop();
                                        },
                                        drop};
        link.emplace(loop, std::move(near), std::move(handlers));
        ASSERT_EQ(send(far.get(), "x", 1, 0), 1);
        if (!in_packet) far.reset();
        for (auto deadline = SystemClock{}.now().boot + 10s; link;) {
            ASSERT_LT(SystemClock{}.now().boot, deadline);
            loop.turn(1s);
        }
        while (loop.turn(0s))
            continue;
        EXPECT_EQ(calls, 1);
    }
}

TEST(PacketSocketDeathTest, SendingTooMuchIsTheCallersFault) {
    GTEST_FLAG_SET(death_test_style, "threadsafe");
    Loop loop;
    auto [near, far] = connected_pair();
    PacketSocket link{loop, std::move(near), {}};
    EXPECT_DEATH(link.send(std::string(MaxPacket + 1, 'x')), "");
}

} // namespace haulier::wire
