// SPDX-License-Identifier: LGPL-2.1-or-later
// The state machine of a job (BITS 2.1 to 2.3): which state follows which event, and nothing else.
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
    TransientError, ///< failed, and will be tried again after a delay
    Blocked,        ///< waits until network, cost or power allow it to run
    Error,          ///< failed, and waits for its client
    Transferred,    ///< every file is here; waits for Complete
    Publishing,     ///< Complete was accepted: finished files are being given their names
    Acknowledged,   ///< ended by Complete
    Cancelled,      ///< ended by Cancel
};

enum class Event {
    Resume,        ///< called, with files left to transfer
    Suspend,       ///< called
    Cancel,        ///< called
    Complete,      ///< accepted: nothing more is fetched, finished files are being published
    Published,     ///< every finished file has its name
    PublishFailed, ///< a finished file cannot be given its name
    Granted,       ///< the scheduler gives the job a slot
    Connected,     ///< the headers of a first response have arrived
    Interrupted,   ///< the job lost its slot through no fault of its own (worker lost, daemon restarted)
    Deferred,      ///< nothing of it moves, and nothing may start before a date or an event
    FailedForGood,
    Blocked,    ///< the environment does not allow the job to run
    RetryDue,   ///< the retry delay is over, or the environment allows the job to run again
    NoProgress, ///< the no-progress timeout is over
    AllTransferred,
    RangesFilled, ///< on demand: everything that was requested is here, but the file is not complete
    Rejected,     ///< the client found the content invalid, or AutoComplete could not publish the files
    Taken,        ///< another user takes the job, and what is on disk stays behind
};

inline constexpr std::array AllStates{State::Suspended,    State::Queued,         State::Connecting,
                                      State::Transferring, State::TransientError, State::Blocked,
                                      State::Error,        State::Transferred,    State::Publishing,
                                      State::Acknowledged, State::Cancelled};
inline constexpr std::array AllEvents{
    Event::Resume,        Event::Suspend,  Event::Cancel,    Event::Complete,    Event::Published,
    Event::PublishFailed, Event::Granted,  Event::Connected, Event::Interrupted, Event::Deferred,
    Event::FailedForGood, Event::Blocked,  Event::RetryDue,  Event::NoProgress,  Event::AllTransferred,
    Event::RangesFilled,  Event::Rejected, Event::Taken};

constexpr bool is_final(State s) {
    return s == State::Acknowledged || s == State::Cancelled;
}
/// Has a slot: data moves, or is about to.
constexpr bool is_running(State s) {
    return s == State::Connecting || s == State::Transferring;
}
/// BITS' action states: the job continues by itself.
constexpr bool is_active(State s) {
    return is_running(s) || s == State::Queued || s == State::TransientError || s == State::Blocked;
}
/// Clients can change the job.
constexpr bool is_changeable(State s) {
    return !is_final(s) && s != State::Publishing;
}
/// The state of BITS that clients see. Publishing and Blocked are told from it by their WaitReason.
constexpr State shown_as(State s) {
    if (s == State::Publishing) return State::Transferred;
    if (s == State::Blocked) return State::TransientError;
    return s;
}

/// The state after `event`, or nothing if the event is not legal there. Every pair has an answer.
constexpr std::optional<State> next(State state, Event event) {
    using enum State;
    if (is_final(state)) return std::nullopt;
    if (state == Publishing) {
        if (event == Event::Published) return Acknowledged;
        if (event == Event::PublishFailed) return Transferred;
        if (event == Event::Interrupted) return state;
        return std::nullopt;
    }
    switch (event) {
    case Event::Cancel: return Cancelled;
    case Event::Complete: return Publishing;
    case Event::Suspend:
        // ERROR and TRANSFERRED count as suspended by themselves (BITS 2.2, choice U-3).
        if (state == Error || state == Transferred) return state;
        return Suspended;
    case Event::Resume:
        if (is_running(state)) return state;
        return Queued;
    case Event::Published:
    case Event::PublishFailed: return std::nullopt;
    case Event::Granted:
        if (state == Queued) return Connecting;
        return std::nullopt;
    case Event::Connected:
        if (is_running(state)) return Transferring;
        return std::nullopt;
    case Event::Interrupted:
        if (is_running(state)) return Queued;
        return state;
    case Event::Deferred:
        if (is_running(state) || state == Queued || state == TransientError) return TransientError;
        return std::nullopt;
    case Event::FailedForGood:
    case Event::NoProgress:
        if (is_active(state)) return Error;
        return std::nullopt;
    case Event::Blocked:
        if (is_running(state) || state == Queued || state == Blocked) return Blocked;
        return std::nullopt;
    case Event::RetryDue:
        if (state == TransientError || state == Blocked) return Queued;
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

/// The word on the bus, such as "transient-error", which is that of shown_as(state).
std::string_view to_string(State state);
/// Only states that clients see.
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
        if (is_changeable(s) && next(s, Event::Cancel) != State::Cancelled) return false;
    return true;
}

/// The four calls of BITS are legal until the end begins, and not from then on.
constexpr bool calls_are_legal_until_the_end_begins() {
    for (State s : AllStates)
        for (Event call : {Event::Suspend, Event::Resume, Event::Cancel, Event::Complete})
            if (next(s, call).has_value() != is_changeable(s)) return false;
    return true;
}

constexpr bool suspend_is_idempotent() {
    for (State s : AllStates)
        if (auto once = next(s, Event::Suspend); once && next(*once, Event::Suspend) != once) return false;
    return true;
}

/// Nothing but Resume makes a suspended, failed or transferred job active again.
constexpr bool only_resume_wakes() {
    for (State s : {State::Suspended, State::Error, State::Transferred, State::Publishing})
        for (Event e : AllEvents)
            if (auto after = next(s, e); e != Event::Resume && after && is_active(*after)) return false;
    return true;
}

/// Complete is stored before it is carried out: a job is acknowledged only after it was publishing.
constexpr bool only_published_acknowledges() {
    for (State s : AllStates)
        for (Event e : AllEvents)
            if ((s != State::Publishing || e != Event::Published) && next(s, e) == State::Acknowledged)
                return false;
    return true;
}

/// A job begins to publish only when its client, or AutoComplete, completes it.
constexpr bool only_complete_publishes() {
    for (State s : AllStates)
        for (Event e : AllEvents)
            if (s != State::Publishing && e != Event::Complete && next(s, e) == State::Publishing)
                return false;
    return true;
}

/// A publishing job ends, or is where it was before.
constexpr bool publishing_ends_or_is_undone() {
    return next(State::Publishing, Event::Published) == State::Acknowledged &&
           next(State::Publishing, Event::PublishFailed) == State::Transferred;
}

/// A blocked job is never given a slot, and nothing that fails can block a job.
constexpr bool blocked_jobs_do_not_run() {
    for (Event e : AllEvents)
        if (auto after = next(State::Blocked, e); after && is_running(*after)) return false;
    for (State s : AllStates)
        for (Event e : AllEvents)
            if (auto after = next(s, e); after == State::Blocked && e != Event::Blocked && after != s)
                return false;
    return true;
}

/// What clients see does not depend on states that they do not know.
constexpr bool shown_states_are_their_own() {
    for (State s : AllStates)
        if (shown_as(shown_as(s)) != shown_as(s)) return false;
    return true;
}

static_assert(final_states_are_sinks());
static_assert(cancel_always_ends());
static_assert(calls_are_legal_until_the_end_begins());
static_assert(suspend_is_idempotent());
static_assert(only_resume_wakes());
static_assert(only_published_acknowledges());
static_assert(only_complete_publishes());
static_assert(publishing_ends_or_is_undone());
static_assert(blocked_jobs_do_not_run());
static_assert(shown_states_are_their_own());

} // namespace promises

} // namespace haulier::job
