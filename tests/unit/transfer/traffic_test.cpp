// SPDX-License-Identifier: LGPL-2.1-or-later
#include "transfer/traffic.hpp"

#include "base/fd.hpp"
#include "transfer_samples.hpp"

#include <algorithm>
#include <array>
#include <gtest/gtest.h>
#include <linux/tcp.h>
#include <netinet/in.h>
#include <poll.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <vector>

namespace haulier::transfer {
namespace {

TEST(Traffic, WhatIsDeliveredIsNoOverhead) {
    Traffic traffic;
    uint64_t received = 5000;
    traffic.count(received);
    for (int i = 0; i < 1000; ++i) {
        traffic.deliver(10 * Mebi);
        traffic.count(received += 10 * Mebi + 50'000);
        ASSERT_FALSE(traffic.is_wasteful());
    }
}

TEST(Traffic, NothingButOverheadIsExcessive) {
    Traffic traffic;
    traffic.count(100 * Mebi);
    EXPECT_FALSE(traffic.is_excessive()) << "what came before is not counted";
    traffic.count(101 * Mebi);
    EXPECT_TRUE(traffic.is_wasteful());
    EXPECT_FALSE(traffic.is_excessive());
    traffic.count(117 * Mebi);
    EXPECT_TRUE(traffic.is_excessive());
}

TEST(Traffic, ChunksOfOneByteAreNot) {
    Traffic traffic;
    traffic.count(0);
    for (uint64_t i = 1; i < 1000; ++i) {
        traffic.deliver(Mebi);
        traffic.count(i * 40 * Mebi);
        ASSERT_FALSE(traffic.is_excessive());
    }
}

TEST(Traffic, BytesThatCurlHeldCountWhenTheyAreDelivered) {
    Traffic traffic;
    traffic.count(0);
    traffic.count(10 * Mebi);
    EXPECT_FALSE(traffic.is_excessive());
    traffic.deliver(10 * Mebi);
    traffic.count(10 * Mebi);
    EXPECT_FALSE(traffic.is_wasteful());
}

TEST(Traffic, AnotherConnectionMayHaveTheDescriptor) {
    Traffic traffic;
    traffic.count(1000 * Mebi);
    traffic.count(0);
    EXPECT_FALSE(traffic.is_wasteful());
}

/// A connection over the loopback interface, and a peer that sends as much as it can.
class BufferTest : public testing::Test {
protected:
    void open(std::optional<uint64_t> first) {
        Fd listener{socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)};
        sockaddr_in address{};
        address.sin_family = AF_INET;
        address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
        socklen_t size = sizeof address;
        auto* raw = reinterpret_cast<sockaddr*>(&address);
        ASSERT_EQ(bind(listener.get(), raw, size), 0);
        ASSERT_EQ(listen(listener.get(), 1), 0);
        ASSERT_EQ(getsockname(listener.get(), raw, &size), 0);
        ours_ = Fd{socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)};
        int segment = 1448;
        setsockopt(ours_.get(), IPPROTO_TCP, TCP_MAXSEG, &segment, sizeof segment);
        if (first) limit_first_buffer(ours_.get(), *first);
        ASSERT_EQ(connect(ours_.get(), raw, size), 0);
        theirs_ = Fd{accept4(listener.get(), nullptr, nullptr, SOCK_CLOEXEC | SOCK_NONBLOCK)};
    }
    /// Waits until the peer has been unable to send for a while.
    int unread_when_full() {
        std::vector<char> data(1 << 20);
        pollfd writable{theirs_.get(), POLLOUT, 0};
        while (poll(&writable, 1, 100) > 0)
            if (send(theirs_.get(), data.data(), data.size(), MSG_NOSIGNAL) <= 0) break;
        int unread = 0;
        ioctl(ours_.get(), FIONREAD, &unread);
        return unread;
    }
    [[nodiscard]] int buffer() const {
        int bytes = 0;
        socklen_t size = sizeof bytes;
        EXPECT_EQ(getsockopt(ours_.get(), SOL_SOCKET, SO_RCVBUF, &bytes, &size), 0);
        return bytes;
    }
    void read_all() {
        std::array<char, 65536> data{};
        while (recv(ours_.get(), data.data(), data.size(), MSG_DONTWAIT) > 0) {
        }
    }

    Fd ours_;
    Fd theirs_;
};

TEST_F(BufferTest, ALimitedOneHoldsNoMoreThanItsWindow) {
    constexpr uint64_t Window = 12'000;
    open(Window);
    EXPECT_LE(unread_when_full(), 3 * Window);
    clamp_window(ours_.get(), Window);
    limit_buffer(ours_.get(), Window);
    for (int i = 0; i < 3; ++i) {
        read_all();
        EXPECT_LE(unread_when_full(), 3 * Window);
    }
    clamp_window(ours_.get(), std::nullopt);
    limit_buffer(ours_.get(), std::nullopt);
    int most = 0;
    for (int i = 0; i < 8 && most < 60'000; ++i) {
        read_all();
        most = std::max(most, unread_when_full());
    }
    EXPECT_GE(most, 60'000) << "without a limit, it grows again";
}

TEST_F(BufferTest, ALargeOneStaysLargeWithoutALimit) {
    constexpr uint64_t Window = 180 * 1024;
    open(Window);
    limit_buffer(ours_.get(), Window);
    auto before = buffer();
    limit_buffer(ours_.get(), std::nullopt);
    EXPECT_EQ(buffer(), before);
}

TEST_F(BufferTest, WhatThePeerMaySendAlreadyIsNotDropped) {
    constexpr uint64_t Window = 12'000;
    open(std::nullopt);
    auto before = unread_when_full();
    EXPECT_GT(before, 40'000);
    for (int i = 0; i < 30; ++i) {
        clamp_window(ours_.get(), Window);
        limit_buffer(ours_.get(), Window);
    }
    int unread = 0;
    ioctl(ours_.get(), FIONREAD, &unread);
    EXPECT_GE(unread, before);
    read_all();
    for (int i = 0; i < 30; ++i)
        limit_buffer(ours_.get(), Window);
    read_all();
    EXPECT_LE(unread_when_full(), 3 * Window);
}

} // namespace
} // namespace haulier::transfer
