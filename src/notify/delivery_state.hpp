// SPDX-License-Identifier: LGPL-2.1-or-later
// The state machine of one notification and its target: which state follows an event, and nothing else.
// Another notification, or another target, begins anew as Owed.
#pragma once

#include "base/call_outcome.hpp"

#include <array>
#include <optional>

namespace haulier::notify {

enum class DeliveryState {
    Owed,         ///< may be called at once
    Called,       ///< a call is in flight
    Refused,      ///< the target replied with an error: called again after a pause
    Unanswered,   ///< the target did not reply: called again after a pause
    PassedOver,   ///< the target lacks the object or method: the service is called, if there is one
    Gone,         ///< the target has left: the service is called, or started again
    Acknowledged, ///< leaves the outbox
};

/// What happens to a delivery: the start of a call, its outcome, or a connection that leaves the bus.
enum class DeliveryEvent {
    Call,
    Acknowledge,
    Refuse,
    Lack,    ///< the target says that it has no such object or method
    Decline, ///< the target does not want such calls
    Vanish,  ///< the bus says that the target is not there
    TimeOut,
    FindNoBus ///< the target's user has no bus
};

inline constexpr std::array AllDeliveryStates{
    DeliveryState::Owed,       DeliveryState::Called, DeliveryState::Refused,     DeliveryState::Unanswered,
    DeliveryState::PassedOver, DeliveryState::Gone,   DeliveryState::Acknowledged};
inline constexpr std::array AllDeliveryEvents{
    DeliveryEvent::Call,    DeliveryEvent::Acknowledge, DeliveryEvent::Refuse,  DeliveryEvent::Lack,
    DeliveryEvent::Decline, DeliveryEvent::Vanish,      DeliveryEvent::TimeOut, DeliveryEvent::FindNoBus};

/// Whether the notification still has to be delivered.
constexpr bool is_owed(DeliveryState state) {
    return state != DeliveryState::Acknowledged;
}

/// What an outcome means. The callbacks for single files and for changes may be missing from a client.
constexpr DeliveryEvent event_of(CallOutcome outcome, bool is_optional) {
    switch (outcome) {
    case CallOutcome::Acknowledged: return DeliveryEvent::Acknowledge;
    case CallOutcome::Refused: return DeliveryEvent::Refuse;
    case CallOutcome::NoSuchMethod: return is_optional ? DeliveryEvent::Decline : DeliveryEvent::Lack;
    case CallOutcome::Declined: return DeliveryEvent::Decline;
    case CallOutcome::NoSuchObject: return DeliveryEvent::Lack;
    case CallOutcome::Gone:
    case CallOutcome::NotStarted: return DeliveryEvent::Vanish;
    case CallOutcome::Unanswered: return DeliveryEvent::TimeOut;
    case CallOutcome::NoBus: return DeliveryEvent::FindNoBus;
    }
    return DeliveryEvent::Refuse;
}

/// The state after `event`, or nothing if the event is not possible there.
constexpr std::optional<DeliveryState> next(DeliveryState state, DeliveryEvent event) {
    using enum DeliveryState;
    if (state == Acknowledged) return std::nullopt;
    if (event == DeliveryEvent::Vanish) return Gone;
    if (state != Called) {
        if (event == DeliveryEvent::Call) return Called;
        return std::nullopt;
    }
    switch (event) {
    case DeliveryEvent::Call:
    case DeliveryEvent::Vanish: return std::nullopt;
    case DeliveryEvent::Acknowledge:
    case DeliveryEvent::Decline: return Acknowledged;
    case DeliveryEvent::Refuse: return Refused;
    case DeliveryEvent::Lack: return PassedOver;
    case DeliveryEvent::TimeOut: return Unanswered;
    case DeliveryEvent::FindNoBus: return Owed;
    }
    return std::nullopt;
}

namespace promises {

/// A client that has not replied with success, or declined, is owed the notification.
constexpr bool only_a_reply_acknowledges() {
    for (auto state : AllDeliveryStates)
        for (auto event : AllDeliveryEvents)
            if (next(state, event) == DeliveryState::Acknowledged && event != DeliveryEvent::Acknowledge &&
                event != DeliveryEvent::Decline)
                return false;
    return true;
}

/// Only the bus can say that a client is gone.
constexpr bool only_the_bus_tells_who_is_gone() {
    for (auto state : AllDeliveryStates)
        for (auto event : AllDeliveryEvents)
            if (next(state, event) == DeliveryState::Gone && event != DeliveryEvent::Vanish) return false;
    return true;
}

/// Nothing that is owed can stay without another call.
constexpr bool what_is_owed_can_be_called() {
    for (auto state : AllDeliveryStates)
        if (is_owed(state) && state != DeliveryState::Called && !next(state, DeliveryEvent::Call))
            return false;
    return true;
}

static_assert(only_a_reply_acknowledges());
static_assert(only_the_bus_tells_who_is_gone());
static_assert(what_is_owed_can_be_called());

} // namespace promises

} // namespace haulier::notify
