// SPDX-License-Identifier: LGPL-2.1-or-later
// A database that a daemon with schema 5 really wrote (version_5.sql) becomes one of today: every value is as
// it was, and is written again as it was.
#include "older_database.hpp"
#include "version_5.sql.hpp"

namespace haulier::store {

namespace {

class Version5 : public OlderDatabase {
protected:
    void SetUp() override { write(version_5_sql, 5); }
};

class Version5InState : public Version5, public testing::WithParamInterface<job::State> {};

} // namespace

TEST_F(Version5, EveryValueIsAsItWasAlsoWhenItIsWrittenAgain) {
    expect_values_are_kept(12);
}

TEST_P(Version5InState, AJobIsInTheStateThatItWasIn) {
    expect_state_is_kept(GetParam(), 12);
}

INSTANTIATE_TEST_SUITE_P(EachState, Version5InState, testing::ValuesIn(job::AllStates));

TEST_F(Version5, TheSettingsAreThoseThatWereChosen) {
    Store store = open_quietly(directory_);
    auto authority = named(store, "authority");
    EXPECT_EQ(authority.job.http.certificate_authority, "/home/user/ca 'x'.pem");
    EXPECT_EQ(authority.job.priority, job::Priority::Low);
    EXPECT_EQ(authority.job.publish_files, job::PublishFiles::Together) << "as before";
    EXPECT_FALSE(authority.files.at(0).naming);
}

TEST_F(Version5, HoldsAndAppsOfEndedJobsAreKnown) {
    Store store = open_quietly(directory_);
    auto holds = store.load_holds();
    ASSERT_TRUE(holds);
    EXPECT_EQ(holds->size(), 1U);
    auto ended = store.list_ended({});
    ASSERT_TRUE(ended);
    ASSERT_EQ(ended->size(), 5U);
    EXPECT_EQ(ended->front().app_id, "org.example.Shop");
    EXPECT_EQ(ended->front().visibility, job::Visibility::Result);
}

} // namespace haulier::store
