// SPDX-License-Identifier: LGPL-2.1-or-later
#include "transfer/traffic.hpp"

#include "transfer_samples.hpp"

#include <gtest/gtest.h>

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

} // namespace
} // namespace haulier::transfer
