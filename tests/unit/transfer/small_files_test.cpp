// SPDX-License-Identifier: LGPL-2.1-or-later
#include "transfer/small_files.hpp"

#include "support/temp_dir.hpp"

#include <filesystem>
#include <gtest/gtest.h>
#include <sys/stat.h>

namespace haulier::transfer {
namespace {

class SmallFilesTest : public testing::Test {
protected:
    [[nodiscard]] SmallFile file(int number, const std::string& content, mode_t mode = 0640) const {
        auto opened = PartFile::open(*Directory::open(directory.path()), name(number));
        auto part = std::make_shared<PartFile>(*std::move(opened));
        EXPECT_TRUE(part->lock());
        return {part, content, {.mode = mode, .date = 784111777}};
    }
    static std::string name(int number) { return ".haulier-0-" + std::to_string(number) + ".part"; }

    test::TempDir directory;
};

TEST_F(SmallFilesTest, AreWrittenTogetherAndUnlocked) {
    auto results = store({file(0, "first"), file(1, ""), file(2, "third")});
    for (const auto& result : results)
        EXPECT_TRUE(result);
    EXPECT_EQ(directory.read(name(0)), "first");
    EXPECT_EQ(directory.read(name(1)), "");
    EXPECT_EQ(directory.read(name(2)), "third");
    EXPECT_TRUE(file(0, {}).part->lock());
}

TEST_F(SmallFilesTest, HaveTheirPermissionsAndDates) {
    for (int count : {1, 8}) {
        std::vector<SmallFile> files;
        for (int n = 0; n < count; ++n)
            files.push_back(file(10 * count + n, "content"));
        for (const auto& result : store(std::move(files)))
            EXPECT_TRUE(result);
        for (int n = 0; n < count; ++n) {
            struct stat st {};
            ASSERT_EQ(stat(directory.at(name(10 * count + n)).c_str(), &st), 0);
            EXPECT_EQ(st.st_mode, S_IFREG | 0640U);
            EXPECT_EQ(st.st_mtime, 784111777);
        }
    }
}

/// It is opened again to get its name, or if its transfer has to be repeated.
TEST_F(SmallFilesTest, StayReadableAndWritableForTheirOwner) {
    for (mode_t mode : {0444U, 0200U, 0U}) {
        ASSERT_TRUE(store({file(0, "content", mode)})[0]);
        struct stat st {};
        ASSERT_EQ(stat(directory.at(name(0)).c_str(), &st), 0);
        EXPECT_EQ(st.st_mode & 0600U, 0600U) << mode;
    }
}

TEST_F(SmallFilesTest, OneThatIsGoneIsNoFailureOfTheOthers) {
    std::vector<SmallFile> files{file(0, "first"), file(1, "second")};
    std::filesystem::remove(directory.at(name(0)));
    auto results = store(std::move(files));
    ASSERT_FALSE(results[0]);
    EXPECT_TRUE(results[0].error().part_gone);
    EXPECT_TRUE(results[1]);
}

TEST_F(SmallFilesTest, ThoseThatComeDuringASyncShareTheNextOne) {
    Loop loop;
    DiskPool disk{loop};
    std::vector<size_t> groups;
    size_t done = 0;
    SmallFiles files{disk, [&](const auto& completions) {
                         auto before = done;
                         completions();
                         groups.push_back(done - before);
                     }};
    for (int n = 0; n < 5; ++n)
        files.add(directory.path(), file(n, "content"), [&](const Status& status) { done += bool{status}; });
    while (done < 5)
        ASSERT_TRUE(loop.turn(std::chrono::seconds{20}));
    EXPECT_EQ(groups, (std::vector<size_t>{1, 4}));
}

} // namespace
} // namespace haulier::transfer
