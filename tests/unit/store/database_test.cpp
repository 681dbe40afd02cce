// SPDX-License-Identifier: LGPL-2.1-or-later
// The four small types over SQLite, where the store itself cannot easily lead them.
#include "store/database.hpp"

#include "store/database_file.hpp"
#include "store_samples.hpp"

namespace haulier::store {

namespace {

class Database : public testing::Test {
protected:
    void SetUp() override {
        expect_done(make_empty(directory_.database(), {}));
        expect_done(db_.open(directory_.database()));
        expect_done(db_.run(
            "PRAGMA foreign_keys = ON;"
            "CREATE TABLE parents (id INTEGER PRIMARY KEY, name TEXT NOT NULL) STRICT;"
            "CREATE TABLE children (parent INTEGER REFERENCES parents (id) DEFERRABLE INITIALLY DEFERRED)"));
        expect_done(insert_.prepare(db_, "INSERT INTO parents (id, name) VALUES (?1, ?2)"));
    }
    int64_t parents() { return *db_.ask_integer("SELECT count(*) FROM parents"); }

    DatabaseDir directory_;
    Connection db_;
    Statement insert_;
};

} // namespace

TEST_F(Database, AStatementIsAsNewForEachUse) {
    expect_done(BoundStatement{insert_}.integer(1).text("Ada").run());
    EXPECT_EQ(BoundStatement{insert_}.integer(1).text("again").run().error(),
              (Error{Errc::Store, "database: UNIQUE constraint failed: parents.id"}));
    expect_done(BoundStatement{insert_}.integer(2).text("").run());
    EXPECT_EQ(parents(), 2);
    EXPECT_EQ(*db_.ask_text("SELECT name FROM parents WHERE id = 2"), "");
}

TEST_F(Database, ARefusedValueFailsTheUseAndNothingElse) {
    EXPECT_EQ(BoundStatement{insert_}.refuse("no such number").text("Ada").run().error(),
              (Error{Errc::Store, "no such number"}));
    EXPECT_EQ(parents(), 0);
    expect_done(BoundStatement{insert_}.integer(1).text("Ada").run());
}

TEST_F(Database, ColumnsAnswerOnlyForTheirType) {
    Statement select;
    expect_done(select.prepare(db_, "SELECT 1 AS one, 'two', NULL, 2.5"));
    BoundStatement use{select};
    ASSERT_TRUE(*use.next());
    EXPECT_EQ(use.integer_at(0), 1);
    EXPECT_EQ(use.text_at(0), std::nullopt);
    EXPECT_EQ(use.name_of(0), "one");
    EXPECT_EQ(use.text_at(1), "two");
    EXPECT_EQ(use.integer_at(1), std::nullopt);
    EXPECT_TRUE(use.is_null(2));
    EXPECT_EQ(use.text_at(2), std::nullopt);
    EXPECT_EQ(use.integer_at(3), std::nullopt);
    EXPECT_FALSE(*use.next());
}

TEST_F(Database, AQuestionWithoutAnAnswerIsAnError) {
    EXPECT_FALSE(db_.ask_integer("SELECT id FROM parents"));
    EXPECT_FALSE(db_.ask_text("SELECT 1"));
    EXPECT_FALSE(db_.ask_any("SELECT nonsense"));
    EXPECT_FALSE(*db_.ask_any("SELECT id FROM parents"));
}

TEST_F(Database, ATransactionThatIsDroppedNeverWas) {
    {
        auto transaction = Transaction::begin(db_);
        ASSERT_TRUE(transaction);
        expect_done(BoundStatement{insert_}.integer(1).text("Ada").run());
        EXPECT_TRUE(db_.in_transaction());
    }
    EXPECT_FALSE(db_.in_transaction());
    EXPECT_EQ(parents(), 0);
}

TEST_F(Database, ACommitThatFailsUndoesAll) {
    auto transaction = Transaction::begin(db_);
    ASSERT_TRUE(transaction);
    expect_done(BoundStatement{insert_}.integer(1).text("Ada").run());
    expect_done(
        db_.run("INSERT INTO children VALUES (4711)")); // of nobody, which only the commit notifications
    EXPECT_FALSE(transaction->commit());
    EXPECT_FALSE(db_.in_transaction());
    EXPECT_EQ(parents(), 0);
}

TEST_F(Database, BlameFallsOnTheMachineOrTheFile) {
    EXPECT_FALSE(db_.run("nonsense"));
    EXPECT_EQ(db_.blame(), Blame::File);
    Connection other;
    expect_done(other.open(directory_.database()));
    expect_done(other.run("BEGIN EXCLUSIVE"));
    EXPECT_FALSE(db_.run("BEGIN IMMEDIATE"));
    EXPECT_EQ(db_.blame(), Blame::Machine);
}

} // namespace haulier::store
