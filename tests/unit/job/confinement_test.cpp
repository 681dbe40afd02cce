// SPDX-License-Identifier: LGPL-2.1-or-later
#include "job/confinement.hpp"

#include "job/decide.hpp"
#include "samples.hpp"

#include <gtest/gtest.h>
#include <set>
#include <string_view>
#include <type_traits>

namespace haulier::job {

namespace {

using Access = Grant::Access;

Grant same(const std::string& path, Access access) {
    return {path, path, access};
}

/// Of an app that was given the home directory, Music only to read, and one document.
const std::optional<Grants> HomeGrants = Grants{
    same("/home/u", Access::Write),
    same("/home/u/.var/app", Access::Hidden),
    same("/home/u/.var/app/a", Access::Write),
    same("/home/u/Music", Access::Read),
    {"/run/user/1/doc", "/run/user/1/doc/by-app/a", Access::Write},
};
const std::optional<Grants> OwnGrants =
    Grants{same("/home/u/.var/app/a", Access::Write), same("/media/disk", Access::Read)};

Errc error_at(const std::optional<Grants>& grants, const std::string& directory, Use use = Use::Write) {
    auto place = place_of(grants, directory, use);
    return place ? Errc::Internal : place.error().code;
}

TEST(Confinement, WithoutGrantsEveryPathIsAllowed) {
    EXPECT_EQ(*place_of(std::nullopt, "/etc/../x", Use::Write), (Place{"", "/etc/../x"}));
}

TEST(Confinement, TheInnermostGrantDecides) {
    EXPECT_EQ(*place_of(OwnGrants, "/home/u/.var/app/a/data", Use::Write),
              (Place{"/home/u/.var/app/a", "/home/u/.var/app/a/data"}));
    EXPECT_EQ(error_at(HomeGrants, "/home/u/Music/x", Use::Write), Errc::OutsideSandbox);
    EXPECT_TRUE(place_of(HomeGrants, "/home/u/Music/x", Use::Read));
    EXPECT_EQ(error_at(HomeGrants, "/home/u/.var/app/b"), Errc::OutsideSandbox);
    EXPECT_EQ(error_at(HomeGrants, "/home/u/.var/app"), Errc::OutsideSandbox);
    EXPECT_TRUE(place_of(HomeGrants, "/home/u/.var/app/a", Use::Write));
}

TEST(Confinement, AFileCanHaveAGrantOfItsOwn) {
    Job job;
    job.grants = Grants{same("/home/u/project", Access::Write), same("/home/u/project/config", Access::Read),
                        same("/home/u/project/secret", Access::Hidden)};
    FileSpec spec;
    spec.local = "/home/u/project/other";
    EXPECT_TRUE(check_confinement(job, spec));
    for (const auto* refused : {"/home/u/project/config", "/home/u/project/secret"}) {
        spec.local = refused;
        EXPECT_FALSE(check_confinement(job, spec)) << refused;
    }
    job.type = Type::Upload;
    spec.local = "/home/u/project/config";
    EXPECT_TRUE(check_confinement(job, spec)) << "it can be read";
}

TEST(Confinement, WhatIsNotGrantedIsRefused) {
    for (const auto* path :
         {"/", "/etc", "/home", "/home/v", "/home/u2", "/home/u/.var/app/a2", "/home/u/.ssh", "/tmp", "/app",
          "/run/user/1/doc", "/media/disk2", "/proc/self/root"})
        EXPECT_EQ(error_at(OwnGrants, path, Use::Read), Errc::OutsideSandbox) << path;
    EXPECT_EQ(error_at(OwnGrants, "/media/disk", Use::Write), Errc::OutsideSandbox);
    EXPECT_EQ(error_at(Grants{}, "/home/u/.var/app/a"), Errc::OutsideSandbox);
}

TEST(Confinement, PathsWithDetoursAreRefused) {
    for (const auto* path : {"", "home/u/.var/app/a", "/home/u/.var/app/a/..", "/home/u/.var/app/a/../b",
                             "/home/u/.var/app/a/./x", "/home/u/.var/app/a//x", "/home/u/.var/app/a/",
                             "/home/u/../u/.var/app/a", "//home/u/.var/app/a"})
        EXPECT_EQ(error_at(OwnGrants, path), Errc::OutsideSandbox) << path;
    EXPECT_EQ(error_at(OwnGrants, std::string{"/home/u/.var/app/a\0/x", 21}), Errc::OutsideSandbox);
}

TEST(Confinement, TheRootIsTheOutermostDirectoryInWhichTheAppCouldPlantALink) {
    EXPECT_EQ(place_of(HomeGrants, "/home/u/.var/app/a/x", Use::Write)->root, "/home/u");
    EXPECT_EQ(place_of(HomeGrants, "/home/u/Music", Use::Read)->root, "/home/u");
    EXPECT_EQ(place_of(OwnGrants, "/media/disk/x", Use::Read)->root, "/media/disk");
    Grants host{same("/", Access::Write), same("/etc", Access::Hidden), same("/srv/x", Access::Write)};
    EXPECT_EQ(*place_of(host, "/srv/x/y", Use::Write), (Place{"/srv/x", "/srv/x/y"}));
    EXPECT_EQ(*place_of(host, "/opt/y", Use::Write), (Place{"/", "/opt/y"}));
    EXPECT_EQ(*place_of(host, "/", Use::Write), (Place{"/", "/"}));
    EXPECT_EQ(error_at(host, "/etc/x"), Errc::OutsideSandbox);
}

TEST(Confinement, DocumentsAreThoseOfTheApp) {
    EXPECT_EQ(*place_of(HomeGrants, "/run/user/1/doc/abc", Use::Write),
              (Place{"/run/user/1/doc/by-app/a", "/run/user/1/doc/by-app/a/abc"}));
    // Not a way around: inside the view of the app there is no such document.
    EXPECT_EQ(place_of(HomeGrants, "/run/user/1/doc/by-app/b/abc", Use::Write)->directory,
              "/run/user/1/doc/by-app/a/by-app/b/abc");
}

TEST(Confinement, NoDirectoryIsNamedWhereNoneIsGranted) {
    Job job;
    job.grants = OwnGrants;
    EXPECT_EQ(place_in(job, "/etc", Use::Read), (Place{"/", ""}));
    job.grants.reset();
    EXPECT_EQ(place_in(job, "/etc", Use::Read), (Place{"", "/etc"}));
}

Request request_of_app() {
    Request request;
    request.settings.set<&Settings::display_name>("x");
    request.app_id = "org.example.App";
    request.app_id_source = AppIdSource::Sandbox;
    request.grants = OwnGrants;
    return request;
}

Errc error_of(const Request& request) {
    auto made = create(Id{}, 1000, request, Limits{}, Now{});
    return made ? Errc::Internal : made.error().code;
}

TEST(ConfinedJobs, HaveFilesInGrantedDirectoriesOnly) {
    auto request = request_of_app();
    FileSpec spec;
    spec.remote = "http://a/b";
    spec.local = "/home/u/.var/app/a/x";
    request.files = {spec};
    EXPECT_EQ(error_of(request), Errc::Internal);
    request.files[0].local = "/media/disk/x";
    EXPECT_EQ(error_of(request), Errc::OutsideSandbox) << "only to be read";
    request.type = Type::Upload;
    EXPECT_EQ(error_of(request), Errc::Internal);
    request.type = Type::UploadReply;
    EXPECT_EQ(error_of(request), Errc::OutsideSandbox) << "the reply would be beside it";
    request.settings.set<&Settings::reply_file_name>("/home/u/.var/app/a/reply");
    EXPECT_EQ(error_of(request), Errc::Internal);
}

TEST(ConfinedJobs, StayConfinedWhateverIsAddedOrChanged) {
    auto job = create(Id{}, 1000, request_of_app(), Limits{}, Now{})->job;
    FileSpec spec;
    spec.remote = "http://a/b";
    spec.local = "/home/u/.bashrc";
    EXPECT_EQ(add_files(job, {spec}, Limits{}, Now{}).error().code, Errc::OutsideSandbox);
    SettingsPatch patch;
    patch.set<&Settings::http, &Http::client_certificate>("/home/u/.ssh/id");
    EXPECT_EQ(change(job, {}, patch, Now{}).error().code, Errc::OutsideSandbox);
    patch = {};
    patch.set<&Settings::http, &Http::certificate_authority>("/home/u/ca.pem");
    EXPECT_EQ(change(job, {}, patch, Now{}).error().code, Errc::OutsideSandbox);
}

/// A new text that is a path has to be checked.
TEST(ConfinedJobs, EachTextIsAPathThatIsCheckedOrNoPath) {
    const std::set<std::string_view> paths{"ClientCertificate", "ClientKey", "CertificateAuthority",
                                           "ReplyFileName", "TemporaryDirectory"};
    const std::set<std::string_view> others{"DisplayName", "Description", "Icon",
                                            "ProxyList",   "ProxyBypass", "HttpMethod"};
    for_each_setting([&]<class Row>(const Row& row) {
        if constexpr (std::is_same_v<typename Row::Value, std::string>) {
            Job job;
            job.grants = OwnGrants;
            row.in(job) = "/outside/file";
            EXPECT_EQ(static_cast<bool>(check_confinement(job)), !paths.contains(row.name)) << row.name;
            EXPECT_TRUE(paths.contains(row.name) || others.contains(row.name)) << row.name;
        }
    });
}

TEST(ConfinedJobs, NotifyServicesOfTheirAppOnly) {
    for (const auto* name : {"org.example.App", "org.example.App.Helper"})
        EXPECT_TRUE(check_service_of_app({name, "/"}, "org.example.App")) << name;
    for (const auto* name : {"org.example.Apple", "org.example", "org.freedesktop.systemd1"})
        EXPECT_FALSE(check_service_of_app({name, "/"}, "org.example.App")) << name;
    auto request = request_of_app();
    request.settings.set<&Settings::notify_service>({"org.other.Service", "/"});
    EXPECT_EQ(error_of(request), Errc::AccessDenied);
}

TEST(ConfinedJobs, DoNotUseTheTicketsOfTheUser) {
    auto request = request_of_app();
    Credentials tickets;
    tickets.scheme = Credentials::Scheme::Negotiate;
    request.settings.set<&Settings::http, &Http::credentials>({tickets});
    EXPECT_EQ(error_of(request), Errc::AccessDenied);
}

TEST(ConfinedJobs, BelongToTheirApp) {
    auto job = create(Id{}, 1000, request_of_app(), Limits{}, Now{})->job;
    EXPECT_TRUE(belongs_to(job, ""));
    EXPECT_TRUE(belongs_to(job, "org.example.App"));
    EXPECT_FALSE(belongs_to(job, "org.example"));
    job.grants.reset();
    EXPECT_FALSE(belongs_to(job, "org.example.App")) << "a program outside says that it is that app";
}

} // namespace

} // namespace haulier::job
