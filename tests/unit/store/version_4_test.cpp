// SPDX-License-Identifier: LGPL-2.1-or-later
// A database that a daemon with schema 4 really wrote (version_4.sql) becomes one of today: every value is as
// it was, and is written again as it was.
#include "older_database.hpp"
#include "version_4.sql.hpp"

namespace haulier::store {

namespace {

class Version4 : public OlderDatabase {
protected:
    void SetUp() override { write(version_4_sql, 4); }
};

class Version4InState : public Version4, public testing::WithParamInterface<job::State> {};

} // namespace

TEST_F(Version4, EveryValueIsAsItWasAlsoWhenItIsWrittenAgain) {
    expect_values_are_kept(11);
}

TEST_F(Version4, SoIsThatOfABuildInWhichAColumnHadAnotherName) {
    auto before = values();
    run_sql(directory_.database(), "ALTER TABLE details RENAME COLUMN temporary_number TO part");
    Store store = open_quietly(directory_);
    EXPECT_EQ(values(), before);
    EXPECT_NE(named(store, "another name").files.at(0).part, 0U);
}

TEST_P(Version4InState, AJobIsInTheStateThatItWasIn) {
    expect_state_is_kept(GetParam(), 11);
}

INSTANTIATE_TEST_SUITE_P(EachState, Version4InState, testing::ValuesIn(job::AllStates));

TEST_F(Version4, TheSettingsAreThoseThatWereChosen) {
    Store store = open_quietly(directory_);
    auto catalogue = named(store, "catalogue");
    EXPECT_EQ(catalogue.job.visibility, job::Visibility::Hidden);
    EXPECT_EQ(catalogue.job.app_id, "org.example.Shop");
    EXPECT_EQ(catalogue.files[0].spec.existing, job::Existing::Keep);
    EXPECT_EQ(catalogue.files[1].spec.existing, job::Existing::Rename);
    EXPECT_TRUE(catalogue.files[1].spec.server_name);
    auto http = named(store, "result only").job.http;
    EXPECT_EQ(http.client_certificate, "/home/user/my 'key'.pem");
    EXPECT_EQ(http.certificate_authority, "") << "the system's";
    EXPECT_NE(named(store, "another name").files.at(0).part, 0U);
}

TEST_F(Version4, WhatHasEndedAndWhatIsToBeDeletedIsKnown) {
    Store store = open_quietly(directory_);
    auto ended = store.list_ended({});
    ASSERT_TRUE(ended);
    ASSERT_EQ(ended->size(), 4U);
    EXPECT_EQ(ended->back().display_name, "ended well");
    EXPECT_EQ((*ended)[1].outcome, job::Outcome::Partial);
    EXPECT_EQ(ended->back().app_id, "");
    EXPECT_EQ(ended->back().visibility, std::nullopt) << "as usual on the bus";
    EXPECT_EQ(ask(directory_.database(), "SELECT count(*) FROM discards"), 1);
    EXPECT_EQ(ask(directory_.database(), "SELECT jobs_created FROM statistics"), 15);
}

} // namespace haulier::store
