// SPDX-License-Identifier: LGPL-2.1-or-later
#include "job/state.hpp"

namespace haulier::job {

std::string_view to_string(State state) {
    switch (state) {
    case State::Suspended: return "suspended";
    case State::Queued: return "queued";
    case State::Connecting: return "connecting";
    case State::Transferring: return "transferring";
    case State::TransientError:
    case State::Blocked: return "transient-error";
    case State::Error: return "error";
    case State::Transferred:
    case State::Publishing: return "transferred";
    case State::Acknowledged: return "acknowledged";
    case State::Cancelled: return "cancelled";
    }
    return {};
}

std::optional<State> parse_state(std::string_view word) {
    for (State state : AllStates)
        if (state == shown_as(state) && to_string(state) == word) return state;
    return std::nullopt;
}

} // namespace haulier::job
