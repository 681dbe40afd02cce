// SPDX-License-Identifier: LGPL-2.1-or-later
// A name for every state, also for those that clients see as another one; docs/states.md uses them.
#pragma once

#include "job/state.hpp"

#include <string>

namespace haulier::job {

inline std::string name_of(State state) {
    if (state == State::Publishing) return "publishing";
    if (state == State::Blocked) return "blocked";
    return std::string{to_string(state)};
}

} // namespace haulier::job
