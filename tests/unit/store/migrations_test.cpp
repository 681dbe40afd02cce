// SPDX-License-Identifier: LGPL-2.1-or-later
// The machinery of migrations, with lists of steps made for it; and the real list from nothing to today.
#include "store/migrations.hpp"

#include "store/database_file.hpp"
#include "store_samples.hpp"

#include <array>

namespace haulier::store {

namespace {

constexpr Step Parents{
    "parents", "CREATE TABLE parents (id INTEGER PRIMARY KEY, name TEXT) STRICT;"
               "CREATE TABLE children (parent INTEGER REFERENCES parents (id) ON DELETE CASCADE) STRICT"};
constexpr Step Ages{"ages", "ALTER TABLE parents ADD COLUMN age INTEGER NOT NULL DEFAULT 30"};
/// The way to change a column: with foreign keys enforced it would delete all children.
constexpr Step Rebuilt{
    "rebuilt parents",
    "CREATE TABLE parents_new (id INTEGER PRIMARY KEY, name TEXT NOT NULL, age INTEGER) STRICT;"
    "INSERT INTO parents_new SELECT id, name, age FROM parents;"
    "DROP TABLE parents;"
    "ALTER TABLE parents_new RENAME TO parents"};
constexpr Step Broken{"broken", "UPDATE parents SET age = 99; CREATE TABLE parents (oops TEXT)"};
constexpr Step Orphaning{"orphaning", "DELETE FROM parents"};

constexpr std::array Old{Parents};
constexpr std::array Today{Parents, Ages, Rebuilt};
constexpr std::array Faulty{Parents, Ages, Broken};
constexpr std::array Careless{Parents, Ages, Orphaning};

class Migration : public testing::Test {
protected:
    void SetUp() override {
        path_ = directory_.path() + "/any.db";
        run_steps_from_scratch();
    }
    void run_steps_from_scratch() {
        expect_done(make_empty(path_, Old));
        run_sql(path_, "INSERT INTO parents VALUES (1, 'Ada'); INSERT INTO children VALUES (1)");
        expect_done(db_.open(path_));
    }
    int64_t ask(const std::string& sql) {
        auto answer = db_.ask_integer(sql);
        EXPECT_TRUE(answer) << answer.error().message;
        return answer ? *answer : -1;
    }
    DatabaseDir directory_;
    std::string path_;
    Connection db_;
};

} // namespace

TEST_F(Migration, OlderBecomesTodaysAndKeepsItsRows) {
    EXPECT_EQ(ask("PRAGMA user_version"), 1);
    expect_done(migrate(db_, Today));
    EXPECT_EQ(ask("PRAGMA user_version"), 3);
    EXPECT_EQ(ask("SELECT age FROM parents WHERE name = 'Ada'"), 30);
    EXPECT_EQ(ask("SELECT count(*) FROM children"), 1);
}

TEST_F(Migration, NothingIsDoneTwice) {
    expect_done(migrate(db_, Today));
    expect_done(db_.run("UPDATE parents SET age = 31"));
    expect_done(migrate(db_, Today));
    EXPECT_EQ(ask("PRAGMA user_version"), 3);
    EXPECT_EQ(ask("SELECT age FROM parents"), 31);
}

TEST_F(Migration, AStepThatFailsIsUndoneAndTheNextProgramGoesOnFromThere) {
    auto failed = migrate(db_, Faulty);
    ASSERT_FALSE(failed);
    EXPECT_EQ(failed.error().message,
              "step 3 (broken) of the schema failed: database: table parents already exists");
    EXPECT_EQ(ask("PRAGMA user_version"), 2);
    EXPECT_EQ(ask("SELECT age FROM parents"), 30);
    expect_done(migrate(db_, Today));
    EXPECT_EQ(ask("PRAGMA user_version"), 3);
}

TEST_F(Migration, AStepThatLeavesOrphansIsUndone) {
    ASSERT_FALSE(migrate(db_, Careless));
    EXPECT_EQ(ask("PRAGMA user_version"), 2);
    EXPECT_EQ(ask("SELECT count(*) FROM parents"), 1);
}

TEST(Migrations, FromNothingToToday) {
    DatabaseDir directory;
    std::string path = directory.path() + "/any.db";
    expect_done(make_empty(path, steps()));
    Connection db;
    expect_done(db.open(path));
    EXPECT_EQ(*db.ask_integer("PRAGMA user_version"), static_cast<int64_t>(steps().size()));
    EXPECT_EQ(*db.ask_integer(
                  "SELECT count(*) FROM sqlite_schema WHERE name IN ('jobs', 'files', 'outbox', 'launches')"),
              4);
}

TEST(Migrations, NothingHalfMadeIsLeftWhenTheFirstSchemaFails) {
    DatabaseDir directory;
    std::string path = directory.path() + "/any.db";
    ASSERT_FALSE(make_empty(path, std::array{Broken}));
    EXPECT_FALSE(exists(path));
    expect_done(make_empty(path, Today)); // what was left unfinished is no obstacle
    EXPECT_TRUE(exists(path));
}

} // namespace haulier::store
