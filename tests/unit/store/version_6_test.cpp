// SPDX-License-Identifier: LGPL-2.1-or-later
// A database that a daemon with schema 6 really wrote (version_6.sql) becomes one of today: every value is as
// it was, and is written again as it was.
#include "older_database.hpp"
#include "version_6.sql.hpp"

namespace haulier::store {

namespace {

class Version6 : public OlderDatabase {
protected:
    void SetUp() override { write(version_6_sql, 6); }
};

class Version6InState : public Version6, public testing::WithParamInterface<job::State> {};

} // namespace

TEST_F(Version6, EveryValueIsAsItWasAlsoWhenItIsWrittenAgain) {
    expect_values_are_kept(14);
}

TEST_P(Version6InState, AJobIsInTheStateThatItWasIn) {
    expect_state_is_kept(GetParam(), 14);
}

INSTANTIATE_TEST_SUITE_P(EachState, Version6InState, testing::ValuesIn(job::AllStates));

TEST_F(Version6, TheSettingsAreThoseThatWereChosen) {
    Store store = open_quietly(directory_);
    auto each = named(store, "each");
    EXPECT_EQ(each.job.publish_files, job::PublishFiles::Each);
    EXPECT_TRUE(each.files.at(1).removed);
    EXPECT_EQ(each.job.renew_remote_name, job::RenewRemoteName::AfterBytes) << "what is new has its default";
    EXPECT_EQ(each.job.temporary_directory, "");
    EXPECT_EQ(each.job.connections, 0U);
    EXPECT_EQ(each.job.jitter, std::chrono::seconds{0});
    EXPECT_FALSE(each.job.use_peers);
    EXPECT_EQ(each.files.at(0).pieces, std::vector<job::Range>{});
    auto changed = named(store, "if it has changed");
    EXPECT_EQ(changed.files.at(0).spec.if_none_match, "\"one\"");
    EXPECT_EQ(changed.files.at(0).spec.if_modified_since, WallTime{Usec{1'700'000'000}});
}

TEST_F(Version6, LimitsOfUsersAreKnown) {
    Store store = open_quietly(directory_);
    auto limits = store.load_user_limits();
    ASSERT_TRUE(limits);
    EXPECT_EQ(limits->size(), 1U);
}

} // namespace haulier::store
