// SPDX-License-Identifier: LGPL-2.1-or-later
#include "transfer/layout.hpp"

#include <gtest/gtest.h>

namespace haulier::transfer {
namespace {

using Rest = Layout::Remaining;

TEST(Layout, AWholeFileIsOneSegment) {
    Layout whole;
    EXPECT_TRUE(whole.is_plain());
    EXPECT_TRUE(whole.is_sound());
    EXPECT_TRUE(whole.is_packed());
    EXPECT_EQ(whole.at(0, {}), (Rest{0, 0, {}, 0, true}));
    EXPECT_EQ(whole.at(40, 100), (Rest{0, 40, 100, 40, true}));
    EXPECT_EQ(whole.at(100, 100), std::nullopt);
    EXPECT_EQ(whole.at(0, 0), std::nullopt);
    EXPECT_EQ(whole.size({}), std::nullopt);
    EXPECT_EQ(whole.size(100), 100);
}

TEST(Layout, NothingIsMissingAfterTheEnd) {
    const std::vector<Segment> segments{{.remote = 0, .length = 10, .local = 0},
                                        {.remote = 10, .length = ToEnd, .local = 10}};
    EXPECT_TRUE((Layout{segments}.at(10, 10)))
        << "the client has asked for it: the server says what it thinks";
    EXPECT_FALSE((Layout{segments, true}.at(10, 10))) << "it is what other requests have left";
    EXPECT_TRUE((Layout{segments, true}.at(10, 11)));
    EXPECT_TRUE((Layout{segments, true}.at(10, 9)));
}

TEST(Layout, RangesLieEndToEndInTheOrderGiven) {
    Layout ranges{{{.remote = 50, .length = 10, .local = 0}, {.remote = 0, .length = 5, .local = 10}}};
    EXPECT_FALSE(ranges.is_plain());
    EXPECT_TRUE(ranges.is_packed());
    EXPECT_EQ(ranges.at(0, {}), (Rest{0, 50, 60, 0, false}));
    EXPECT_EQ(ranges.at(9, {}), (Rest{0, 59, 60, 9, false}));
    EXPECT_EQ(ranges.at(10, {}), (Rest{10, 0, 5, 10, false}));
    EXPECT_EQ(ranges.at(14, 1000), (Rest{10, 4, 5, 14, false}));
    EXPECT_EQ(ranges.at(15, {}), std::nullopt);
    EXPECT_EQ(ranges.size({}), 15);
}

TEST(Layout, ToTheEndInTheMiddleNeedsTheTotal) {
    Layout ranges{{{.remote = 90, .length = ToEnd, .local = 0}, {.remote = 0, .length = 5, .local = 10}}};
    EXPECT_TRUE(ranges.is_packed());
    EXPECT_EQ(ranges.at(0, {}), (Rest{0, 90, {}, 0, true}));
    EXPECT_EQ(ranges.at(10, 100), (Rest{10, 0, 5, 10, false}));
    EXPECT_EQ(ranges.size(100), 15);
    EXPECT_EQ(ranges.size({}), std::nullopt);
    EXPECT_EQ(ranges.at(0, 90), (Rest{0, 90, 90, 0, true}))
        << "requested, so that the server says that it is not there";
}

TEST(Layout, HolesOfASparseFile) {
    Layout holes{
        {{.remote = 500, .length = 10, .local = 500}, {.remote = 100, .length = ToEnd, .local = 100}}};
    EXPECT_FALSE(holes.is_packed());
    EXPECT_EQ(holes.at(3, 1000), (Rest{0, 503, 510, 503, false}));
    EXPECT_EQ(holes.at(12, 1000), (Rest{10, 102, 1000, 102, true}));
}

TEST(Layout, NumbersThatNoFileHas) {
    EXPECT_FALSE(Layout{{}}.is_sound());
    EXPECT_FALSE((Layout{{{.remote = 5, .length = 0, .local = 0}}}).is_sound());
    EXPECT_FALSE((Layout{{{.remote = uint64_t{1} << 63, .length = 1, .local = 0}}}).is_sound());
    EXPECT_FALSE((Layout{{{.remote = (uint64_t{1} << 63) - 2, .length = 10, .local = 0}}}).is_sound());
    EXPECT_FALSE((Layout{{{.remote = 0, .length = 10, .local = AfterPrevious - 1}}}).is_sound());
    Layout after_the_end{
        {{.remote = 10, .length = ToEnd, .local = 0}, {.remote = 0, .length = 5, .local = AfterPrevious}}};
    EXPECT_TRUE(after_the_end.is_sound() && after_the_end.is_packed());
    EXPECT_FALSE(after_the_end.is_placed());
    const Segment huge{.remote = 0, .length = (uint64_t{1} << 63) - 2, .local = 0};
    EXPECT_EQ((Layout{{huge, huge, huge}}).size({}), ToEnd) << "and not a small number";
}

} // namespace
} // namespace haulier::transfer
