// SPDX-License-Identifier: LGPL-2.1-or-later
#include "base/verdict.hpp"

#include <gtest/gtest.h>
#include <string>

namespace haulier {

TEST(Verdict, IsWhatTheBusSaysOfWhomWeCalled) {
    const std::string_view standard = "org.freedesktop.DBus.Error.";
    auto of = [&](const char* name) { return verdict_of(std::string{standard} + name); };
    EXPECT_EQ(of("NoReply"), CallVerdict::Unanswered);
    EXPECT_EQ(of("TimedOut"), CallVerdict::Unanswered);
    EXPECT_EQ(of("ServiceUnknown"), CallVerdict::Gone);
    EXPECT_EQ(of("NameHasNoOwner"), CallVerdict::Gone);
    EXPECT_EQ(of("Spawn.ChildExited"), CallVerdict::Gone);
    EXPECT_EQ(of("UnknownObject"), CallVerdict::NoSuchObject);
    EXPECT_EQ(of("UnknownMethod"), CallVerdict::NoSuchObject);
    EXPECT_EQ(of("AccessDenied"), CallVerdict::Refused);
    EXPECT_EQ(of("LimitsExceeded"), CallVerdict::Refused);
}

TEST(Verdict, OfAStrangersErrorIsARefusal) {
    EXPECT_EQ(verdict_of("org.example.NotNow"), CallVerdict::Refused);
    EXPECT_EQ(verdict_of("org.example.ServiceUnknown"), CallVerdict::Refused);
    EXPECT_EQ(verdict_of(""), CallVerdict::Refused);
}

TEST(Verdict, OfAServiceThatSystemdCannotStartIsThatItIsGone) {
    EXPECT_EQ(verdict_of("org.freedesktop.systemd1.NoSuchUnit"), CallVerdict::Gone);
    EXPECT_EQ(verdict_of("org.freedesktop.systemd1.UnitMasked"), CallVerdict::Gone);
}

} // namespace haulier
