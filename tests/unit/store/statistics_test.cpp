// SPDX-License-Identifier: LGPL-2.1-or-later
// What is counted for each owner.
#include "store_samples.hpp"

namespace haulier::store {

namespace {

Statistics counted(uint32_t owner, int64_t since, uint64_t received) {
    Statistics statistics{owner, WallTime{Usec{since}}, {}};
    statistics.counters.bytes_received = received;
    statistics.counters.retries = 1;
    return statistics;
}

} // namespace

TEST(StoredStatistics, AddUp) {
    DatabaseDir directory;
    {
        auto store = open_quietly(directory);
        EXPECT_TRUE(store.load_statistics()->empty());
        expect_done(store.add_statistics(counted(1001, 5, 100)));
        expect_done(store.add_statistics(counted(1000, 6, 7)));
        expect_done(store.commit());
        expect_done(store.add_statistics(counted(1001, 9, 50)));
        expect_done(store.commit());
    }
    auto store = open_quietly(directory);
    auto sum = counted(1001, 5, 150);
    sum.counters.retries = 2;
    EXPECT_EQ(*store.load_statistics(), (std::vector{counted(1000, 6, 7), sum}));
}

TEST(StoredStatistics, NeverFailACommitByTheirSize) {
    DatabaseDir directory;
    auto store = open_quietly(directory);
    for (int i = 0; i < 9; ++i)
        expect_done(store.add_statistics(counted(1000, 5, ~uint64_t{0})));
    expect_done(store.commit());
    auto all = *store.load_statistics();
    ASSERT_EQ(all.size(), 1u);
    EXPECT_GE(all[0].counters.bytes_received, uint64_t{1} << 61);
    EXPECT_EQ(all[0].counters.retries, 9u);
}

TEST(StoredStatistics, ARowWithoutSenseIsLeftOut) {
    DatabaseDir directory;
    auto store = open_quietly(directory);
    expect_done(store.add_statistics(counted(1000, 5, 1)));
    expect_done(store.add_statistics(counted(1001, 5, 1)));
    expect_done(store.commit());
    run_sql(directory.database(), "UPDATE statistics SET retries = -1 WHERE owner = 1000");
    EXPECT_EQ(*store.load_statistics(), std::vector{counted(1001, 5, 1)});
}

} // namespace haulier::store
