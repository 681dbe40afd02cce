// SPDX-License-Identifier: LGPL-2.1-or-later
#include "base/call_outcome.hpp"

#include <gtest/gtest.h>
#include <string>

namespace haulier {

TEST(Verdict, IsWhatTheBusSaysOfWhomWeCalled) {
    const std::string_view standard = "org.freedesktop.DBus.Error.";
    auto of = [&](const char* name) { return call_outcome_of(std::string{standard} + name); };
    EXPECT_EQ(of("NoReply"), CallOutcome::Unanswered);
    EXPECT_EQ(of("TimedOut"), CallOutcome::Unanswered);
    EXPECT_EQ(of("ServiceUnknown"), CallOutcome::Gone);
    EXPECT_EQ(of("NameHasNoOwner"), CallOutcome::Gone);
    EXPECT_EQ(of("Spawn.ChildExited"), CallOutcome::Gone);
    EXPECT_EQ(of("UnknownObject"), CallOutcome::NoSuchObject);
    EXPECT_EQ(of("UnknownMethod"), CallOutcome::NoSuchObject);
    EXPECT_EQ(of("AccessDenied"), CallOutcome::Refused);
    EXPECT_EQ(of("LimitsExceeded"), CallOutcome::Refused);
}

TEST(Verdict, OfAStrangersErrorIsARefusal) {
    EXPECT_EQ(call_outcome_of("org.example.NotNow"), CallOutcome::Refused);
    EXPECT_EQ(call_outcome_of("org.example.ServiceUnknown"), CallOutcome::Refused);
    EXPECT_EQ(call_outcome_of(""), CallOutcome::Refused);
}

TEST(Verdict, OfAServiceThatSystemdCannotStartIsThatItIsGone) {
    EXPECT_EQ(call_outcome_of("org.freedesktop.systemd1.NoSuchUnit"), CallOutcome::Gone);
    EXPECT_EQ(call_outcome_of("org.freedesktop.systemd1.UnitMasked"), CallOutcome::Gone);
}

} // namespace haulier
