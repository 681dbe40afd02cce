// SPDX-License-Identifier: LGPL-2.1-or-later
#include "base/call_outcome.hpp"

#include <gtest/gtest.h>
#include <string>

namespace haulier {

namespace {

CallOutcome standard(const char* error, ErrorOrigin origin) {
    return call_outcome_of("org.freedesktop.DBus.Error." + std::string{error}, origin);
}

} // namespace

TEST(ErrorOrigin, IsKnownByTheSenderAndTheSerial) {
    EXPECT_EQ(error_origin_of(":1.7", 3), ErrorOrigin::Client);
    EXPECT_EQ(error_origin_of("org.freedesktop.DBus", 3), ErrorOrigin::Bus);
    EXPECT_EQ(error_origin_of("org.freedesktop.DBus", UINT32_MAX), ErrorOrigin::Local);
    EXPECT_EQ(error_origin_of("", 3), ErrorOrigin::Local);
}

TEST(CallOutcome, OfWhatTheBusSays) {
    auto of = [](const char* error) { return standard(error, ErrorOrigin::Bus); };
    EXPECT_EQ(of("NoReply"), CallOutcome::Gone) << "disconnected without replying";
    EXPECT_EQ(of("Disconnected"), CallOutcome::Gone);
    EXPECT_EQ(of("ServiceUnknown"), CallOutcome::NotStarted);
    EXPECT_EQ(of("NameHasNoOwner"), CallOutcome::NotStarted);
    EXPECT_EQ(of("AccessDenied"), CallOutcome::Refused);
    EXPECT_EQ(of("LimitsExceeded"), CallOutcome::Unanswered) << "it does not read";
}

TEST(CallOutcome, TellsAProgramThatRanFromOneThatCouldNotBeStarted) {
    auto of = [](const char* error) { return standard(error, ErrorOrigin::Bus); };
    EXPECT_EQ(of("Spawn.ChildExited"), CallOutcome::Gone);
    EXPECT_EQ(of("Spawn.ChildSignaled"), CallOutcome::Gone);
    EXPECT_EQ(of("TimedOut"), CallOutcome::Gone) << "it did not take its name in time";
    EXPECT_EQ(of("Spawn.ExecFailed"), CallOutcome::NotStarted);
    EXPECT_EQ(of("Spawn.FileInvalid"), CallOutcome::NotStarted);
    EXPECT_EQ(call_outcome_of("org.freedesktop.systemd1.NoSuchUnit", ErrorOrigin::Bus),
              CallOutcome::NotStarted);
}

/// It may have got the error from another program and passed it on.
TEST(CallOutcome, AnErrorFromAClientNeverMeansThatItHasLeft) {
    auto of = [](const char* error) { return standard(error, ErrorOrigin::Client); };
    for (const auto* error : {"ServiceUnknown", "Disconnected", "NameHasNoOwner", "NoReply", "TimedOut",
                              "Spawn.ChildExited", "LimitsExceeded", "AccessDenied"})
        EXPECT_EQ(of(error), CallOutcome::Refused) << error;
    EXPECT_EQ(of("UnknownMethod"), CallOutcome::NoSuchMethod);
    EXPECT_EQ(of("UnknownObject"), CallOutcome::NoSuchObject);
    EXPECT_EQ(of("UnknownInterface"), CallOutcome::NoSuchObject);
    for (const auto* error : {"org.example.NotNow", "org.example.UnknownMethod", ""})
        EXPECT_EQ(call_outcome_of(error, ErrorOrigin::Client), CallOutcome::Refused) << error;
}

TEST(CallOutcome, ATimeoutDoesNotMeanThatTheClientHasLeft) {
    for (const auto* error : {"NoReply", "Timeout", "TimedOut"})
        EXPECT_EQ(standard(error, ErrorOrigin::Local), CallOutcome::Unanswered) << error;
    EXPECT_EQ(standard("Disconnected", ErrorOrigin::Local), CallOutcome::Refused);
}

} // namespace haulier
