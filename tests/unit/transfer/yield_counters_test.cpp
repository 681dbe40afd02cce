// SPDX-License-Identifier: LGPL-2.1-or-later
#include "transfer/yield_counters.hpp"

#include <gtest/gtest.h>

namespace haulier::transfer {

TEST(YieldCountersTest, LinesOfTheKernel) {
    auto all =
        parse_interface_bytes("Inter-|   Receive                                                |  Transmit\n"
                              " face |bytes    packets errs drop fifo frame compressed multicast|bytes    "
                              "packets errs drop fifo colls "
                              "carrier compressed\n"
                              "    lo:     123       4    0    0    0     0          0         0      567    "
                              "   8    0    0    0     0       "
                              "0          0\n"
                              "wlan0:18446744073709551615 1 0 0 0 0 0 0 42 1 0 0 0 0 0 0\n"
                              "eth0:1: 7 1 0 0 0 0 0 0 9 1 0 0 0 0 0 0\n"
                              "broken: 7 1\n");
    ASSERT_EQ(all.size(), 3U);
    EXPECT_EQ(all.at("lo").received, 123U);
    EXPECT_EQ(all.at("lo").sent, 567U);
    EXPECT_EQ(all.at("wlan0").received, ~uint64_t{0});
    EXPECT_EQ(all.at("wlan0").sent, 42U);
    EXPECT_EQ(all.at("eth0:1").received, 7U);
    EXPECT_TRUE(parse_interface_bytes("").empty());
}

TEST(YieldCountersTest, ThisMachineHasSome) {
    InterfaceCounters counters;
    auto first = counters.read();
    EXPECT_TRUE(first.contains("lo"));
    EXPECT_GE(counters.read().at("lo").received, first.at("lo").received) << "it can be read again";
}

} // namespace haulier::transfer
