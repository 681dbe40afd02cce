// SPDX-License-Identifier: LGPL-2.1-or-later
#include "cli/bus_errors.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace haulier::cli {
namespace {

using testing::HasSubstr;
using testing::Not;

const std::string Ours = "org.haulier.Haulier1.Error.";
const std::string OfBus = "org.freedesktop.DBus.Error.";

Access of(Scope scope, bool all_users = false, bool ask_password = true) {
    return {scope, all_users, ask_password, false};
}

Failure on_system(const std::string& name, bool all_users = false, bool ask_password = true) {
    return bus_failure(name, "message", of(Scope::System, all_users, ask_password));
}

TEST(BusFailure, OfTheDaemonHasItsMessage) {
    EXPECT_EQ(on_system(Ours + "InvalidState"), (Failure{Exit::Failed, "message"}));
    EXPECT_EQ(on_system(Ours + "NotFound"), (Failure{Exit::NoSuchJob, "message"}));
    EXPECT_EQ(on_system(OfBus + "UnknownObject"), (Failure{Exit::NoSuchJob, "message"}));
    EXPECT_EQ(on_system("com.example.Strange"), (Failure{Exit::Failed, "message"}));
    for (const char* name :
         {"InvalidArgument", "NotSupported", "StringTooLong", "InvalidRange", "OverlappingRanges"})
        EXPECT_EQ(on_system(Ours + name), (Failure{Exit::Usage, "message"})) << name;
}

TEST(BusFailure, ExplainsTheExitStatusOfTheDaemon) {
    auto said = [](const std::string& message) {
        return bus_failure(OfBus + "Spawn.ChildExited", message, of(Scope::User)).message;
    };
    EXPECT_THAT(said("Process org.haulier.Haulier1 exited with status 69"), HasSubstr("state directory"));
    EXPECT_THAT(said("Process org.haulier.Haulier1 exited with status 74"), HasSubstr("database"));
    EXPECT_THAT(said("Process org.haulier.Haulier1 exited with status 1"), HasSubstr("status 1"));
}

TEST(BusUnreachable, NamesTheProxyOfSandboxes) {
    auto failure = bus_unreachable(Scope::User, "System.Error.ENOTCONN", "message");
    EXPECT_EQ(failure.code, Exit::Unreachable);
    EXPECT_THAT(failure.message, HasSubstr("xdg-dbus-proxy"));
}

TEST(BusFailure, HasShortIds) {
    auto said = [](const std::string& message) {
        return bus_failure(Ours + "InvalidState", message, of(Scope::User)).message;
    };
    std::string id = "62103b98000000000000000000000000";
    EXPECT_EQ(said("job " + id + " is not OnDemand"), "job 62103b98 is not OnDemand");
    EXPECT_EQ(said(id), "62103b98");
    EXPECT_EQ(said("sha256 " + id + id), "sha256 " + id + id);
    EXPECT_EQ(said("faded: no id"), "faded: no id");
    for (const auto& name :
         {"'/home/" + id + "/f' does not exist", "checksum 'md5:" + id + "'", id + "0.iso"})
        EXPECT_EQ(said(name), name) << "no id of a job";
}

// The message does not tell whether such a job belongs to another user, has ended or never existed.
TEST(BusFailure, WithoutAllUsersHidesJobsOfOthers) {
    for (const char* name : {"org.haulier.Haulier1.Error.AccessDenied",
                             "org.freedesktop.DBus.Error.InteractiveAuthorizationRequired"}) {
        auto failure = on_system(name);
        EXPECT_EQ(failure.code, Exit::NoSuchJob);
        EXPECT_THAT(failure.message, HasSubstr("you have no such job"));
        EXPECT_THAT(failure.message, HasSubstr("--all-users"));
    }
}

TEST(BusFailure, WithAllUsersSaysHowToBeAuthorised) {
    auto denied = on_system(Ours + "AccessDenied", true);
    EXPECT_EQ(denied.code, Exit::Failed);
    EXPECT_THAT(denied.message, HasSubstr("org.haulier.manage-all-jobs"));
    auto unasked = on_system(OfBus + "InteractiveAuthorizationRequired", true);
    EXPECT_EQ(unasked.code, Exit::Failed);
    EXPECT_THAT(unasked.message, HasSubstr("password"));
    EXPECT_THAT(unasked.message, Not(HasSubstr("--no-ask-password")));
    EXPECT_THAT(on_system(OfBus + "InteractiveAuthorizationRequired", true, false).message,
                HasSubstr("--no-ask-password"));
}

TEST(BusFailure, DistinguishesNotInstalledFromNotStarted) {
    auto missing = on_system(OfBus + "ServiceUnknown");
    EXPECT_EQ(missing.code, Exit::Unreachable);
    EXPECT_THAT(missing.message, HasSubstr("package haulier"));
    for (const char* name : {"org.freedesktop.DBus.Error.Spawn.ChildExited",
                             "org.freedesktop.DBus.Error.TimedOut", "org.freedesktop.systemd1.NoSuchUnit"}) {
        EXPECT_EQ(on_system(name).code, Exit::Unreachable);
        EXPECT_THAT(on_system(name).message, HasSubstr("systemctl status haulier"));
        EXPECT_THAT(bus_failure(name, "", of(Scope::User)).message,
                    HasSubstr("systemctl --user status haulier"));
    }
}

TEST(BusFailure, OfTheBusMeansThatTheDaemonIsUnreachable) {
    for (const char* error : {"AccessDenied", "NoReply", "Timeout", "Disconnected"})
        EXPECT_EQ(on_system(OfBus + error).code, Exit::Unreachable) << error;
    EXPECT_EQ(on_system("System.Error.ECONNRESET"), connection_lost());
}

TEST(BusUnreachable, MentionsTheOtherDaemon) {
    auto session = bus_unreachable(Scope::User, "System.Error.ECONNREFUSED", "why");
    EXPECT_EQ(session.code, Exit::Unreachable);
    EXPECT_THAT(session.message, HasSubstr("why (use --system for the daemon of the machine)"));
    auto unset = bus_unreachable(Scope::User, "System.Error.ENOMEDIUM", "No medium found").message;
    EXPECT_THAT(unset, HasSubstr("DBUS_SESSION_BUS_ADDRESS is not set"));
    EXPECT_THAT(unset, HasSubstr("loginctl enable-linger"));
    EXPECT_THAT(unset, HasSubstr("use --system"));
    EXPECT_THAT(bus_unreachable(Scope::System, "x", "why").message,
                HasSubstr("system bus cannot be reached: why"));
}

TEST(Access, IsInteractiveOnlyForJobsOfOthers) {
    EXPECT_FALSE(of(Scope::System).interactive());
    EXPECT_TRUE(of(Scope::System, true).interactive());
    EXPECT_FALSE(of(Scope::System, true, false).interactive());
}

TEST(Access, IsPartOfHints) {
    EXPECT_EQ(of(Scope::User).program(), "haulierctl");
    EXPECT_EQ(of(Scope::System).program(), "haulierctl --system");
    EXPECT_EQ(of(Scope::System, true).program(), "haulierctl --system --all-users");
}

} // namespace
} // namespace haulier::cli
