// SPDX-License-Identifier: LGPL-2.1-or-later
#include "job/segments.hpp"

#include "samples.hpp"

#include <gtest/gtest.h>

namespace haulier::job {

namespace {

using Ranges = std::vector<Range>;
using Segments = std::vector<Segment>;

File file_with(const Ranges& ranges, uint64_t total = UnknownSize) {
    File f;
    f.spec.ranges = ranges;
    f.total = total;
    return f;
}

TEST(Segments, OfAPlainFileAreOne) {
    EXPECT_EQ(segments_of(file_with({}), false), (Segments{{0, ToEnd, 0}}));
    EXPECT_EQ(segments_of(file_with({}, 100), false), (Segments{{0, ToEnd, 0}}));
}

TEST(Segments, D29RangesAreLaidEndToEndInTheirOrder) {
    auto file = file_with({{100, 100}, {900, 100}, {400, 100}});
    EXPECT_EQ(segments_of(file, false), (Segments{{100, 100, 0}, {900, 100, 100}, {400, 100, 200}}));
    EXPECT_EQ(local_size(file.spec, UnknownSize), 300U);
}

TEST(Segments, ARangeToTheEndGetsItsLengthFromTheServer) {
    auto file = file_with({{900, ToEnd}, {0, 10}});
    EXPECT_EQ(segments_of(file, false), (Segments{{900, ToEnd, 0}, {0, 10, AfterPrevious}}));
    EXPECT_EQ(local_size(file.spec, UnknownSize), UnknownSize);
    file.total = 1000;
    EXPECT_EQ(segments_of(file, false), (Segments{{900, 100, 0}, {0, 10, 100}}));
    EXPECT_EQ(local_size(file.spec, 1000), 110U);
}

TEST(Segments, OnDemandFetchesHolesInTheOrderOfAsking) {
    File file;
    file.wanted = {{50, 20}, {0, 60}};
    file.filled = {{10, 10}};
    EXPECT_EQ(segments_of(file, true), (Segments{{50, 20, 50}, {0, 10, 0}, {20, 30, 20}}));
    file.filled = {{0, 70}};
    EXPECT_TRUE(segments_of(file, true).empty());
    file.wanted = {{60, ToEnd}};
    EXPECT_EQ(segments_of(file, true), (Segments{{70, ToEnd, 70}}));
    file.total = 80;
    EXPECT_EQ(segments_of(file, true), (Segments{{70, 10, 70}}));
    file.total = 70;
    EXPECT_TRUE(segments_of(file, true).empty());
}

TEST(SizeOf, IsThatOfTheLocalFile) {
    auto plain = file_with({}, 100);
    EXPECT_EQ(size_of(plain), 100U);
    EXPECT_EQ(size_of(file_with({{0, 10}}, 100)), 10U);
    auto open = file_with({{90, ToEnd}});
    EXPECT_EQ(size_of(open), UnknownSize);
    open.spec.size = 10;
    EXPECT_EQ(size_of(open), 10U);
    open.spec.size = UnknownSize;
    open.transferred = true;
    open.offset = 12;
    EXPECT_EQ(size_of(open), 12U);
}

TEST(Merged, JoinsWhatTouchesOrOverlaps) {
    EXPECT_EQ(merged({{20, 10}, {0, 10}, {10, 5}}), (Ranges{{0, 15}, {20, 10}}));
    EXPECT_EQ(merged({{0, 10}, {5, 20}, {6, 2}}), (Ranges{{0, 25}}));
    EXPECT_EQ(merged({{50, ToEnd}, {0, 10}, {60, 5}}), (Ranges{{0, 10}, {50, ToEnd}}));
    EXPECT_TRUE(merged({}).empty());
}

TEST(Missing, KeepsTheOrderAndAsksForNoByteTwice) {
    EXPECT_EQ(missing({{0, 100}}, {{10, 10}, {30, 10}}), (Ranges{{0, 10}, {20, 10}, {40, 60}}));
    EXPECT_EQ(missing({{50, 10}, {45, 20}}, {}), (Ranges{{50, 10}, {45, 5}, {60, 5}}));
    EXPECT_EQ(missing({{50, ToEnd}, {0, 50}}, {{60, 10}}), (Ranges{{50, 10}, {70, ToEnd}, {0, 50}}));
    EXPECT_TRUE(missing({{5, 5}}, {{0, 100}}).empty());
}

TEST(FirstBytes, AreWhereTheyWereWritten) {
    Segments segments{{100, 10, 100}, {0, 5, 0}, {50, ToEnd, 50}};
    EXPECT_TRUE(first_bytes(segments, 0).empty());
    EXPECT_EQ(first_bytes(segments, 10), (Ranges{{100, 10}}));
    EXPECT_EQ(first_bytes(segments, 12), (Ranges{{100, 10}, {0, 2}}));
    EXPECT_EQ(first_bytes(segments, 20), (Ranges{{100, 10}, {0, 5}, {50, 5}}));
}

TEST(LengthOf, IsUnknownWithAnOpenEnd) {
    EXPECT_EQ(length_of(Ranges{{0, 5}, {10, 5}}), 10U);
    EXPECT_EQ(length_of(Ranges{{0, ToEnd}}), UnknownSize);
}

TEST(CheckRanges, HoldsTheLimitAtTheBoundAndOneAbove) {
    Ranges many;
    for (uint64_t i = 0; i < 500; ++i)
        many.push_back({i * 10, 5});
    EXPECT_TRUE(check_ranges(many, 500));
    many.push_back({10000, 5});
    EXPECT_EQ(code_of(check_ranges(many, 500)), Errc::TooManyRanges);
    EXPECT_EQ(code_of(check_ranges({}, 500)), Errc::InvalidArgument);
}

TEST(CheckRanges, RefusesWhatNoFileHas) {
    constexpr uint64_t Largest = (uint64_t{1} << 63) - 1;
    EXPECT_EQ(code_of(check_ranges({{0, 0}}, 9)), Errc::InvalidRange);
    EXPECT_TRUE(check_ranges({{Largest - 1, 1}}, 9));
    EXPECT_EQ(code_of(check_ranges({{Largest - 1, 2}}, 9)), Errc::InvalidRange);
    EXPECT_TRUE(check_ranges({{Largest, ToEnd}}, 9));
    EXPECT_EQ(code_of(check_ranges({{Largest + 1, ToEnd}}, 9)), Errc::InvalidRange);
}

TEST(CheckRanges, RefusesOverlapsAndEquals) {
    EXPECT_TRUE(check_ranges({{10, 10}, {0, 10}, {20, ToEnd}}, 9));
    EXPECT_EQ(code_of(check_ranges({{10, 10}, {0, 11}}, 9)), Errc::OverlappingRanges);
    EXPECT_EQ(code_of(check_ranges({{10, 10}, {10, 10}}, 9)), Errc::OverlappingRanges);
    EXPECT_EQ(code_of(check_ranges({{10, ToEnd}, {50, 1}}, 9)), Errc::OverlappingRanges);
    EXPECT_TRUE(check_wanted({{10, 10}, {10, 10}}, 9));
}

} // namespace

} // namespace haulier::job
