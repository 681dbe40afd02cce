// SPDX-License-Identifier: LGPL-2.1-or-later
// The kernel's own routes, in a network namespace of the test's, which has nothing but a loopback interface
// to begin with.
#include "daemon/environment/route_monitor.hpp"

#include "base/fd.hpp"

#include <cstdlib>
#include <fcntl.h>
#include <gtest/gtest.h>
#include <sched.h>
#include <set>
#include <string>
#include <vector>

namespace haulier::daemon {

namespace {

using namespace std::chrono_literals;

class RoutesTest : public testing::Test {
protected:
    void SetUp() override {
        home_ = Fd{open("/proc/self/ns/net", O_RDONLY | O_CLOEXEC)};
        if (unshare(CLONE_NEWNET) < 0) {
            home_.reset();
            GTEST_SKIP() << "no network namespace for this user; root has one";
        }
        if (std::system("ip -V >/dev/null 2>&1") != 0)
            GTEST_SKIP() << "there is no ip(8) to make routes with";
        ip("link set lo up");
        add_interface("out");
        ASSERT_TRUE(routes_.start());
    }
    void TearDown() override {
        if (!home_) return;
        ASSERT_EQ(setns(home_.get(), CLONE_NEWNET), 0);
    }

    /// One end of a cable, whose other end is plugged in.
    static void add_interface(const std::string& name) {
        ip("link add " + name + " type veth peer name far-" + name);
        ip("link set far-" + name + " up");
    }
    static void ip(const std::string& arguments) {
        ASSERT_EQ(std::system(("ip " + arguments).c_str()), 0) << arguments;
    }
    void expect_told(const std::vector<bool>& all) {
        for (auto deadline = SystemClock{}.now().boot + 10s; told_ != all;) {
            ASSERT_LT(SystemClock{}.now().boot, deadline)
                << told_.size() << " answers, the last of them " << (told_.empty() ? false : told_.back());
            loop_.turn(100ms);
        }
    }
    /// Turns the loop until what has happened so far must have been looked at.
    void settle() {
        bool over = false;
        auto end = loop_.after(400ms, [&over] { over = true; });
        while (!over)
            loop_.turn(1s);
    }

    Loop loop_;
    std::vector<bool> told_;
    RouteMonitor routes_{loop_, [this](const Routes& routes) {
                             bool is_news = told_.empty() || told_.back() != routes.lead_out;
                             if (is_news) told_.push_back(routes.lead_out);
                             interfaces_ = routes.default_interfaces;
                         }};
    std::set<std::string> interfaces_; ///< of default routes
    Fd home_;
};

TEST_F(RoutesTest, ComeAndGo) {
    expect_told({false});
    ip("addr add 192.0.2.1/24 dev out");
    ip("link set out up");
    expect_told({false, true});
    ip("link set out down");
    expect_told({false, true, false});
    ip("link set out up");
    ip("route add default via 192.0.2.2");
    expect_told({false, true, false, true});
    ip("route del default");
    ip("addr del 192.0.2.1/24 dev out");
    expect_told({false, true, false, true, false});
}

TEST_F(RoutesTest, AreOfNoUseWithoutACable) {
    expect_told({false});
    ip("addr add 192.0.2.1/24 dev out");
    ip("link set out up");
    expect_told({false, true});
    ip("link set far-out down");
    expect_told({false, true, false});
    ip("link set far-out up");
    expect_told({false, true, false, true});
}

TEST_F(RoutesTest, OfIpv6Count) {
    expect_told({false});
    ip("link set out up");
    ip("-6 route add 2001:db8::/64 dev out");
    expect_told({false, true});
}

TEST_F(RoutesTest, OverSeveralInterfacesCount) {
    expect_told({false});
    ip("addr add 192.0.2.1/24 dev out");
    ip("link set out up");
    add_interface("other");
    ip("addr add 198.51.100.1/24 dev other");
    ip("link set other up");
    ip("route add default nexthop via 192.0.2.2 nexthop via 198.51.100.2");
    ip("route del 192.0.2.0/24 dev out");
    ip("route del 198.51.100.0/24 dev other");
    settle();
    expect_told({false, true});
    EXPECT_EQ(interfaces_, (std::set<std::string>{"other", "out"}));
    ip("link set other down");
    settle();
    EXPECT_EQ(interfaces_, std::set<std::string>{"out"});
    ip("route del default");
    settle();
    EXPECT_TRUE(interfaces_.empty());
}

TEST_F(RoutesTest, AreAskedForAgainWhenTheAnswerWasInterrupted) {
    for (auto name : {"one", "two", "three", "four"})
        add_interface(name);
    ip("addr add 192.0.2.1/24 dev out");
    ip("link set out up");
    settle();
    ASSERT_FALSE(told_.empty());
    EXPECT_TRUE(told_.back());
}

TEST_F(RoutesTest, ThatLeadNowhereDoNotCount) {
    expect_told({false});
    ip("link set out up"); // brings fe80::/64 and ff00::/8
    ip("route add 169.254.0.0/16 dev out");
    ip("route add 224.0.0.0/4 dev out");
    ip("route add 203.0.113.0/24 dev lo");
    ip("route add blackhole 198.51.100.0/24");
    ip("route add 192.0.2.0/24 dev out table 77");
    settle();
    expect_told({false});
    // A flock of changes, more than a socket holds, is still seen.
    for (int i = 0; i < 20; ++i) {
        ip("route add 192.0.2.0/24 dev out");
        ip("route del 192.0.2.0/24 dev out");
    }
    ip("route add 192.0.2.0/24 dev out");
    settle();
    EXPECT_TRUE(told_.back());
}

} // namespace

} // namespace haulier::daemon
