// SPDX-License-Identifier: LGPL-2.1-or-later
#include "cli/users.hpp"

#include <gtest/gtest.h>

namespace haulier::cli {
namespace {

TEST(UserName, IsTheNameOrElseTheNumber) {
    EXPECT_EQ(user_name(0), "root");
    EXPECT_EQ(user_name(4'000'000'123), "4000000123");
}

} // namespace
} // namespace haulier::cli
