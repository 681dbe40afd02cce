// SPDX-License-Identifier: LGPL-2.1-or-later
#include "transfer/group_sync.hpp"

#include "base/fd.hpp"
#include "support/temp_dir.hpp"

#include <algorithm>
#include <cerrno>
#include <fcntl.h>
#include <gtest/gtest.h>
#include <string>

namespace haulier::transfer {
namespace {

class GroupSyncTest : public testing::Test {
protected:
    std::vector<int> files(int count) {
        std::vector<int> numbers;
        for (int n = 0; n < count; ++n) {
            auto name = std::to_string(opened_.size());
            directory_.write(name, "content");
            opened_.emplace_back(open(directory_.at(name).c_str(), O_RDWR | O_CLOEXEC));
            numbers.push_back(opened_.back().get());
        }
        return numbers;
    }

private:
    test::TempDir directory_;
    std::vector<Fd> opened_;
};

TEST_F(GroupSyncTest, AnyNumberOfFiles) {
    for (int count : {0, 1, 3, 100}) {
        auto synced = sync_group(files(count));
        EXPECT_EQ(synced.errors, std::vector<int>(static_cast<size_t>(count), 0));
    }
}

TEST_F(GroupSyncTest, EveryFileHasItsOwnError) {
    for (int others : {1, 20}) {
        auto all = files(others);
        all.push_back(-1);
        auto errors = sync_group(all).errors;
        EXPECT_EQ(errors.back(), EBADF);
        EXPECT_EQ(std::count(errors.begin(), errors.end(), 0), others);
    }
}

} // namespace
} // namespace haulier::transfer
