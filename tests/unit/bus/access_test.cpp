// SPDX-License-Identifier: LGPL-2.1-or-later
#include "daemon/bus/access/access.hpp"
#include "daemon/bus/names/names.hpp"
#include "users.hpp"

#include <gtest/gtest.h>

namespace haulier::bus {

namespace {

TEST(Access, IsTheOwnersAndRoots) {
    EXPECT_EQ(decide_access(Anna, Anna), Access::Granted);
    EXPECT_EQ(decide_access(0, Anna), Access::Granted);
    EXPECT_EQ(decide_access(0, 0), Access::Granted);
}

TEST(Access, OfOthersIsForTheAuthorityToSay) {
    EXPECT_EQ(decide_access(Bert, Anna), Access::AskAuthority);
    EXPECT_EQ(decide_access(Anna, 0), Access::AskAuthority);
}

TEST(Access, ToNoJobIsTreatedAsToAStrangers) {
    EXPECT_EQ(decide_access(Anna, std::nullopt), Access::AskAuthority);
    EXPECT_EQ(decide_access(0, std::nullopt), Access::Granted);
}

TEST(Access, OfAnUnknownCallerIsNotTheOwners) {
    EXPECT_EQ(decide_access(Caller{}.uid, Anna), Access::AskAuthority);
    EXPECT_EQ(decide_access(Caller{}.uid, std::nullopt), Access::AskAuthority);
}

TEST(Refusals, HaveTheErrorThatTheVerdictMeans) {
    EXPECT_EQ(refuse_job(AuthorityReply::No, "0").name, "org.haulier.Haulier1.Error.AccessDenied");
    EXPECT_EQ(refuse_job(AuthorityReply::Challenge, "0").name,
              "org.freedesktop.DBus.Error.InteractiveAuthorizationRequired");
    EXPECT_EQ(refuse_job(AuthorityReply::Busy, "0").name, "org.freedesktop.DBus.Error.LimitsExceeded");
    EXPECT_EQ(refuse_all_users(AuthorityReply::No).name, refuse_job(AuthorityReply::No, "0").name);
}

TEST(Refusals, NameTheJobThatWasAskedFor) {
    EXPECT_NE(refuse_job(AuthorityReply::No, "0123").message.find("0123"), std::string::npos);
    EXPECT_NE(refuse_job(AuthorityReply::Challenge, "0123").message.find("0123"), std::string::npos);
}

TEST(Paths, AreOursOrAJobsOrNeither) {
    std::string hex(32, 'a');
    EXPECT_TRUE(is_ours("/org/haulier/Haulier1"));
    EXPECT_TRUE(is_ours("/org/haulier/Haulier1/job/x"));
    EXPECT_FALSE(is_ours("/org/haulier/Haulier10"));
    EXPECT_FALSE(is_ours("/org/haulier"));
    EXPECT_FALSE(is_ours("/"));
    EXPECT_EQ(id_in("/org/haulier/Haulier1/job/" + hex), job::Id{hex});
    EXPECT_EQ(id_in(path_of({hex})), job::Id{hex});
    EXPECT_EQ(id_in("/org/haulier/Haulier1/job/" + hex + "/x"), std::nullopt);
    EXPECT_EQ(id_in("/org/haulier/Haulier1/job/" + std::string(32, 'A')), std::nullopt);
    EXPECT_EQ(id_in("/org/haulier/Haulier1/job"), std::nullopt);
    EXPECT_EQ(id_in("/org/haulier/Haulier1/jobs/" + hex), std::nullopt);
}

} // namespace

} // namespace haulier::bus
