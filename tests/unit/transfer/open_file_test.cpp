// SPDX-License-Identifier: LGPL-2.1-or-later
#include "transfer/open_file.hpp"

#include "support/temp_dir.hpp"
#include "transfer/convert.hpp"
#include "transfer/part_file.hpp"

#include <array>
#include <cerrno>
#include <fcntl.h>
#include <filesystem>
#include <gtest/gtest.h>
#include <string>
#include <sys/stat.h>

namespace haulier::transfer {
namespace {

constexpr const char* PartToOpen = ".haulier-0-0.part";

class OpenFileTest : public testing::Test {
protected:
    OpenFileTest() {
        directory.write(PartToOpen, "the content");
        request.set_directory(directory.path());
        request.set_temporary(PartToOpen);
        request.set_name("file");
        struct stat st {};
        EXPECT_EQ(lstat(directory.at(PartToOpen).c_str(), &st), 0);
        to_wire(inode_of(st), *request.mutable_inode());
    }
    /// The content, or the message of the failure.
    [[nodiscard]] std::string read_opened() const {
        auto file = open_fetched(request);
        if (!file) return file.error().message;
        std::array<char, 64> bytes{};
        auto count = ::read((*file)->get(), bytes.data(), bytes.size());
        EXPECT_EQ(::write((*file)->get(), "x", 1), -1);
        EXPECT_EQ(errno, EBADF);
        EXPECT_EQ(fcntl((*file)->get(), F_GETFL) & (O_ACCMODE | O_NONBLOCK), O_RDONLY);
        return {bytes.data(), static_cast<size_t>(std::max<ssize_t>(count, 0))};
    }
    void rename(const std::string& from, const std::string& to) const {
        std::filesystem::rename(directory.at(from), directory.at(to));
    }

    test::TempDir directory;
    wire::Open request;
};

TEST_F(OpenFileTest, FindsTheFileUnderItsTemporaryNameAndUnderItsOwn) {
    EXPECT_EQ(read_opened(), "the content");
    rename(PartToOpen, "file");
    EXPECT_EQ(read_opened(), "the content");
}

TEST_F(OpenFileTest, FindsTheTemporaryFileInADirectoryOfItsOwn) {
    test::TempDir parts;
    request.set_temporary_directory(parts.path());
    rename(PartToOpen, "elsewhere");
    EXPECT_NE(read_opened(), "the content");
    std::filesystem::rename(directory.at("elsewhere"), parts.at(PartToOpen));
    EXPECT_EQ(read_opened(), "the content");
    request.set_directory(directory.at("removed"));
    EXPECT_EQ(read_opened(), "the content") << "the target's directory is not needed";
}

TEST_F(OpenFileTest, OpensNoOtherFileOfThatName) {
    auto gone = "the file that was downloaded as 'file' is not in '" + directory.path() + "' any more";
    rename(PartToOpen, "moved");
    EXPECT_EQ(read_opened(), gone);
    directory.write("file", "of another program");
    EXPECT_EQ(read_opened(), gone);
    std::filesystem::remove(directory.at("file"));
    std::filesystem::create_symlink(directory.at("moved"), directory.at("file"));
    EXPECT_NE(read_opened(), "the content") << "links are not followed";
}

TEST_F(OpenFileTest, WaitsForNoPipe) {
    rename(PartToOpen, "moved");
    ASSERT_EQ(mkfifo(directory.at("file").c_str(), 0600), 0);
    EXPECT_NE(read_opened(), "");
}

TEST_F(OpenFileTest, LeavesItsDirectoryForNoName) {
    request.set_name("../file");
    EXPECT_EQ(read_opened(), "the name of the file is invalid");
    request.set_name("file");
    request.set_temporary("file");
    EXPECT_EQ(read_opened(), "the name of the file is invalid");
}

} // namespace
} // namespace haulier::transfer
