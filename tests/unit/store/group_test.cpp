// SPDX-License-Identifier: LGPL-2.1-or-later
// Changes gather until commit(): all of them, or none.
#include "store_samples.hpp"

namespace haulier::store {

namespace {

std::vector<job::Id> ids_of(Store& store) {
    std::vector<job::Id> ids;
    for (const auto& stored : jobs_of(store))
        ids.push_back(stored.job.id);
    return ids;
}

} // namespace

TEST(Group, ReopenedAfterCommitItIsThere) {
    DatabaseDir directory;
    {
        Store store = open_quietly(directory);
        EXPECT_FALSE(store.in_transaction());
        ASSERT_TRUE(store.save(creation(1, 2)));
        ASSERT_TRUE(store.save(creation(2)));
        EXPECT_TRUE(store.in_transaction());
        expect_done(store.commit());
        EXPECT_FALSE(store.in_transaction());
        expect_done(store.commit()); // nothing waits: nothing to do
    }
    Store store = open_quietly(directory);
    EXPECT_EQ(ids_of(store), (std::vector{id_of(1), id_of(2)}));
}

TEST(Group, ReopenedWithoutCommitItIsGone) {
    DatabaseDir directory;
    {
        Store store = open_quietly(directory);
        save_and_commit(store, creation(1));
        ASSERT_TRUE(store.save(creation(2)));
        expect_done(store.remove(id_of(1)));
        EXPECT_EQ(ids_of(store), std::vector{id_of(2)}); // seen from impl
    }
    Store store = open_quietly(directory);
    EXPECT_EQ(ids_of(store), std::vector{id_of(1)});
}

TEST(Group, NobodyElseSeesItBeforeTheCommit) {
    DatabaseDir directory;
    Store store = open_quietly(directory);
    Connection other;
    expect_done(other.open(directory.database()));
    ASSERT_TRUE(store.save(creation(1)));
    EXPECT_EQ(*other.ask_integer("SELECT count(*) FROM jobs"), 0);
    expect_done(store.commit());
    EXPECT_EQ(*other.ask_integer("SELECT count(*) FROM jobs"), 1);
}

TEST(Group, AFailureUndoesAllSinceTheLastCommit) {
    DatabaseDir directory;
    Store store = open_quietly(directory);
    save_and_commit(store, creation(1));
    run_sql(directory.database(),
            "CREATE TRIGGER boom BEFORE INSERT ON outbox BEGIN SELECT RAISE(FAIL, 'boom'); END");

    ASSERT_TRUE(store.save(creation(2, 5)));
    job::Decision fails_late = creation(3, 5);
    fails_late.notifications = {{job::NotificationKind::Error, 0}};
    auto saved = store.save(fails_late);
    ASSERT_FALSE(saved);
    EXPECT_EQ(saved.error(), (Error{Errc::Store, "database: boom (" + directory.database() + ")"}));
    EXPECT_FALSE(store.in_transaction());
    EXPECT_EQ(ids_of(store), std::vector{id_of(1)});

    run_sql(directory.database(), "DROP TRIGGER boom");
    ASSERT_TRUE(store.save(fails_late));
    expect_done(store.commit());
    EXPECT_EQ(ids_of(store), (std::vector{id_of(1), id_of(3)}));
}

TEST(Group, AFileOfNoJobIsRefused) {
    DatabaseDir directory;
    Store store = open_quietly(directory);
    run_sql(directory.database(), "CREATE TRIGGER lose AFTER INSERT ON jobs BEGIN DELETE FROM jobs; END");
    auto saved = store.save(creation(1, 1));
    ASSERT_FALSE(saved);
    EXPECT_EQ(saved.error().code, Errc::Store);
    EXPECT_FALSE(store.in_transaction());
}

TEST(Group, ALockedDatabaseIsAnErrorAndPasses) {
    DatabaseDir directory;
    Store store = open_quietly(directory);
    Connection other;
    expect_done(other.open(directory.database()));
    expect_done(other.run("BEGIN IMMEDIATE"));
    auto saved = store.save(creation(1));
    ASSERT_FALSE(saved);
    EXPECT_EQ(saved.error().code, Errc::Store);
    EXPECT_FALSE(store.in_transaction());
    expect_done(other.run("COMMIT"));
    save_and_commit(store, creation(1));
    EXPECT_EQ(ids_of(store), std::vector{id_of(1)});
}

TEST(Group, SurvivesAMoveOfTheStore) {
    DatabaseDir directory;
    Store first = open_quietly(directory);
    ASSERT_TRUE(first.save(creation(1)));
    Store second = std::move(first);
    ASSERT_TRUE(second.save(creation(2)));
    expect_done(second.commit());
    EXPECT_EQ(ids_of(second).size(), 2u);

    DatabaseDir elsewhere;
    second = open_quietly(elsewhere);
    EXPECT_TRUE(ids_of(second).empty());
}

} // namespace haulier::store
