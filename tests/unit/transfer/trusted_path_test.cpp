// SPDX-License-Identifier: LGPL-2.1-or-later
#include "transfer/trusted_path.hpp"

#include "support/temp_dir.hpp"

#include <filesystem>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/stat.h>
#include <unistd.h>

namespace haulier::transfer {
namespace {

using testing::HasSubstr;
namespace fs = std::filesystem;

constexpr uid_t Somebody = 12345;

std::string why(const Status& status) {
    return status ? "" : status.error().message;
}

class TrustedPath : public testing::Test {
protected:
    TrustedPath() { fs::create_directories(dir_.at("a/b")); }

    void give_away(const std::string& name) const {
        ASSERT_EQ(lchown(dir_.at(name).c_str(), Somebody, Somebody), 0);
    }
    static bool is_root() { return geteuid() == 0; }

    test::TempDir dir_;
};

TEST_F(TrustedPath, OursAllTheWayIsFine) {
    for (const auto* name : {"a/b", "a/b/", "a//b", "a/./b", "a/b/../b"})
        EXPECT_EQ(why(check_trusted_directory(dir_.at(name))), "") << name;
    EXPECT_EQ(why(check_trusted_directory("/")), "");
    EXPECT_EQ(why(check_trusted_directory("/usr/lib")), "");
}

TEST_F(TrustedPath, WhatOthersMayRenameIsNot) {
    fs::permissions(dir_.at("a"), fs::perms::all);
    EXPECT_THAT(why(check_trusted_directory(dir_.at("a/b"))), HasSubstr("changed by other users"));
    ASSERT_EQ(chmod(dir_.at("a").c_str(), 0770), 0);
    EXPECT_THAT(why(check_trusted_directory(dir_.at("a/b"))), HasSubstr("changed by other users"));
    ASSERT_EQ(chmod(dir_.at("a").c_str(), 01777), 0);
    EXPECT_EQ(why(check_trusted_directory(dir_.at("a/b"))), "") << "like /tmp";
}

TEST_F(TrustedPath, OurOwnLinksAreFollowed) {
    fs::create_symlink("a", dir_.at("near"));
    fs::create_symlink(dir_.at("near"), dir_.at("far"));
    EXPECT_EQ(why(check_trusted_directory(dir_.at("far/b"))), "");
    ASSERT_EQ(chmod(dir_.at("a").c_str(), 0777), 0);
    EXPECT_THAT(why(check_trusted_directory(dir_.at("far/b"))), HasSubstr(dir_.at("a")));
}

TEST_F(TrustedPath, LinksInACircleEnd) {
    fs::create_symlink("loop", dir_.at("loop"));
    EXPECT_NE(why(check_trusted_directory(dir_.at("loop/b"))), "");
}

TEST_F(TrustedPath, DirectoriesOfOthersAreNot) {
    if (!is_root()) GTEST_SKIP() << "needs root, to give a directory away";
    give_away("a");
    EXPECT_THAT(why(check_trusted_directory(dir_.at("a/b"))), HasSubstr("belongs to user 12345"));
    give_away("a/b");
    ASSERT_EQ(lchown(dir_.at("a").c_str(), 0, 0), 0);
    EXPECT_THAT(why(check_trusted_directory(dir_.at("a/b"))), HasSubstr(dir_.at("a/b")));
}

TEST_F(TrustedPath, LinksOfOthersAreNotFollowed) {
    if (!is_root()) GTEST_SKIP() << "needs root, to give a link away";
    fs::create_symlink("/etc", dir_.at("etc"));
    give_away("etc");
    EXPECT_THAT(why(check_trusted_directory(dir_.at("etc"))), HasSubstr("belongs to user 12345"));
    EXPECT_THAT(why(check_trusted_file(dir_.at("etc"), "passwd")), HasSubstr("belongs to user 12345"));
}

TEST_F(TrustedPath, AFileHasOneNameAndIsPlain) {
    dir_.write("a/plain", "x");
    EXPECT_EQ(why(check_trusted_file(dir_.at("a"), "plain")), "");
    fs::create_hard_link(dir_.at("a/plain"), dir_.at("a/second"));
    EXPECT_THAT(why(check_trusted_file(dir_.at("a"), "plain")), HasSubstr("one name"));
    fs::create_symlink("/etc/passwd", dir_.at("a/link"));
    EXPECT_THAT(why(check_trusted_file(dir_.at("a"), "link")), HasSubstr("regular file"));
    EXPECT_NE(why(check_trusted_file(dir_.at("a"), "missing")), "");
}

TEST_F(TrustedPath, AFileOfAnotherMayBeReplacedByThem) {
    if (!is_root()) GTEST_SKIP() << "needs root, to give a file away";
    dir_.write("a/file", "x");
    give_away("a/file");
    EXPECT_THAT(why(check_trusted_file(dir_.at("a"), "file")), HasSubstr("belongs to user 12345"));
}

} // namespace
} // namespace haulier::transfer
