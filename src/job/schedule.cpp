// SPDX-License-Identifier: LGPL-2.1-or-later
#include "job/schedule.hpp"

#include <algorithm>

namespace haulier::job {

std::vector<Id> to_grant(std::vector<Waiting> queue, size_t running, size_t limit) {
    std::sort(queue.begin(), queue.end(),
              [](const Waiting& a, const Waiting& b) { return a.since < b.since; });
    size_t free = limit - std::min(running, limit);
    std::vector<Id> chosen;
    for (const auto& job : queue) {
        if (chosen.size() == free) break;
        chosen.push_back(job.id);
    }
    return chosen;
}

} // namespace haulier::job
