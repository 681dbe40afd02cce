// SPDX-License-Identifier: LGPL-2.1-or-later
#include "desktop/target.hpp"

#include "support/temp_dir.hpp"

#include <filesystem>
#include <gtest/gtest.h>
#include <sys/stat.h>

namespace haulier::desktop {

namespace {

class TargetTest : public testing::Test {
protected:
    TargetKind kind_of(const std::string& name, const std::string& content, mode_t mode = 0644) {
        folder.write(name, content);
        chmod(folder.at(name).c_str(), mode);
        return inspect(folder.at(name));
    }
    test::TempDir folder;
};

TEST_F(TargetTest, DocumentsAreFiles) {
    EXPECT_EQ(kind_of("a.pdf", "%PDF-1.7"), TargetKind::File);
    EXPECT_EQ(kind_of("film", std::string(4, '\0')), TargetKind::File);
    EXPECT_EQ(kind_of("empty.txt", ""), TargetKind::File);
    EXPECT_EQ(inspect(folder.path()), TargetKind::Folder);
}

TEST_F(TargetTest, ProgramsAreNot) {
    EXPECT_EQ(kind_of("a.pdf", "%PDF-1.7", 0744), TargetKind::Program) << "executable";
    EXPECT_EQ(kind_of("a", "#!/bin/sh\n"), TargetKind::Program);
    EXPECT_EQ(kind_of("b", "\x7f"
                           "ELF\x02"),
              TargetKind::Program);
    EXPECT_EQ(kind_of("c.jpg", "MZ\x90"), TargetKind::Program);
    EXPECT_EQ(kind_of("d.txt", "# a comment\n[Desktop Entry]\nExec=sh\n"), TargetKind::Program);
    for (const char* name : {"a.desktop", "a.SH", "a.AppImage", "a.deb", "a.flatpakref", "a.Exe", "a.py",
                             "a.jar", ".jar", ".desktop"})
        EXPECT_EQ(kind_of(name, "text"), TargetKind::Program) << name;
}

TEST_F(TargetTest, ALinkIsWhatItLeadsTo) {
    kind_of("real.sh", "text");
    std::filesystem::create_symlink(folder.at("real.sh"), folder.at("photo.jpg"));
    EXPECT_EQ(inspect(folder.at("photo.jpg")), TargetKind::Program);
    std::filesystem::create_symlink(folder.at("nowhere"), folder.at("b.jpg"));
    EXPECT_EQ(inspect(folder.at("b.jpg")), TargetKind::Gone);
}

TEST_F(TargetTest, WhatIsNeitherFileNorFolderIsNotOpened) {
    mkfifo(folder.at("pipe").c_str(), 0600);
    EXPECT_EQ(inspect(folder.at("pipe")), TargetKind::Program);
    EXPECT_EQ(inspect("relative.txt"), TargetKind::Gone);
    EXPECT_EQ(inspect(""), TargetKind::Gone);
    EXPECT_EQ(inspect(folder.at("none")), TargetKind::Gone);
}

TEST(TargetUrl, HasNoCharactersWithAMeaning) {
    EXPECT_EQ(file_url("/a b/<c>&\"d\xc3\xa4?#%"), "file:///a%20b/%3Cc%3E%26%22d%C3%A4%3F%23%25");
    EXPECT_EQ(folder_of("/a/b/c"), "/a/b");
    EXPECT_EQ(folder_of(""), "");
}

} // namespace
} // namespace haulier::desktop
