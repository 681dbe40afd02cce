// SPDX-License-Identifier: LGPL-2.1-or-later
// The state machine of a job (BITS 2.1 to 2.3): what may follow what, and nothing else.
#pragma once

#include <array>
#include <optional>
#include <string_view>

namespace haulier::job {

enum class State {
    Suspended,      ///< paused; the first state of every job
    Queued,         ///< wants to run and waits for its turn
    Connecting,     ///< the first request is under way
    Transferring,   ///< data moves
    TransientError, ///< failed, will be tried again by itself
    Error,          ///< failed, needs somebody
    Transferred,    ///< all is here, waits for Complete
    Acknowledged,   ///< ended by Complete
    Cancelled,      ///< ended by Cancel
};

enum class Event {
    Resume,      ///< verb, with files left to transfer
    Suspend,     ///< verb
    Cancel,      ///< verb
    Complete,    ///< verb accepted: nothing more is fetched, finished files are being published
    Published,   ///< every finished file has its name
    Granted,     ///< the scheduler gives it a slot
    Connected,   ///< the headers of a first answer are in
    Interrupted, ///< its slot is gone through no fault of its own (worker lost, daemon restarted)
    Failed,      ///< a failure that time may cure
    FailedForGood,
    RetryDue,   ///< the retry delay is over
    NoProgress, ///< the no-progress timeout is over
    AllTransferred,
    RangesFilled, ///< on-demand: what was asked for is here, the file is not whole
    Rejected,     ///< the client, or the end of AutoComplete, finds the job wanting
    Taken,        ///< another owner takes it, and what is on disk stays behind
};

inline constexpr std::array AllStates{State::Suspended,    State::Queued,         State::Connecting,
                                      State::Transferring, State::TransientError, State::Error,
                                      State::Transferred,  State::Acknowledged,   State::Cancelled};
inline constexpr std::array AllEvents{
    Event::Resume,         Event::Suspend,       Event::Cancel,    Event::Complete,
    Event::Published,      Event::Granted,       Event::Connected, Event::Interrupted,
    Event::Failed,         Event::FailedForGood, Event::RetryDue,  Event::NoProgress,
    Event::AllTransferred, Event::RangesFilled,  Event::Rejected,  Event::Taken};

constexpr bool is_final(State s) {
    return s == State::Acknowledged || s == State::Cancelled;
}
/// Has a slot: data moves, or is about to.
constexpr bool is_running(State s) {
    return s == State::Connecting || s == State::Transferring;
}
/// BITS' action states: the job goes on by itself.
constexpr bool is_active(State s) {
    return is_running(s) || s == State::Queued || s == State::TransientError;
}

/// The state after `event`, or nothing when the event is not legal there. Total: every pair has an answer.
constexpr std::optional<State> next(State state, Event event) {
    using enum State;
    if (is_final(state)) return std::nullopt;
    switch (event) {
    case Event::Cancel: return Cancelled;
    case Event::Complete: return Transferred;
    case Event::Suspend:
        // ERROR and TRANSFERRED count as suspended by themselves (BITS 2.2, choice U-3).
        if (state == Error || state == Transferred) return state;
        return Suspended;
    case Event::Resume:
        if (is_running(state)) return state;
        return Queued;
    case Event::Published:
        if (state == Transferred) return Acknowledged;
        return std::nullopt;
    case Event::Granted:
        if (state == Queued) return Connecting;
        return std::nullopt;
    case Event::Connected:
        if (is_running(state)) return Transferring;
        return std::nullopt;
    case Event::Interrupted:
        if (is_running(state)) return Queued;
        return state;
    case Event::Failed:
        if (is_running(state) || state == Queued) return TransientError;
        return std::nullopt;
    case Event::FailedForGood:
        if (is_active(state)) return Error;
        return std::nullopt;
    case Event::RetryDue:
        if (state == TransientError) return Queued;
        return std::nullopt;
    case Event::NoProgress:
        if (is_active(state)) return Error;
        return std::nullopt;
    case Event::AllTransferred:
        if (is_active(state) || state == Suspended) return Transferred;
        return std::nullopt;
    case Event::RangesFilled:
        if (is_active(state)) return Suspended;
        return std::nullopt;
    case Event::Rejected: return Error;
    case Event::Taken:
        if (is_running(state)) return Queued;
        if (state == Transferred) return Suspended;
        return state;
    }
    return std::nullopt;
}

/// The word on the bus, e.g. "transient-error".
std::string_view to_string(State state);
std::optional<State> parse_state(std::string_view word);

namespace promises {

constexpr bool final_states_are_sinks() {
    for (State s : AllStates)
        for (Event e : AllEvents)
            if (is_final(s) && next(s, e)) return false;
    return true;
}

constexpr bool cancel_always_ends() {
    for (State s : AllStates)
        if (!is_final(s) && next(s, Event::Cancel) != State::Cancelled) return false;
    return true;
}

/// The four verbs of BITS are legal everywhere but in final states, and Suspend twice is Suspend once.
constexpr bool verbs_are_legal_until_the_end() {
    for (State s : AllStates)
        for (Event verb : {Event::Suspend, Event::Resume, Event::Cancel, Event::Complete})
            if (next(s, verb).has_value() == is_final(s)) return false;
    return true;
}

constexpr bool suspend_is_idempotent() {
    for (State s : AllStates)
        if (auto once = next(s, Event::Suspend); once && next(*once, Event::Suspend) != once) return false;
    return true;
}

/// Nothing but Resume brings a suspended or failed job to work again.
constexpr bool only_resume_wakes() {
    for (State s : {State::Suspended, State::Error, State::Transferred})
        for (Event e : AllEvents)
            if (auto after = next(s, e); e != Event::Resume && after && is_active(*after)) return false;
    return true;
}

/// Only Published ends a job well: Complete alone is a promise, not the deed.
constexpr bool only_published_acknowledges() {
    for (State s : AllStates)
        for (Event e : AllEvents)
            if (e != Event::Published && next(s, e) == State::Acknowledged) return false;
    return true;
}

static_assert(final_states_are_sinks());
static_assert(cancel_always_ends());
static_assert(verbs_are_legal_until_the_end());
static_assert(suspend_is_idempotent());
static_assert(only_resume_wakes());
static_assert(only_published_acknowledges());

} // namespace promises

} // namespace haulier::job
