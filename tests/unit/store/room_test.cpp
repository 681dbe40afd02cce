// SPDX-License-Identifier: LGPL-2.1-or-later
// What was large once does not stay so.
#include "store_samples.hpp"

#include <algorithm>

namespace haulier::store {

namespace {

class Room : public testing::Test {
protected:
    /// A database of some megabytes, from which only the last job was not removed.
    void SetUp() override {
        constexpr unsigned Jobs = 40;
        Store store = open_quietly(directory_);
        for (unsigned number = 0; number < Jobs; ++number) {
            auto decision = creation(number, 400);
            decision.job.http.headers = {"Authorization: " + Secret};
            save_and_commit(store, decision);
        }
        for (unsigned number = 0; number + 1 < Jobs; ++number)
            expect_done(store.remove(id_of(number)));
        expect_done(store.commit());
        left_ = jobs_of(store);
        size_ = std::filesystem::file_size(directory_.database());
        ASSERT_GT(size_, 2U << 20);
    }
    const std::string Secret = "sesame-open-the-door";
    DatabaseDir directory_;
    std::vector<StoredJob> left_;
    uintmax_t size_ = 0;
};

} // namespace

TEST_F(Room, IsGivenBackAtTheNextStart) {
    Store store = open_quietly(directory_);
    EXPECT_LT(std::filesystem::file_size(directory_.database()), size_ / 10);
    EXPECT_EQ(jobs_of(store), left_);
    save_and_commit(store, creation(1000, 10));
    EXPECT_EQ(jobs_of(store).size(), 2U);
    expect_done(store.remove(left_[0].job.id));
    expect_done(store.commit());
    for (const auto& entry : std::filesystem::directory_iterator(directory_.path()))
        EXPECT_EQ(directory_.read(entry.path().filename()).find(Secret), std::string::npos) << entry.path();
}

TEST_F(Room, StaysWhileSomebodyElseWrites) {
    Connection other;
    expect_done(other.open(directory_.database()));
    expect_done(other.run("BEGIN IMMEDIATE"));
    {
        Store store = open_quietly(directory_);
        EXPECT_EQ(jobs_of(store), left_);
        EXPECT_EQ(std::filesystem::file_size(directory_.database()), size_);
    }
    expect_done(other.run("ROLLBACK"));
    Store store = open_quietly(directory_);
    save_and_commit(store, creation(1000, 10));
    EXPECT_EQ(jobs_of(store).size(), 2U);
    EXPECT_LT(std::filesystem::file_size(directory_.database()), size_ / 10);
}

TEST_F(Room, ThatIsTheSmallerPartStays) {
    auto free_pages = [this] { return ask(directory_.database(), "PRAGMA freelist_count"); };
    {
        Store store = open_quietly(directory_);
        for (unsigned number = 2000; number < 2020; ++number)
            save_and_commit(store, creation(number, 400));
        for (unsigned number = 2000; number < 2005; ++number)
            expect_done(store.remove(id_of(number)));
        expect_done(store.commit());
    }
    auto unused = free_pages();
    EXPECT_GT(unused, 50);
    ASSERT_GT(ask(directory_.database(), "PRAGMA page_count"), std::max<int64_t>(256, 2 * unused));
    Store store = open_quietly(directory_);
    EXPECT_EQ(free_pages(), unused);
}

} // namespace haulier::store
