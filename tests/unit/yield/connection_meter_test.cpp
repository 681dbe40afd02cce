// SPDX-License-Identifier: LGPL-2.1-or-later
#include "yield/connection_meter.hpp"

#include <gtest/gtest.h>

namespace haulier::yield {

namespace {

BootTime at_ms(int milliseconds) {
    return {std::chrono::seconds{1000} + std::chrono::milliseconds{milliseconds}};
}

Sample sample(uint64_t bytes, double round_trip) {
    Sample s;
    s.bytes = bytes;
    s.round_trip = Seconds{round_trip};
    s.handshake = Seconds{0.02};
    s.segment = 1000;
    return s;
}

} // namespace

TEST(ConnectionMeterTest, TheLeastRoundTripOfLateCounts) {
    ConnectionMeter meter{sample(0, 0)};
    EXPECT_FALSE(meter.round_trip());
    meter.take(sample(1000, 0.05), 0, at_ms(0));
    meter.take(sample(2000, 0.03), 0, at_ms(20));
    meter.take(sample(3000, 0.06), 0, at_ms(40));
    EXPECT_EQ(meter.round_trip(), Seconds{0.03});
    meter.take(sample(4000, 0.06), 0, at_ms(120));
    EXPECT_EQ(meter.round_trip(), Seconds{0.06});
}

TEST(ConnectionMeterTest, WithoutBytesNothingIsMeasured) {
    ConnectionMeter meter{sample(0, 0)};
    meter.take(sample(1000, 0.05), 0, at_ms(0));
    EXPECT_TRUE(meter.is_fresh());
    meter.take(sample(1000, 0.01), 0, at_ms(20));
    EXPECT_FALSE(meter.is_fresh());
    EXPECT_EQ(meter.round_trip(), Seconds{0.05}) << "the kernel repeats its last value";
    meter.take(sample(1000, 0.01), 0, at_ms(200));
    EXPECT_FALSE(meter.round_trip());
}

TEST(ConnectionMeterTest, ATrickleIsNotMeasured) {
    ConnectionMeter meter{sample(0, 0)};
    for (uint64_t i = 1; i < 10; ++i)
        meter.take(sample(700 * i, 0.05), 900, at_ms(static_cast<int>(20 * i)));
    EXPECT_FALSE(meter.round_trip()) << "the kernel has measured nothing on it";
    meter.take(sample(7100, 0.05), 2000, at_ms(200));
    meter.take(sample(7900, 0.03), 2000, at_ms(220));
    EXPECT_EQ(meter.round_trip(), Seconds{0.03}) << "a full packet in two ticks";
}

TEST(ConnectionMeterTest, JitterIsWhatRoundTripsDifferBy) {
    ConnectionMeter meter{sample(0, 0)};
    for (int i = 0; i < 200; ++i)
        meter.take(sample(1000U * static_cast<uint64_t>(i + 1), i % 2 == 0 ? 0.02 : 0.03), 0, at_ms(20 * i));
    EXPECT_NEAR(meter.jitter().count(), 0.01, 0.001);
}

TEST(ConnectionMeterTest, WithoutTimestampsWindowAndRateTell) {
    ConnectionMeter meter{sample(0, 0)};
    auto s = sample(0, 0.02);
    s.measures_queue = false;
    for (int i = 0; i < 30; ++i) {
        s.bytes += 20'000; // 1 MB/s
        meter.take(s, 50'000, at_ms(20 * i));
    }
    EXPECT_NEAR(meter.round_trip()->count(), 0.05, 0.002);
    for (int i = 30; i < 60; ++i) {
        s.bytes += 20'000;
        meter.take(s, 10'000, at_ms(20 * i));
    }
    EXPECT_EQ(meter.round_trip(), Seconds{0.02}) << "not less than the handshake took";
}

} // namespace haulier::yield
