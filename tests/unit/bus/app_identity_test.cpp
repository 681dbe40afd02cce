// SPDX-License-Identifier: LGPL-2.1-or-later
#include "daemon/bus/access/app_identity.hpp"

#include <gtest/gtest.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

namespace haulier::bus {
namespace {

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
    for (const auto& identity : {identify(process, ""), identify(Fd{}, "")}) {
        EXPECT_EQ(identity.app, AppIdentity{});
        EXPECT_EQ(identity.sandbox.kind, Sandbox::Kind::Unknown);
    }
}

Sandbox of_this_process(std::string_view label) {
    Fd process{static_cast<int>(syscall(SYS_pidfd_open, getpid(), 0))};
    return identify(process, label).sandbox;
}

TEST(Sandboxes, OfSnapsAreNamedByTheirProfile) {
    EXPECT_EQ(of_this_process("").kind, Sandbox::Kind::None);
    EXPECT_EQ(of_this_process("unconfined\n").kind, Sandbox::Kind::None);
    EXPECT_EQ(of_this_process("snap.code.code (complain)").kind, Sandbox::Kind::None) << "a classic one";
    auto strict = of_this_process(std::string_view{"snap.music.player (enforce)\0", 28});
    EXPECT_EQ(strict.kind, Sandbox::Kind::Snap);
    EXPECT_EQ(strict.app, "music");
}

} // namespace
} // namespace haulier::bus
