// SPDX-License-Identifier: LGPL-2.1-or-later
#include "transfer/part_file.hpp"

#include "small_disk.hpp"
#include "support/temp_dir.hpp"
#include "transfer_samples.hpp"

#include <filesystem>
#include <gtest/gtest.h>
#include <sys/file.h>

namespace haulier::transfer {
namespace {

constexpr const char* PartName = ".haulier-0-0.part";

Result<PartFile, Failure> open_part(const std::string& directory) {
    auto opened = Directory::open(directory);
    if (!opened) return opened.error();
    return PartFile::open(*std::move(opened), PartName);
}

class PartFileTest : public testing::Test {
protected:
    PartFile part() { return *open_part(directory.path()); }
    Failure failure() { return open_part(directory.path()).error(); }
    test::TempDir directory;
};

TEST(TemporaryName, LeadsNowhereElse) {
    EXPECT_TRUE(is_temporary_name(".haulier-0123-4.part"));
    for (const std::string& bad :
         {std::string{""}, std::string{"file"}, std::string{".haulier-/../x.part"}, std::string{".haulier-x"},
          std::string{"x.part"}, ".haulier-" + std::string(300, 'x') + ".part"})
        EXPECT_FALSE(is_temporary_name(bad)) << bad;
}

/// Directories inside and outside a root, and what leads from one to the other.
class DirectoryBeneath : public PartFileTest {
protected:
    void SetUp() override {
        std::filesystem::create_directories(directory.at("root/inner/deep"));
        std::filesystem::create_directories(directory.at("outside"));
        std::filesystem::create_directory_symlink(directory.at("outside"), directory.at("root/link"));
        std::filesystem::create_directory_symlink("inner", directory.at("root/short"));
        std::filesystem::create_directory_symlink(directory.at("root"), directory.at("also root"));
    }
    [[nodiscard]] bool opens(const std::string& path, const std::string& root = "root") const {
        return bool{Directory::open({directory.at(path), directory.at(root)})};
    }
};

TEST_F(DirectoryBeneath, ARootIsFoundWithoutLinks) {
    EXPECT_TRUE(opens("root"));
    EXPECT_TRUE(opens("root/inner"));
    EXPECT_TRUE(opens("root/inner/deep"));
    EXPECT_TRUE(opens("also root/inner", "also root")) << "the way to the root is the user's own";
    for (const auto* path : {"root/link", "root/short", "root/short/deep", "root/link/..", "also root/inner"})
        EXPECT_FALSE(opens(path)) << path;
}

TEST_F(DirectoryBeneath, ARootIsNotLeft) {
    for (const auto* path :
         {"outside", "root/..", "root/../outside", "root/inner/../../outside", "rooted", ""})
        EXPECT_FALSE(opens(path)) << path;
    EXPECT_FALSE(Directory::open({directory.at("root"), "root"}));
    EXPECT_FALSE(Directory::open({"", "/"})) << "no directory is named where none may be used";
    EXPECT_TRUE(Directory::open({"/usr", "/"}));
}

TEST_F(DirectoryBeneath, ARootMagicLinksAreRefused) {
    EXPECT_FALSE(Directory::open({"/proc/self/root", "/proc"}));
    EXPECT_FALSE(Directory::open({"/proc/self/cwd", "/proc"}));
}

TEST_F(DirectoryBeneath, ARootIsNotInPlaceAnyMoreWhenALinkHasTakenItsPlace) {
    auto opened = Directory::open({directory.at("root/inner"), directory.at("root")});
    ASSERT_TRUE(opened);
    EXPECT_TRUE(opened->is_in_place());
    std::filesystem::rename(directory.at("root/inner"), directory.at("root/moved"));
    EXPECT_FALSE(opened->is_in_place());
    std::filesystem::create_directory_symlink("moved", directory.at("root/inner"));
    EXPECT_FALSE(opened->is_in_place()) << "although it leads to the same directory";
}

TEST_F(PartFileTest, IsBornEmptyAndPrivate) {
    auto file = part();
    struct stat st {};
    ASSERT_EQ(stat(directory.at(PartName).c_str(), &st), 0);
    EXPECT_EQ(st.st_mode, S_IFREG | 0600u);
    EXPECT_EQ(file.size(), 0u);
    EXPECT_EQ(file.inode(), inode_of(st));
}

TEST_F(PartFileTest, WritesReadsAndCutsOff) {
    auto file = part();
    EXPECT_TRUE(file.prepare(0, 5 * Mebi));
    EXPECT_TRUE(file.write(0, "hello world"));
    EXPECT_EQ(file.size(), 11u) << "space is reserved without a length";
    EXPECT_TRUE(file.sync());
    std::string back(5, ' ');
    EXPECT_TRUE(file.read(6, back.data(), 5));
    EXPECT_EQ(back, "world");
    EXPECT_FALSE(file.read(6, back.data(), 6)) << "there are not so many";
    EXPECT_TRUE(file.prepare(5, std::nullopt));
    EXPECT_EQ(directory.read(PartName), "hello");
}

TEST_F(PartFileTest, AFileThatWasCutGetsNoHole) {
    auto file = part();
    EXPECT_TRUE(file.prepare(0, std::nullopt));
    EXPECT_TRUE(file.write(0, "hello "));
    std::filesystem::resize_file(directory.at(PartName), 3);
    auto written = file.write(6, "world");
    ASSERT_FALSE(written);
    EXPECT_TRUE(written.error().part_gone);
    EXPECT_EQ(directory.read(PartName), "hel");
    EXPECT_TRUE(file.prepare(0, std::nullopt));
    EXPECT_TRUE(file.write(0, "hello"));
}

TEST_F(PartFileTest, IsFoundAgain) {
    directory.write(PartName, "hello");
    EXPECT_EQ(part().size(), 5u);
}

TEST_F(PartFileTest, ANameThatAnotherUserHasIsTaken) {
    if (geteuid() != 0) GTEST_SKIP() << "needs root";
    const auto path = directory.at(PartName);
    directory.write(PartName, "theirs");
    EXPECT_TRUE(part().size() == 6u);
    ASSERT_EQ(lchown(path.c_str(), 65534, 65534), 0);
    EXPECT_TRUE(failure().name_taken);
    std::filesystem::remove(path);
    std::filesystem::create_directory(path);
    EXPECT_FALSE(failure().name_taken) << "our own can be removed";
    ASSERT_EQ(lchown(path.c_str(), 65534, 65534), 0);
    EXPECT_TRUE(failure().name_taken);
}

TEST_F(PartFileTest, RefusesWhatSomebodyPlanted) {
    const auto path = directory.at(PartName);
    directory.write("victim", "precious");

    std::filesystem::create_symlink(directory.at("victim"), path);
    EXPECT_EQ(failure().cause, wire::LOCAL_FILE);
    std::filesystem::remove(path);

    std::filesystem::create_symlink(directory.at("nowhere"), path);
    EXPECT_EQ(failure().cause, wire::LOCAL_FILE);
    EXPECT_FALSE(directory.has("nowhere"));
    std::filesystem::remove(path);

    std::filesystem::create_hard_link(directory.at("victim"), path);
    EXPECT_EQ(failure().cause, wire::LOCAL_FILE);
    std::filesystem::remove(path);

    ASSERT_EQ(mkfifo(path.c_str(), 0600), 0);
    EXPECT_EQ(failure().cause, wire::LOCAL_FILE) << "and nobody waits for a writer";
    std::filesystem::remove(path);

    std::filesystem::create_directory(path);
    EXPECT_EQ(failure().cause, wire::LOCAL_FILE);
    EXPECT_EQ(directory.read("victim"), "precious");
}

TEST_F(PartFileTest, RefusesAnotherUsersFile) {
    if (geteuid() != 0) GTEST_SKIP() << "only root can give files away";
    directory.write(PartName, "x");
    ASSERT_EQ(chown(directory.at(PartName).c_str(), 65534, 65534), 0);
    EXPECT_EQ(failure().cause, wire::LOCAL_FILE);
}

TEST_F(PartFileTest, ADirectoryThatIsSwappedMeanwhileLeadsNowhere) {
    const auto sub = directory.at("sub");
    const auto moved = directory.at("moved");
    std::filesystem::create_directory(sub);
    std::filesystem::create_directory(directory.at("trap"));
    auto opened = *Directory::open(sub);
    std::filesystem::rename(sub, moved);
    std::filesystem::create_directory_symlink(directory.at("trap"), sub);

    auto file = *PartFile::open(std::move(opened), PartName);
    EXPECT_TRUE(file.write(0, "x"));
    EXPECT_TRUE(directory.has(std::string{"moved/"} + PartName));
    EXPECT_FALSE(directory.has(std::string{"trap/"} + PartName));
}

TEST_F(PartFileTest, OneWriterAtATime) {
    auto first = part();
    auto second = part();
    EXPECT_TRUE(first.lock());
    EXPECT_FALSE(second.lock());
    { auto gone = std::move(first); }
    EXPECT_TRUE(second.lock());
}

TEST_F(PartFileTest, ALockOnAFileThatLostItsNameIsWorthless) {
    auto file = part();
    std::filesystem::remove(directory.at(PartName));
    EXPECT_FALSE(file.lock());
    auto other = part();
    EXPECT_FALSE(file.lock());
    EXPECT_TRUE(other.lock());
}

TEST_F(PartFileTest, DirectoriesThatAreNone) {
    EXPECT_EQ(open_part(directory.at("missing")).error().code, ENOENT);
    EXPECT_EQ(open_part("relative").error().cause, wire::LOCAL_FILE);
    directory.write("file", "");
    EXPECT_EQ(open_part(directory.at("file")).error().code, ENOTDIR);
}

TEST_F(PartFileTest, SizesBeyondTheFileSystemAreRefused) {
    auto prepared = part().prepare(0, uint64_t{1} << 62);
    ASSERT_FALSE(prepared);
    const auto& failure = prepared.error();
    EXPECT_EQ(failure.cause, failure.code == EFBIG ? wire::LOCAL_FILE : wire::DISK_FULL) << failure.message;
}

TEST_F(PartFileTest, AFullDiskIsSaidToBeFull) {
    auto said = on_small_disk(directory.path(), [&] {
        auto file = part();
        auto reserved = file.prepare(0, 10 * Mebi);
        auto fits = file.prepare(0, Mebi + Mebi / 2);
        Status written = Done{};
        for (uint64_t at = 0; written && at < 10 * Mebi; at += Mebi / 4)
            written = file.write(at, std::string(Mebi / 4, 'x'));
        std::string words;
        for (const auto& status : {reserved, fits, written})
            words += status ? "fine " : wire::Cause_Name(status.error().cause) + " ";
        return words;
    });
    if (!said) GTEST_SKIP() << "this machine lets nobody mount a tmpfs of their own";
    EXPECT_EQ(*said, "DISK_FULL fine DISK_FULL ");
}

} // namespace
} // namespace haulier::transfer
