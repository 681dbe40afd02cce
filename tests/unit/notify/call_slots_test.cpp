// SPDX-License-Identifier: LGPL-2.1-or-later
#include "notify/call_slots.hpp"

#include <gtest/gtest.h>
#include <string>

namespace haulier::notify {

namespace {

using std::chrono::seconds;

constexpr uint32_t Owner = 1000;
constexpr BootTime Start{seconds{1000}};
const Policy Defaults;

Target client(int number) {
    return {":1." + std::to_string(number), "/client"};
}

struct CallSlotsTest : testing::Test {
    CallSlots slots;
    [[nodiscard]] std::optional<BootTime> free_at(const Target& target, BootTime now = Start) const {
        return slots.free_at(Owner, target, now, Defaults);
    }
};

TEST_F(CallSlotsTest, AreOnePerDestination) {
    EXPECT_EQ(free_at(client(1)), Start);
    slots.take(Owner, client(1), Start);
    EXPECT_FALSE(free_at(client(1), Start + seconds{60}));
    EXPECT_FALSE(free_at({":1.1", "/elsewhere"}));
    EXPECT_EQ(free_at(client(2)), Start);
    EXPECT_EQ(slots.free_at(Owner + 1, client(1), Start, Defaults), Start);
    slots.release(Owner, client(1), Start);
    EXPECT_EQ(free_at(client(1)), Start);
}

TEST_F(CallSlotsTest, TellBusesApart) {
    Target service{"org.example.App", "/app", Target::Kind::Service};
    Target session_service{"org.example.App", "/app", Target::Kind::SessionService};
    slots.take(Owner, service, Start);
    EXPECT_FALSE(free_at(service));
    EXPECT_EQ(free_at(session_service), Start);
}

TEST_F(CallSlotsTest, AreFourPerOwnerUntilACallIsSlow) {
    for (int i = 0; i < 4; ++i)
        slots.take(Owner, client(i), Start + seconds{i});
    auto now = Start + seconds{1};
    EXPECT_EQ(free_at(client(9), now), Start + Defaults.slow_after);
    EXPECT_EQ(slots.free_at(Owner + 1, client(9), now, Defaults), now);
    now = Start + Defaults.slow_after;
    EXPECT_EQ(free_at(client(9), now), now);
}

TEST_F(CallSlotsTest, AreLimitedEvenIfAllCallsAreSlow) {
    for (uint32_t i = 0; i < Defaults.calls_maximum; ++i)
        slots.take(Owner, client(static_cast<int>(i)), Start);
    auto later = Start + seconds{60};
    EXPECT_FALSE(free_at(client(99), later));
    slots.release(Owner, client(0), Start);
    EXPECT_EQ(free_at(client(99), later), later);
}

} // namespace

} // namespace haulier::notify
