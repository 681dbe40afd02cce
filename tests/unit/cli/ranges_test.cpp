// SPDX-License-Identifier: LGPL-2.1-or-later
#include "cli/ranges.hpp"

#include <gtest/gtest.h>

namespace haulier::cli {
namespace {

TEST(ParseRange, IsAnOffsetAndALength) {
    EXPECT_EQ(*parse_range("0:100"), (Range{0, 100}));
    EXPECT_EQ(*parse_range("1M:64Ki"), (Range{1'000'000, 65'536}));
    EXPECT_EQ(*parse_range("100:"), (Range{100, ToEnd}));
    EXPECT_EQ(to_text({0, 100}), "0:100");
    EXPECT_EQ(to_text({100, ToEnd}), "100:");
    for (const char* text : {"", ":", "5", ":5", "a:5", "5:a", "1:2:3"})
        EXPECT_FALSE(parse_range(text)) << text;
}

} // namespace
} // namespace haulier::cli
