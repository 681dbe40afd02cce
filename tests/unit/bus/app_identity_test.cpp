// SPDX-License-Identifier: LGPL-2.1-or-later
#include "daemon/bus/access/app_identity.hpp"

#include <gtest/gtest.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

namespace haulier::bus {
namespace {

using process::ProcessFacts;
using View = ProcessFacts::View;

TEST(AppIdentity, IsInTheNameOfTheUnitThatTheDesktopStarted) {
    auto in = [](const std::string& unit) {
        return app_in_cgroup(
            "1:name=systemd:/app-wrong-1.scope\n0::/user.slice/user@1000.service/app.slice/" + unit + "\n");
    };
    EXPECT_EQ(in("app-org.example.App-1234.scope"), "org.example.App");
    EXPECT_EQ(in("app-gnome-org.example.App-1234.scope"), "org.example.App");
    EXPECT_EQ(in("app-gnome-gimp\\x2d2.10-1234.scope"), "gimp-2.10");
    EXPECT_EQ(in("app-org.example.App.service"), "org.example.App");
    EXPECT_EQ(in("app-org.example.App@autostart.service"), "org.example.App");
    EXPECT_EQ(in("app-flatpak-org.example.App-1234.scope/child"), "org.example.App");
    EXPECT_EQ(in("app-a-1.scope/app-b-2.scope"), "b");
}

TEST(AppIdentity, IsNotInOtherNames) {
    for (const char* unit :
         {"dbus.service", "app-.scope", "app-x.slice", "app-org.example.App-1.slice", "app--.scope",
          "app-a\\x2fb-1.scope", "app-\\x-1.scope", "session-1.scope", "xapp-a-1.scope", ""})
        EXPECT_EQ(app_in_cgroup(std::string{"0::/"} + unit + "\n"), "") << unit;
    EXPECT_EQ(app_in_cgroup("app-org.example.App-1.scope"), "");
    EXPECT_EQ(app_in_cgroup("0::/app-" + std::string(300, 'x') + "-1.scope\n"), "");
}

TEST(AppIdentity, IsNotKnownOfAProcessThatHasEnded) {
    pid_t child = fork();
    if (child == 0) _exit(0);
    Fd process{static_cast<int>(syscall(SYS_pidfd_open, child, 0))};
    ASSERT_TRUE(process);
    ASSERT_EQ(waitpid(child, nullptr, 0), child);
    EXPECT_EQ(process::examine(process).view, View::Ended);
    for (const auto& identity : {identity_of(process::examine(process), ""), identity_of({}, ""),
                                 identity_on_system_bus(process::examine(process), "")}) {
        EXPECT_EQ(identity.app, AppIdentity{});
        EXPECT_EQ(identity.sandbox.kind, Sandbox::Kind::Unknown);
    }
}

Sandbox of_this_process(std::string_view label) {
    Fd process{static_cast<int>(syscall(SYS_pidfd_open, getpid(), 0))};
    return identity_of(process::examine(process), label).sandbox;
}

TEST(Sandboxes, OfSnapsAreNamedByTheirProfile) {
    EXPECT_EQ(of_this_process("").kind, Sandbox::Kind::None);
    EXPECT_EQ(of_this_process("unconfined\n").kind, Sandbox::Kind::None);
    EXPECT_EQ(of_this_process("snap.code.code (complain)").kind, Sandbox::Kind::None) << "a classic one";
    auto strict = of_this_process(std::string_view{"snap.music.player (enforce)\0", 28});
    EXPECT_EQ(strict.kind, Sandbox::Kind::Snap);
    EXPECT_EQ(strict.app, "music");
}

ProcessFacts app_of_flatpak() {
    return {.view = View::Open,
            .in_flatpak = true,
            .flatpak_info = "[Application]\nname=org.example.App\n[Context]\nshared=network;\n",
            .folders = {"/home/u", "/run/user/1000", {}}};
}

TEST(Sandboxes, OfFlatpakAreTheSameOnEitherBus) {
    for (const auto& identity :
         {identity_of(app_of_flatpak(), ""), identity_on_system_bus(app_of_flatpak(), "")}) {
        EXPECT_EQ(identity.sandbox.kind, Sandbox::Kind::Flatpak);
        EXPECT_EQ(identity.app, (AppIdentity{"org.example.App", job::AppIdSource::Sandbox}));
        EXPECT_TRUE(identity.sandbox.network);
    }
}

TEST(Sandboxes, OfProcessesThatCannotBeExaminedAreNoneOnTheSystemBus) {
    auto kinds = [](const ProcessFacts& facts) {
        return std::pair{identity_of(facts, "").sandbox.kind, identity_on_system_bus(facts, "").sandbox.kind};
    };
    using enum Sandbox::Kind;
    EXPECT_EQ(kinds({.view = View::Open}), (std::pair{None, None}));
    EXPECT_EQ(kinds({.view = View::Hidden}), (std::pair{Unknown, None}));
    EXPECT_EQ(kinds({.view = View::Ended}), (std::pair{Unknown, Unknown})) << "its connection may live on";
    ProcessFacts from_flatpak{.view = View::Hidden,
                              .cgroups = "0::/user.slice/app.slice/app-flatpak-org.example.App-12.scope\n"};
    EXPECT_EQ(kinds(from_flatpak), (std::pair{Unknown, Unknown}));
    auto nonsense = app_of_flatpak();
    nonsense.flatpak_info = "nonsense";
    EXPECT_EQ(kinds(nonsense), (std::pair{Unknown, Unknown}));
    EXPECT_EQ(identity_on_system_bus({.view = View::Hidden}, "snap.music.player (enforce)").sandbox.kind,
              Snap);
}

} // namespace
} // namespace haulier::bus
