// SPDX-License-Identifier: LGPL-2.1-or-later
// A database that a daemon with schema 3 really wrote (version_3.sql) becomes one of today: every value is as
// it was, and is written again as it was.
#include "older_database.hpp"
#include "store/migrations.hpp"
#include "version_3.sql.hpp"

namespace haulier::store {

namespace {

class Version3 : public OlderDatabase {
protected:
    void SetUp() override { write(version_3_sql, 3); }
};

} // namespace

TEST_F(Version3, EveryValueIsAsItWasAlsoWhenItIsWrittenAgain) {
    auto before = values();
    EXPECT_GT(before["jobs"].size(), 1000U);
    Store store = open_quietly(directory_);
    EXPECT_EQ(values(), before);
    EXPECT_EQ(jobs_of(store).size(), 10U);
    change_and_write_again(store);
    EXPECT_EQ(values(), before);
    EXPECT_EQ(ask(directory_.database(), "PRAGMA user_version"), static_cast<int64_t>(steps().size()));
}

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
