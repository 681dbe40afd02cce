// SPDX-License-Identifier: LGPL-2.1-or-later
#include "daemon/marker.hpp"

#include "support/temp_dir.hpp"

#include <gtest/gtest.h>

namespace haulier::daemon {

namespace {

TEST(Marker, IsThereWhileThereIsWork) {
    test::TempDir dir;
    Marker marker{dir.path()};
    EXPECT_FALSE(marker.is_raised());
    marker.raise();
    EXPECT_TRUE(marker.is_raised());
    EXPECT_TRUE(dir.has("pending"));
    marker.lower();
    EXPECT_FALSE(marker.is_raised());
    EXPECT_FALSE(dir.has("pending"));
    marker.lower();
    EXPECT_FALSE(dir.has("pending"));
}

TEST(Marker, OfAnEarlierRunIsKnown) {
    test::TempDir dir;
    Marker{dir.path()}.raise();
    Marker marker{dir.path()};
    EXPECT_TRUE(marker.is_raised());
    marker.lower();
    EXPECT_FALSE(dir.has("pending"));
}

TEST(Marker, FollowsNoLink) {
    test::TempDir dir;
    std::filesystem::create_symlink(dir.at("elsewhere"), dir.at("pending"));
    Marker{dir.path()}.raise();
    EXPECT_FALSE(dir.has("elsewhere"));
}

} // namespace

} // namespace haulier::daemon
