// SPDX-License-Identifier: LGPL-2.1-or-later
#include "daemon/pending_file.hpp"

#include "support/temp_dir.hpp"

#include <gtest/gtest.h>

namespace haulier::daemon {

namespace {

TEST(PendingFile, IsThereWhileThereIsWork) {
    test::TempDir dir;
    PendingFile marker{dir.path()};
    EXPECT_FALSE(marker.exists());
    marker.create();
    EXPECT_TRUE(marker.exists());
    EXPECT_TRUE(dir.has("pending"));
    marker.remove();
    EXPECT_FALSE(marker.exists());
    EXPECT_FALSE(dir.has("pending"));
    marker.remove();
    EXPECT_FALSE(dir.has("pending"));
}

TEST(PendingFile, OfAnEarlierRunIsKnown) {
    test::TempDir dir;
    PendingFile{dir.path()}.create();
    PendingFile marker{dir.path()};
    EXPECT_TRUE(marker.exists());
    marker.remove();
    EXPECT_FALSE(dir.has("pending"));
}

TEST(PendingFile, FollowsNoLink) {
    test::TempDir dir;
    std::filesystem::create_symlink(dir.at("elsewhere"), dir.at("pending"));
    PendingFile{dir.path()}.create();
    EXPECT_FALSE(dir.has("elsewhere"));
}

} // namespace

} // namespace haulier::daemon
