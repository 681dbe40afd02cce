// SPDX-License-Identifier: LGPL-2.1-or-later
// Lists in a column: what goes in comes out, and nonsense does not.
#include "store/lists.hpp"

#include "base/limits.hpp"

#include <gtest/gtest.h>
#include <limits>

namespace haulier::store {

namespace {

using job::Range;
using job::ToEnd;
using Ranges = std::vector<Range>;
using Statuses = std::vector<job::SourceStatus>;
using Lines = std::vector<std::string>;

} // namespace

TEST(Lists, RangesReadWell) {
    EXPECT_EQ(to_text(Ranges{{0, 1024}, {4096, ToEnd}}), "0+1024 4096+");
}

TEST(Lists, RangesComeBackInTheirOrder) {
    for (const auto& ranges : {Ranges{{0, 1}}, Ranges{{5, ToEnd}, {0, 3}, {2, 2}, {2, 2}},
                               Ranges{{0, MaxFileSize}, {MaxFileSize - 1, 1}, {MaxFileSize, ToEnd}}})
        EXPECT_EQ(ranges_from_text(to_text(ranges)), ranges) << to_text(ranges);
}

TEST(Lists, RangesThatNoFileHas) {
    for (const char* text : {"",
                             " ",
                             "0",
                             "+",
                             "+5",
                             "0+0",
                             "0+1 ",
                             " 0+1",
                             "0+1  2+1",
                             "-1+5",
                             "0+-1",
                             "0++1",
                             "0x1+1",
                             "1.5+1",
                             "0+1,2+1",
                             "9223372036854775808+1",
                             "9223372036854775808+",
                             "1+9223372036854775808",
                             "0+9223372036854775809",
                             "0+18446744073709551615",
                             "99999999999999999999+1",
                             "0+1\n2+1"})
        EXPECT_EQ(ranges_from_text(text), std::nullopt) << text;
}

TEST(Lists, FilledRangesAreByOffsetAndApart) {
    for (const auto& ranges : {Ranges{{0, 5}}, Ranges{{0, 5}, {6, 1}, {100, ToEnd}}})
        EXPECT_EQ(merged_ranges_from_text(to_text(ranges)), ranges);
    for (const auto& ranges : {Ranges{{0, 5}, {5, 1}}, Ranges{{0, 5}, {4, 9}}, Ranges{{9, 5}, {0, 1}},
                               Ranges{{0, ToEnd}, {5, 1}}, Ranges{{3, 2}, {3, 2}}})
        EXPECT_EQ(merged_ranges_from_text(to_text(ranges)), std::nullopt) << to_text(ranges);
}

TEST(Lists, SourceStatusesComeBack) {
    Statuses statuses{{2, false}, {0, true}, {}, {std::numeric_limits<uint32_t>::max(), true}};
    EXPECT_EQ(to_text(statuses), "2 0! 0 4294967295!");
    EXPECT_EQ(source_statuses_from_text(to_text(statuses)), statuses);
}

TEST(Lists, SourceStatusesThatAreInvalid) {
    for (const char* text : {"", "!", "1 !", "1!!", "-1", "4294967296", "1  2", "one", "1,2"})
        EXPECT_EQ(source_statuses_from_text(text), std::nullopt) << text;
}

TEST(Lists, LinesComeBack) {
    for (const auto& lines : {Lines{"https://a/?x=1 2"}, Lines{"X-A: b", "X-A: b", " ", "\xff\r"}})
        EXPECT_EQ(lines_from_text(to_text(lines)), lines);
}

TEST(Lists, LinesThatWouldNotComeBack) {
    for (const auto& lines : {Lines{""}, Lines{"a", ""}, Lines{"", "a"}, Lines{"a\nb"}, Lines{"a\n"}})
        EXPECT_NE(lines_from_text(to_text(lines)), lines);
}

} // namespace haulier::store
