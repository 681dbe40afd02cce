// SPDX-License-Identifier: LGPL-2.1-or-later
// A database that was removed, replaced or damaged while it was open.
#include "store_samples.hpp"

#include <fstream>
#include <gmock/gmock.h>

namespace haulier::store {

namespace {

using testing::HasSubstr;

class HealthTest : public testing::Test {
protected:
    HealthTest() { save_and_commit(store_, creation(0)); }
    Status save_one() {
        if (auto saved = store_.save(creation(1)); !saved) return saved.error();
        return store_.commit();
    }
    DatabaseDir directory_;
    std::string folder_ = directory_.at("state");
    Store store_ = *Store::open(folder_);
};

} // namespace

TEST_F(HealthTest, ASoundStoreIsSound) {
    EXPECT_EQ(store_.examine(), Health::Sound);
    expect_done(save_one());
    EXPECT_EQ(jobs_of(store_).size(), 2u);
}

TEST_F(HealthTest, ExaminingUndoesWhatIsNotCommitted) {
    ASSERT_TRUE(store_.save(creation(1)));
    EXPECT_EQ(store_.examine(), Health::Sound);
    EXPECT_EQ(jobs_of(store_).size(), 1u);
}

TEST_F(HealthTest, NothingIsAcknowledgedIntoADeletedDirectory) {
    std::filesystem::remove_all(folder_);
    auto saved = save_one();
    ASSERT_FALSE(saved);
    EXPECT_THAT(saved.error().message, HasSubstr("removed or replaced"));
    EXPECT_EQ(store_.examine(), Health::MustReopen);
    auto anew = Store::open(folder_);
    ASSERT_TRUE(anew) << anew.error().message;
    EXPECT_TRUE(jobs_of(*anew).empty());
    EXPECT_FALSE(save_one());
}

TEST_F(HealthTest, NothingIsAcknowledgedIntoAReplacedDirectory) {
    std::filesystem::rename(folder_, directory_.at("away"));
    std::filesystem::copy(directory_.at("away"), folder_);
    EXPECT_FALSE(save_one());
    EXPECT_EQ(store_.examine(), Health::MustReopen);
}

TEST_F(HealthTest, NothingIsAcknowledgedWithoutTheLog) {
    std::filesystem::remove(folder_ + "/haulier.db-wal");
    EXPECT_FALSE(save_one());
    EXPECT_EQ(store_.examine(), Health::MustReopen);
}

TEST_F(HealthTest, IsNotReopenedWhereNothingCanBeWritten) {
    std::filesystem::remove_all(folder_);
    std::ofstream{folder_} << "a file in its place";
    EXPECT_FALSE(save_one());
    EXPECT_EQ(store_.examine(), Health::Failing);
    std::filesystem::remove(folder_);
    EXPECT_EQ(store_.examine(), Health::MustReopen);
}

} // namespace haulier::store
