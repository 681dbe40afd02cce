// SPDX-License-Identifier: LGPL-2.1-or-later
#include "daemon/bus/access/access.hpp"
#include "daemon/bus/names/names.hpp"
#include "support/documents.hpp"
#include "users.hpp"

#include <gtest/gtest.h>
#include <regex>
#include <set>

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

Sandbox flatpak(bool network = true) {
    return {
        Sandbox::Kind::Flatpak, "org.example.App", "1", network, {{"/a", "/a", job::Grant::Access::Write}}};
}

TEST(Sandboxes, WithoutNetworkOrUnknownMayCallNothing) {
    EXPECT_FALSE(refuse_sandbox(flatpak()));
    EXPECT_FALSE(refuse_sandbox({}));
    EXPECT_EQ(refuse_sandbox(flatpak(false))->name, "org.haulier.Haulier1.Error.AccessDenied");
    EXPECT_TRUE(refuse_sandbox({.kind = Sandbox::Kind::Unknown}));
    EXPECT_TRUE(refuse_sandbox({.kind = Sandbox::Kind::Snap, .app = "x"}));
}

TEST(Sandboxes, MayNotCallWhatConcernsOtherPrograms) {
    for (const auto* member : {"Hold", "Release", "HoldAll", "ReleaseAll", "ForgetEndedJobs", "GetStatistics",
                               "Set", "", "Unheard"})
        EXPECT_TRUE(refuse_member(flatpak(), member)) << member;
    for (const auto* member :
         {"CreateJob", "GetJob", "ListJobs", "ListEndedJobs", "Subscribe", "Get", "GetAll"})
        EXPECT_FALSE(refuse_member(flatpak(), member)) << member;
}

/// A new member has to be decided about.
TEST(Sandboxes, EachMethodOfTheManagerIsAllowedOrRefusedOnPurpose) {
    const std::set<std::string> refused{"ForgetEndedJobs", "GetStatistics", "Hold",
                                        "HoldAll",         "Release",       "ReleaseAll"};
    auto xml = test::document("dbus/org.haulier.Haulier1.Manager.xml");
    const std::regex method{"<method name=\"(\\w+)\""};
    size_t count = 0;
    for (auto it = std::sregex_iterator{xml.begin(), xml.end(), method}; it != std::sregex_iterator{};
         ++it, ++count)
        EXPECT_EQ(refuse_member(flatpak(), (*it)[1].str()).has_value(), refused.contains((*it)[1]))
            << (*it)[1];
    EXPECT_GT(count, 10U);
}

TEST(Sandboxes, GiveNoPathsToJobsThatWereCreatedWithOtherPermissions) {
    auto same = flatpak().grants;
    for (const auto* member : {"AddFile", "AddFiles", "Set", "SetNotifyService", "Cancel", "Get"})
        EXPECT_FALSE(refuse_job_member(flatpak(), same, member)) << member;
    for (const auto* member : {"AddFile", "AddFiles", "Set", "SetNotifyService"})
        EXPECT_TRUE(refuse_job_member(flatpak(), {}, member)) << member;
    for (const auto* member : {"Cancel", "Complete", "Get", "GetAll"})
        EXPECT_FALSE(refuse_job_member(flatpak(), {}, member)) << member;
    EXPECT_TRUE(refuse_job_member(flatpak(), same, "TakeOwnership"));
}

job::Job job_of(uint32_t owner, const std::string& app, bool confined) {
    job::Job job;
    job.owner = owner;
    job.app_id = app;
    if (confined) job.grants.emplace();
    return job;
}

TEST(Whose, IncludesTheJobsOfTheUserOrOfTheApp) {
    auto own = job_of(Anna, "a", true);
    auto other = job_of(Anna, "b", true);
    auto liar = job_of(Anna, "a", false);
    for (const auto& job : {own, other, liar}) {
        EXPECT_TRUE(Whose{Anna}.includes(job));
        EXPECT_TRUE(Whose{}.includes(job));
        EXPECT_FALSE(Whose{Bert}.includes(job));
    }
    const Whose app{std::nullopt, "a"};
    EXPECT_TRUE(app.includes(own));
    EXPECT_FALSE(app.includes(other));
    EXPECT_FALSE(app.includes(liar));
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
