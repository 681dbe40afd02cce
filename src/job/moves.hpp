// SPDX-License-Identifier: LGPL-2.1-or-later
// The small moves that decisions are made of; private to the room.
#pragma once

#include "job/decide.hpp"

#include <cassert>

namespace haulier::job {

/// The one door through which a state changes.
inline void move(Job& job, Event event) {
    auto after = next(job.state, event);
    assert(after);
    job.state = *after;
}

inline Decision touched(const Job& job, Now now) {
    Decision d;
    d.job = job;
    d.job.modified = now.wall;
    return d;
}

inline void forget_wait(Job& job) {
    job.retry_wait = {};
    job.retry_date = {};
    job.moments.retry_at = {};
}

inline void forget_stall(Job& job) {
    job.stalled_for = {};
    job.moments.stalled_since.reset();
}

} // namespace haulier::job
