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
    expect_values_are_kept(11);
}

TEST_P(Version5InState, AJobIsInTheStateThatItWasIn) {
    expect_state_is_kept(GetParam(), 11);
}

INSTANTIATE_TEST_SUITE_P(EachState, Version5InState, testing::ValuesIn(job::AllStates));

TEST_F(Version5, WhatWasNewInItIsKept) {
    Store store = open_quietly(directory_);
    EXPECT_EQ(named(store, "catalogue").job.http.certificate_authority, "/home/user/my 'ca'.pem");
    EXPECT_EQ(*store.load_holds(), (std::vector<Hold>{{{}, WallTime{Usec{1'827'588'287'658'613}}}}));
    auto ended = store.list_ended({});
    ASSERT_TRUE(ended);
    ASSERT_EQ(ended->size(), 3U);
    EXPECT_EQ(ended->back().app_id, "org.example.Shop");
    EXPECT_EQ(ended->back().visibility, job::Visibility::Full);
    EXPECT_TRUE(store.load_user_limits()->empty());
}

} // namespace haulier::store
