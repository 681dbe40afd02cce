// SPDX-License-Identifier: LGPL-2.1-or-later
// A database that a daemon with schema 3 really wrote (version_3.sql) becomes one of today: every value is as
// it was, and is written again as it was.
#include "older_database.hpp"
#include "version_3.sql.hpp"

namespace haulier::store {

namespace {

class Version3 : public OlderDatabase {
protected:
    void SetUp() override { write(version_3_sql, 3); }
};

class Version3InState : public Version3, public testing::WithParamInterface<job::State> {};

} // namespace

TEST_F(Version3, EveryValueIsAsItWasAlsoWhenItIsWrittenAgain) {
    expect_values_are_kept(10);
}

TEST_F(Version3, SoIsThatOfABuildThatHadMadePartOfTheNextStep) {
    run_sql(directory_.database(),
            "ALTER TABLE details ADD COLUMN part INTEGER;"
            "CREATE TABLE discards (owner INTEGER NOT NULL, directory TEXT NOT NULL, temporary TEXT NOT NULL,"
            " folder_device INTEGER NOT NULL, folder_inode INTEGER NOT NULL, since INTEGER NOT NULL,"
            " PRIMARY KEY (owner, directory, temporary)) STRICT, WITHOUT ROWID;"
            "INSERT INTO discards VALUES (0, '/srv', '.haulier-0-0.part', 1, 2, 3)");
    expect_values_are_kept(10);
    EXPECT_EQ(ask(directory_.database(), "SELECT count(*) FROM discards"), 1);
}

TEST_P(Version3InState, AJobIsInTheStateThatItWasIn) {
    expect_state_is_kept(GetParam(), 10);
}

INSTANTIATE_TEST_SUITE_P(EachState, Version3InState, testing::ValuesIn(job::AllStates));

TEST_F(Version3, TheSettingsAreThoseThatWereChosen) {
    Store store = open_quietly(directory_);
    auto catalogue = named(store, "catalogue").job;
    job::Settings expected;
    expected.display_name = "catalogue";
    expected.description = "two files\nof Grüße";
    expected.icon = "org.example.Shop";
    expected.on_file_error = job::OnFileError::Continue;
    expected.answer_timeout = std::chrono::seconds{90};
    expected.umask = 0027;
    expected.priority = job::Priority::High;
    expected.bandwidth_limit = 65536;
    expected.auto_complete = true;
    EXPECT_EQ(static_cast<const job::Settings&>(catalogue), expected);
}

TEST_F(Version3, FailuresAndRestsAreKnown) {
    Store store = open_quietly(directory_);
    auto some = named(store, "some failed");
    EXPECT_EQ(some.job.state, job::State::Error);
    EXPECT_EQ(some.job.files_failed, 1U);
    EXPECT_TRUE(some.files[0].failed);
    EXPECT_TRUE(some.files[1].transferred);
    auto asked = named(store, "asked to wait");
    EXPECT_EQ(asked.job.state, job::State::TransientError);
    EXPECT_EQ(asked.files[0].wait, job::Wait::Host);
    auto rests = store.load_rests();
    ASSERT_TRUE(rests);
    EXPECT_EQ(rests->size(), 1U);
}

TEST_F(Version3, TemporaryFilesHaveTheirUsualNamesAndNothingIsToBeDeleted) {
    Store store = open_quietly(directory_);
    for (const auto& stored : jobs_of(store))
        for (const auto& file : stored.files)
            EXPECT_EQ(file.part, 0U);
    EXPECT_EQ(ask(directory_.database(), "SELECT count(*) FROM discards"), 0);
}

} // namespace haulier::store
