// SPDX-License-Identifier: LGPL-2.1-or-later
#include "daemon/bus/access/sandbox.hpp"

#include <gtest/gtest.h>

namespace haulier::bus {

namespace {

using job::Place;
using job::Use;

const process::UserFolders Folders{
    "/home/u", "/run/user/1", {{"xdg-download", "/home/u/Downloads"}, {"xdg-config", "/home/u/.config"}}};

FlatpakInfo info_with(const std::vector<std::string>& file_systems) {
    return {"org.example.App", "1", true, file_systems, {}};
}

/// Whether a file may be made, or only read, in the directory.
std::string access_to(const std::string& directory, const std::vector<std::string>& file_systems) {
    const std::optional grants = grants_of(info_with(file_systems), Folders);
    if (place_of(grants, directory, Use::Write)) return "write";
    return place_of(grants, directory, Use::Read) ? "read" : "none";
}

TEST(FlatpakInfo, IsReadFromItsFile) {
    auto info =
        parse_flatpak_info("[Application]\nname=org.example.App\nruntime=runtime/x\n\n"
                           "[Instance]\ninstance-id=123\n\n"
                           "[Context]\nshared=network;ipc;\nfilesystems=xdg-download;~/a\\sb:ro;c\\;d;\n"
                           "persistent=.mozilla;\n");
    EXPECT_EQ(info, (FlatpakInfo{
                        "org.example.App", "123", true, {"xdg-download", "~/a b:ro", "c;d"}, {".mozilla"}}));
    EXPECT_FALSE(
        parse_flatpak_info("[Application]\nname=org.example.App\n[Context]\nshared=ipc;\n")->network);
    EXPECT_FALSE(
        parse_flatpak_info("[Application]\nname=org.example.App\n[Other]\nshared=network;\n")->network);
    EXPECT_EQ(parse_flatpak_info("[Runtime]\nname=org.example.Platform\n")->app, "org.example.Platform");
}

TEST(FlatpakInfo, WithoutASoundNameIsNone) {
    for (const auto* content :
         {"", "[Context]\nname=org.example.App\n", "[Application]\nname=../x\n", "[Application]\nname=\n",
          "[Application]\nruntime=x\n[Context]\nname=wrong\n"})
        EXPECT_FALSE(parse_flatpak_info(content)) << content;
}

TEST(FlatpakInfo, WithDirectoriesThatCannotBeNamedIsNone) {
    std::string text = "[Application]\nname=org.example.App\n[Context]\nfilesystems=";
    EXPECT_TRUE(parse_flatpak_info(text + "~/a;\n"));
    EXPECT_FALSE(parse_flatpak_info(text + "~/a\\nb;\n"));
    for (int i = 0; i < 600; ++i)
        text += "~/a;";
    EXPECT_FALSE(parse_flatpak_info(text + "\n"));
}

TEST(Grants, OfEveryAppAreItsOwnDirectoryAndItsDocuments) {
    EXPECT_EQ(access_to("/home/u/.var/app/org.example.App/data", {}), "write");
    for (const auto* hidden : {"/home/u", "/home/u/.config", "/home/u/.var", "/home/u/.var/app",
                               "/home/u/.var/app/org.example.Other", "/home/u/.var/app/org.example.App2",
                               "/tmp", "/var/tmp", "/app", "/usr/share", "/etc", "/run/user/1", "/"})
        EXPECT_EQ(access_to(hidden, {}), "none") << hidden;
    const std::optional grants = grants_of(info_with({}), Folders);
    EXPECT_EQ(*place_of(grants, "/run/user/1/doc/a", Use::Write),
              (Place{"/run/user/1/doc/by-app/org.example.App", "/run/user/1/doc/by-app/org.example.App/a"}));
}

TEST(Grants, AreThoseOfThePermissions) {
    EXPECT_EQ(access_to("/home/u/Downloads/x", {"xdg-download"}), "write");
    EXPECT_EQ(access_to("/home/u/Downloads", {"xdg-download:ro"}), "read");
    EXPECT_EQ(access_to("/home/u/Downloads/x", {"xdg-download/x:create"}), "write");
    EXPECT_EQ(access_to("/home/u/Downloads", {"xdg-download/x"}), "none");
    EXPECT_EQ(access_to("/home/u/.config/x", {"xdg-config/x"}), "write");
    EXPECT_EQ(access_to("/home/u/a:b", {"~/a\\:b"}), "write");
    EXPECT_EQ(access_to("/mnt/x/y", {"/mnt/x/"}), "write");
    EXPECT_EQ(access_to("/run/user/1/x", {"xdg-run/x"}), "write");
    EXPECT_EQ(access_to("/run/user/1", {"xdg-run/x", "xdg-run"}), "none");
}

TEST(Grants, OfHomeLeaveOutTheDirectoriesOfOtherApps) {
    EXPECT_EQ(access_to("/home/u/.ssh", {"home"}), "write");
    EXPECT_EQ(access_to("/home/u/.ssh", {"home:ro"}), "read");
    EXPECT_EQ(access_to("/home/u/.var/app/org.example.Other", {"home"}), "none");
    EXPECT_EQ(access_to("/home/u/.var/app/org.example.Other", {"home", "~/.var/app/org.example.Other:ro"}),
              "read");
    EXPECT_EQ(access_to("/home/u/.var/app/org.example.App", {"home:ro"}), "write");
    EXPECT_EQ(access_to("/home/v", {"home"}), "none");
}

TEST(Grants, OfTheHostLeaveOutWhatTheSandboxHasOfItsOwn) {
    for (const auto* path : {"/home/u/x", "/home/v", "/mnt", "/media/disk", "/srv", "/opt", "/run/media/u"})
        EXPECT_EQ(access_to(path, {"host"}), "write") << path;
    for (const auto* path : {"/app", "/usr/bin", "/etc", "/tmp", "/var/tmp", "/run/user/1", "/proc/self",
                             "/dev/shm", "/root", "/sys", "/boot", "/home/u/.var/app/org.example.Other"})
        EXPECT_EQ(access_to(path, {"host"}), "none") << path;
    EXPECT_EQ(access_to("/srv", {"host:ro"}), "read");
    EXPECT_EQ(access_to("/tmp/x", {"host", "/tmp"}), "write");
    EXPECT_EQ(access_to("/home/u", {"home:ro", "host"}), "read") << "whatever their order";
}

TEST(Grants, TakenBackAreNone) {
    EXPECT_EQ(access_to("/home/u/Downloads", {"!xdg-download", "home"}), "none");
    EXPECT_EQ(access_to("/home/u/x", {"!host", "home"}), "write");
    EXPECT_EQ(access_to("/home/u/x", {"!home"}), "none");
}

TEST(Grants, OfWhatIsNotUnderstoodAreNone) {
    for (const auto* entry :
         {"xdg-unknown", "host:what", "host-os", "host-etc", "!host:reset", "relative", "", "~other", "/",
          "xdg-run/../../../etc", "/usr/share", "/run/host/etc", "xdg-run/doc/x"})
        for (const auto* path : {"/etc", "/home/u", "/usr/share", "/run/host/etc", "/relative"})
            EXPECT_EQ(access_to(path, {entry}), "none") << entry << " " << path;
}

TEST(Grants, OfPersistentDirectoriesAreNone) {
    auto info = info_with({"home"});
    info.persistent = {".mozilla", "."};
    const std::optional grants = grants_of(info, Folders);
    EXPECT_FALSE(place_of(grants, "/home/u/.mozilla/x", Use::Read));
    EXPECT_TRUE(place_of(grants, "/home/u/x", Use::Write));
}

TEST(Grants, DoNotDependOnTheOrderOfThePermissions) {
    EXPECT_EQ(grants_of(info_with({"xdg-download", "home:ro", "/mnt"}), Folders),
              grants_of(info_with({"/mnt", "xdg-download", "home:ro"}), Folders));
}

TEST(NamedFolders, AreReadFromTheFileOfTheDesktop) {
    auto named = process::named_folders(
        "# comment\nXDG_DOWNLOAD_DIR=\"$HOME/Down loads/\"\nXDG_MUSIC_DIR=\"/srv/music\"\n"
        "XDG_VIDEOS_DIR=\"$HOME/\"\nXDG_PICTURES_DIR=relative\nOTHER=\"/x\"\n",
        "/home/u");
    EXPECT_EQ(named, (std::map<std::string, std::string>{{"xdg-download", "/home/u/Down loads"},
                                                         {"xdg-music", "/srv/music"}}));
}

} // namespace

} // namespace haulier::bus
