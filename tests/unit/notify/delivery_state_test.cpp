// SPDX-License-Identifier: LGPL-2.1-or-later
// The table of the state machine, and an attempt that goes through it.
#include "notify/attempt.hpp"
#include "notify/delivery_state.hpp"
#include "notify_samples.hpp"

#include <gtest/gtest.h>
#include <map>

namespace haulier::notify {

namespace {

using enum DeliveryState;
using Event = DeliveryEvent;
using std::chrono::seconds;

TEST(DeliveryState, FollowsTheTable) {
    const std::map<Event, DeliveryState> of_call{{Event::Acknowledge, Acknowledged},
                                                 {Event::Decline, Acknowledged},
                                                 {Event::Refuse, Refused},
                                                 {Event::Lack, PassedOver},
                                                 {Event::Vanish, Gone},
                                                 {Event::TimeOut, Unanswered},
                                                 {Event::FindNoBus, Owed}};
    for (auto event : AllDeliveryEvents) {
        auto expected = of_call.find(event);
        EXPECT_EQ(next(Called, event),
                  expected == of_call.end() ? std::nullopt : std::optional{expected->second});
    }
    for (auto waiting : {Owed, Refused, Unanswered, PassedOver, Gone})
        for (auto event : AllDeliveryEvents) {
            std::optional<DeliveryState> expected;
            if (event == Event::Call) expected = Called;
            if (event == Event::Vanish) expected = Gone;
            EXPECT_EQ(next(waiting, event), expected);
        }
    for (auto event : AllDeliveryEvents)
        EXPECT_FALSE(next(Acknowledged, event));
}

TEST(DeliveryState, FollowsFromTheOutcomeOfTheCall) {
    struct Row {
        CallOutcome outcome;
        DeliveryState of_end;
        DeliveryState of_file;
    };
    for (const auto& [outcome, of_end, of_file] : {
             Row{CallOutcome::Acknowledged, Acknowledged, Acknowledged},
             Row{CallOutcome::Refused, Refused, Refused},
             Row{CallOutcome::NoSuchMethod, PassedOver, Acknowledged},
             Row{CallOutcome::Declined, Acknowledged, Acknowledged},
             Row{CallOutcome::NoSuchObject, PassedOver, PassedOver},
             Row{CallOutcome::Gone, Gone, Gone},
             Row{CallOutcome::NotStarted, Gone, Gone},
             Row{CallOutcome::Unanswered, Unanswered, Unanswered},
             Row{CallOutcome::NoBus, Owed, Owed},
         }) {
        EXPECT_EQ(next(Called, event_of(outcome, false)), of_end) << static_cast<int>(outcome);
        EXPECT_EQ(next(Called, event_of(outcome, true)), of_file) << static_cast<int>(outcome);
    }
}

TEST(BackOff, DoublesUpToAMaximum) {
    BackOff back_off;
    EXPECT_FALSE(back_off.has_failed());
    EXPECT_EQ(back_off.not_before(), BootTime{});
    for (int pause : {5, 10, 20, 40, 80, 160, 320, 600, 600}) {
        back_off.extend(Start, Policy{});
        EXPECT_EQ(back_off.not_before(), Start + seconds{pause});
    }
    EXPECT_EQ(back_off.failures(), 9U);
}

TEST(Attempt, HasPausesOfItsOwn) {
    const Target first{":1.7", "/client"};
    const Target second{":1.8", "/client"};
    Attempt attempt;
    auto refuse = [&](int64_t row, const Target& target) {
        attempt.set_target(row, target);
        attempt.called();
        attempt.ended(Event::Refuse, true, Start, Policy{});
    };
    refuse(1, first);
    refuse(1, first);
    EXPECT_EQ(attempt.not_before(), Start + seconds{10});
    refuse(1, second); // another target
    EXPECT_EQ(attempt.not_before(), Start + seconds{5});
    refuse(2, second); // another notification
    EXPECT_EQ(attempt.not_before(), Start + seconds{5});
    EXPECT_EQ(attempt.state(), Refused);
    EXPECT_TRUE(attempt.is_about(2, second));
    EXPECT_FALSE(attempt.is_about(1, second));
    attempt.forget_back_off();
    EXPECT_EQ(attempt.not_before(), BootTime{});
    attempt.set_target(2, first);
    EXPECT_EQ(attempt.state(), Owed);
}

} // namespace

} // namespace haulier::notify
