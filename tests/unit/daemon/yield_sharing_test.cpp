// SPDX-License-Identifier: LGPL-2.1-or-later
#include "daemon/workers/yield_sharing.hpp"

#include "daemon/workers/worker_messages.hpp"

#include <gtest/gtest.h>

namespace haulier::daemon {

namespace {

const YieldLink Wire{"eth0", false};
const YieldLink WireUp{"eth0", true};
const YieldLink Radio{"wlan0", false};

} // namespace

TEST(YieldSharingTest, EachWorkerLearnsOfTheOthersOnItsLinks) {
    YieldSharing sharing;
    sharing.report(1, {{Wire, 100}, {Radio, 5}});
    EXPECT_TRUE(sharing.shares_of(1).empty()) << "there are no others";
    sharing.report(2, {{Wire, 20}, {WireUp, 7}});
    sharing.report(3, {{Wire, 3}});
    EXPECT_EQ(sharing.shares_of(1), (LinkShares{{Wire, {2, 23}}}));
    EXPECT_EQ(sharing.shares_of(2), (LinkShares{{Wire, {2, 103}}}));
    EXPECT_EQ(sharing.shares_of(3), (LinkShares{{Wire, {2, 120}}}));
    EXPECT_TRUE(sharing.shares_of(4).empty()) << "it uses no link";
}

TEST(YieldSharingTest, AWorkerThatHasEndedIsForgotten) {
    YieldSharing sharing;
    sharing.report(1, {{Wire, 100}});
    sharing.report(2, {{Wire, 20}});
    sharing.report(2, {});
    EXPECT_TRUE(sharing.shares_of(1).empty());
    EXPECT_TRUE(sharing.shares_of(2).empty());
}

TEST(YieldSharingTest, ReportsOfWorkersAreBounded) {
    wire::Yielding report;
    for (int i = 0; i < 1000; ++i) {
        auto* link = report.add_links();
        link->set_interface(std::string(100, 'x') + std::to_string(i));
        link->set_bytes_per_second(~uint64_t{0});
    }
    for (int i = 0; i < 1000; ++i)
        report.add_links()->set_interface(std::to_string(i) + "\n");
    auto rates = link_rates_of(report);
    EXPECT_LE(rates.size(), 16U);
    for (const auto& [link, rate] : rates) {
        EXPECT_LE(link.interface.size(), 15U);
        EXPECT_EQ(link.interface.find('\n'), std::string::npos);
        EXPECT_LE(rate, uint64_t{1} << 40);
    }
}

} // namespace haulier::daemon
