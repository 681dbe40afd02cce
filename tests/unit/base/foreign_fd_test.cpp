// SPDX-License-Identifier: LGPL-2.1-or-later
#include "base/foreign_fd.hpp"

#include <arpa/inet.h>
#include <chrono>
#include <gtest/gtest.h>
#include <netinet/in.h>
#include <string>
#include <sys/socket.h>
#include <thread>
#include <utility>

namespace haulier {
namespace {

using std::chrono::steady_clock;

/// A TCP socket whose other end does not read. Closing it takes a second, as for a file whose file system
/// does not respond.
class SlowToClose {
public:
    SlowToClose() {
        sockaddr_in address{};
        address.sin_family = AF_INET;
        address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
        socklen_t size = sizeof address;
        const Fd listener{::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)};
        auto* any = reinterpret_cast<sockaddr*>(&address);
        EXPECT_EQ(bind(listener.get(), any, size), 0);
        EXPECT_EQ(listen(listener.get(), 1), 0);
        EXPECT_EQ(getsockname(listener.get(), any, &size), 0);
        socket = Fd{::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)};
        EXPECT_EQ(connect(socket.get(), any, size), 0);
        other_end_ = Fd{accept4(listener.get(), nullptr, nullptr, SOCK_CLOEXEC)};
        const linger wait{.l_onoff = 1, .l_linger = 1};
        setsockopt(socket.get(), SOL_SOCKET, SO_LINGER, &wait, sizeof wait);
        const std::string bytes(1 << 20, 'x');
        while (send(socket.get(), bytes.data(), bytes.size(), MSG_DONTWAIT) > 0) {
        }
    }
    Fd socket;

private:
    Fd other_end_;
};

bool expires(const std::weak_ptr<void>& token) {
    auto deadline = steady_clock::now() + std::chrono::seconds{20};
    while (!token.expired() && steady_clock::now() < deadline)
        std::this_thread::yield();
    return token.expired();
}

TEST(ForeignFd, IsClosedInAThread) {
    SlowToClose slow;
    auto token = std::make_shared<int>();
    std::weak_ptr<void> open = token;
    auto begin = steady_clock::now();
    { const ForeignFd fd{std::move(slow.socket), std::move(token)}; }
    EXPECT_FALSE(open.expired()) << "the token tells that it is still open";
    EXPECT_LT(steady_clock::now() - begin, std::chrono::milliseconds{900});
    EXPECT_TRUE(expires(open));
}

TEST(ForeignFd, OneOfOtherCodeIsReplacedInAThread) {
    SlowToClose slow;
    auto token = std::make_shared<int>();
    std::weak_ptr<void> open = token;
    auto begin = steady_clock::now();
    replace_with_null(slow.socket.get(), std::move(token));
    EXPECT_LT(steady_clock::now() - begin, std::chrono::milliseconds{900});
    EXPECT_TRUE(expires(open));
    char byte = 0;
    EXPECT_EQ(read(slow.socket.get(), &byte, 1), 0) << "/dev/null";
}

} // namespace
} // namespace haulier
