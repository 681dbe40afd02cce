// SPDX-License-Identifier: LGPL-2.1-or-later
#include "transfer/part_opener.hpp"

#include "support/temp_dir.hpp"

#include <filesystem>
#include <gtest/gtest.h>

namespace haulier::transfer {
namespace {

class PartOpenerTest : public testing::Test {
protected:
    [[nodiscard]] PartRequest request(int number, const std::string& folder = {}) const {
        return {.place = Place{folder.empty() ? directory.path() : folder},
                .temporary = name(number),
                .target = Place{directory.path()},
                .name = {},
                .folder = {}};
    }
    static std::string name(int number) { return ".haulier-0-" + std::to_string(number) + ".part"; }
    template <class Condition>
    void turn_until(Condition condition) {
        while (!condition())
            ASSERT_TRUE(loop.turn(std::chrono::seconds{20}));
    }

    test::TempDir directory;
    Loop loop;
    DiskPool disk{loop};
    PartOpener parts{loop, disk};
};

TEST_F(PartOpenerTest, FilesOfADirectoryShareItsDescriptor) {
    std::vector<OpenedPart> opened;
    for (int n = 0; n < 3; ++n)
        parts.open(request(n), [&](OpenedPart part) { opened.push_back(std::move(part)); });
    turn_until([&] { return opened.size() == 3; });
    for (int n = 0; n < 3; ++n) {
        ASSERT_TRUE(opened[n] && *opened[n]);
        EXPECT_EQ(&(*opened[n])->directory(), &(*opened[0])->directory());
        EXPECT_TRUE(directory.has(name(n)));
    }
}

TEST_F(PartOpenerTest, OtherDirectoriesHaveTheirOwn) {
    const auto other = directory.at("other");
    std::filesystem::create_directory(other);
    size_t opened = 0;
    for (const auto& folder : {std::string{}, other})
        parts.open(request(0, folder), [&](const OpenedPart& part) { opened += part && *part; });
    turn_until([&] { return opened == 2; });
    EXPECT_TRUE(directory.has(name(0)));
    EXPECT_TRUE(directory.has("other/" + name(0)));
}

TEST_F(PartOpenerTest, OneThatIsLockedIsNoFailureOfTheOthers) {
    auto busy = open_parts({request(0)});
    ASSERT_TRUE(busy[0] && *busy[0]);
    auto again = open_parts({request(0), request(1)});
    ASSERT_TRUE(again[0] && again[1]);
    EXPECT_FALSE(*again[0]);
    EXPECT_TRUE(*again[1]);
}

TEST_F(PartOpenerTest, ATakenNameIsAFailureOfItsFileOnly) {
    directory.write("taken", "x");
    auto first = request(0);
    first.name = "taken";
    auto opened = open_parts({first, request(1)});
    ASSERT_FALSE(opened[0]);
    EXPECT_EQ(opened[0].error().cause, wire::FILE_EXISTS);
    EXPECT_TRUE(opened[1] && *opened[1]);
}

TEST_F(PartOpenerTest, AMissingDirectoryFailsAll) {
    auto first = request(0, directory.at("missing"));
    auto second = request(1, directory.at("missing"));
    second.folder = Directory::open(directory.path())->inode();
    auto opened = open_parts({first, second});
    ASSERT_FALSE(opened[0] || opened[1]);
    EXPECT_FALSE(opened[0].error().storage);
    EXPECT_TRUE(opened[1].error().storage) << "the disk of the directory may not be mounted";
}

TEST_F(PartOpenerTest, WhatIsOrderedFirstIsOpenedFirst) {
    std::vector<int> order;
    parts.open(request(0), [&](const OpenedPart&) { order.push_back(0); });
    parts.when_opened(directory.path(), [&] { order.push_back(1); });
    turn_until([&] { return order.size() == 2; });
    EXPECT_EQ(order, (std::vector<int>{0, 1}));
}

} // namespace
} // namespace haulier::transfer
