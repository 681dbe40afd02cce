// SPDX-License-Identifier: LGPL-2.1-or-later
#include "transfer/free_name.hpp"

#include <gtest/gtest.h>

namespace haulier::transfer {
namespace {

TEST(FreeName, HasTheNumberBeforeTheExtension) {
    EXPECT_EQ(numbered_name("song.ogg", 1, 255), "song (1).ogg");
    EXPECT_EQ(numbered_name("data.tar.gz", 12, 255), "data (12).tar.gz");
    EXPECT_EQ(numbered_name("README", 1, 255), "README (1)");
    EXPECT_EQ(numbered_name(".profile", 1, 255), ".profile (1)");
    EXPECT_EQ(numbered_name("v1.2 of the whole book", 1, 255), "v1.2 of the whole book (1)");
}

TEST(FreeName, IsNotTooLong) {
    EXPECT_EQ(numbered_name(std::string(255, 'x'), 1, 255), std::string(251, 'x') + " (1)");
    EXPECT_EQ(numbered_name(std::string(125, 'x') + "\u00e4.ogg", 1, 134),
              std::string(125, 'x') + " (1).ogg");
    EXPECT_EQ(numbered_name("\u00e4.ogg", 1, 8), " (1).ogg");
}

} // namespace
} // namespace haulier::transfer
