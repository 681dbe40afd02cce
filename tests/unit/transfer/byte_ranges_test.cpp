// SPDX-License-Identifier: LGPL-2.1-or-later
#include "transfer/byte_ranges.hpp"

#include <gtest/gtest.h>

namespace haulier::transfer {
namespace {

using RangeList = std::vector<ByteRange>;

TEST(ByteRanges, JoinWhereTheyTouchOrOverlap) {
    EXPECT_EQ((ByteRanges{{{0, 10}, {20, 30}, {10, 20}}}.all()), (RangeList{{0, 30}}));
    EXPECT_EQ((ByteRanges{{{20, 30}, {0, 10}}}.all()), (RangeList{{0, 10}, {20, 30}}));
    EXPECT_EQ((ByteRanges{{{0, 10}, {20, 30}, {40, 50}, {5, 45}}}.all()), (RangeList{{0, 50}}));
    EXPECT_EQ((ByteRanges{{{5, 6}, {0, 100}}}.all()), (RangeList{{0, 100}}));
    EXPECT_TRUE((ByteRanges{{{7, 7}}}.is_empty()));
}

TEST(ByteRanges, KnowWhatIsThereAndWhatIsNot) {
    const ByteRanges ranges{{{0, 10}, {20, 30}}};
    EXPECT_EQ(ranges.size(), 20u);
    EXPECT_EQ(ranges.prefix(), 10u);
    EXPECT_EQ(ranges.end(), 30u);
    EXPECT_FALSE(ranges.is_prefix());
    EXPECT_EQ(ranges.holes(40), (RangeList{{10, 20}, {30, 40}}));
    EXPECT_EQ(ranges.holes(30), (RangeList{{10, 20}}));
    EXPECT_EQ(ranges.end_of_hole(10, 40), 20u);
    EXPECT_EQ(ranges.end_of_hole(30, 40), 40u);
    EXPECT_EQ(ranges.end_of_hole(5, 40), 5u) << "another connection has fetched it meanwhile";
    EXPECT_EQ(ranges.end_of_hole(20, 40), 20u);
    EXPECT_EQ(ByteRanges{}.holes(5), (RangeList{{0, 5}}));
    EXPECT_TRUE(ByteRanges{}.is_prefix());
    EXPECT_EQ((ByteRanges{{{3, 5}}}.prefix()), 0u);
}

} // namespace
} // namespace haulier::transfer
