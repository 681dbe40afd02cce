// SPDX-License-Identifier: LGPL-2.1-or-later
#include "transfer/storage.hpp"

#include "support/temp_dir.hpp"
#include "transfer/part_file.hpp"

#include <cerrno>
#include <fcntl.h>
#include <filesystem>
#include <gtest/gtest.h>

namespace haulier::transfer {
namespace {

class StorageTest : public testing::Test {
protected:
    [[nodiscard]] wire::CheckStorage request(uint64_t bytes = 0) const {
        wire::CheckStorage request;
        request.set_directory(directory.path());
        request.set_bytes(bytes);
        return request;
    }
    wire::CheckStorage with_folder(const std::string& path) const {
        auto checked = request();
        auto inode = Directory::open(path)->inode();
        checked.mutable_folder()->set_device(inode.device);
        checked.mutable_folder()->set_number(inode.number);
        return checked;
    }
    test::TempDir directory;
};

TEST_F(StorageTest, ADirectoryThatCanBeWrittenTo) {
    EXPECT_TRUE(check_storage(request(1'000'000), 0));
    EXPECT_TRUE(check_storage(with_folder(directory.path()), 0));
    EXPECT_TRUE(std::filesystem::is_empty(directory.path())) << "nothing is left behind";
}

TEST_F(StorageTest, AnotherDirectoryInItsPlace) {
    auto status = check_storage(with_folder("/"), 0);
    ASSERT_FALSE(status);
    EXPECT_TRUE(status.error().storage);
    EXPECT_NE(status.error().message.find("is the disk"), std::string::npos);
}

TEST_F(StorageTest, ADirectoryThatIsMissing) {
    auto missing = request();
    missing.set_directory(directory.at("missing"));
    EXPECT_FALSE(check_storage(missing, 0));
}

TEST_F(StorageTest, MoreThanThereIs) {
    auto status = check_storage(request(uint64_t{1} << 60), 0);
    ASSERT_FALSE(status);
    EXPECT_EQ(status.error().cause, wire::DISK_FULL);
    EXPECT_TRUE(status.error().storage);
}

TEST(LocalFailure, TellsWhatTimeMayCure) {
    for (int error : {ENOSPC, EDQUOT, EROFS, EIO, ESTALE, ENOTCONN})
        EXPECT_TRUE(local_failure(error, "x").storage) << error;
    for (int error : {EACCES, EPERM, ENOENT, EISDIR, EFBIG})
        EXPECT_FALSE(local_failure(error, "x").storage) << error;
}

} // namespace
} // namespace haulier::transfer
