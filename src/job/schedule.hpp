// SPDX-License-Identifier: LGPL-2.1-or-later
// Whose turn it is: pure choices over snapshots.
#pragma once

#include "job/types.hpp"

#include <cstddef>
#include <cstdint>
#include <vector>

namespace haulier::job {

/// A job that wants to run.
struct Waiting {
    Id id;
    uint64_t since = 0; ///< order in which jobs came to the queue
};

/// Which jobs get a slot now: first come, first served, as long as fewer than `limit` run.
std::vector<Id> to_grant(std::vector<Waiting> queue, size_t running, size_t limit);

} // namespace haulier::job
