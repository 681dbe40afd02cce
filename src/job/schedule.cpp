// SPDX-License-Identifier: LGPL-2.1-or-later
#include "job/schedule.hpp"

#include <algorithm>

namespace haulier::job {

namespace {

bool is_background(Priority priority) {
    return priority != Priority::Foreground;
}

/// Foreground jobs get their slots at once and leave the lists.
void take_foreground(std::vector<Waiting>& waiting, std::vector<Running>& running, Turns& turns) {
    for (const auto& job : waiting)
        if (!is_background(job.priority)) turns.grant.push_back(job.id);
    std::erase_if(waiting, [](const Waiting& j) { return !is_background(j.priority); });
    std::erase_if(running, [](const Running& j) { return !is_background(j.priority); });
}

/// Only the highest level of all that run or wait stays in the lists; what runs below it yields.
void keep_highest(std::vector<Waiting>& waiting, std::vector<Running>& running, Turns& turns) {
    auto highest = Priority::Low;
    for (const auto& job : waiting)
        highest = std::min(highest, job.priority);
    for (const auto& job : running)
        highest = std::min(highest, job.priority);
    for (const auto& job : running)
        if (job.priority != highest) turns.yield.push_back(job.id);
    std::erase_if(waiting, [=](const Waiting& j) { return j.priority != highest; });
    std::erase_if(running, [=](const Running& j) { return j.priority != highest; });
}

/// Those who have had their slice make room for up to `others` who wait; answers how many did.
size_t end_slices(std::vector<Running>& running, size_t others, Usec slice, BootTime now, Turns& turns) {
    std::sort(running.begin(), running.end(),
              [](const Running& a, const Running& b) { return a.since < b.since; });
    size_t over = 0;
    while (over < std::min(running.size(), others) && running[over].since + slice <= now)
        turns.yield.push_back(running[over++].id);
    running.erase(running.begin(), running.begin() + static_cast<ptrdiff_t>(over));
    return over;
}

} // namespace

Turns take_turns(std::vector<Waiting> waiting, std::vector<Running> running, const SchedulePolicy& policy,
                 BootTime now) {
    Turns turns;
    std::sort(waiting.begin(), waiting.end(),
              [](const Waiting& a, const Waiting& b) { return a.since < b.since; });
    take_foreground(waiting, running, turns);
    keep_highest(waiting, running, turns);

    auto slots = policy.background_jobs - std::min<size_t>(running.size(), policy.background_jobs);
    auto others = waiting.size() - std::min(waiting.size(), slots);
    auto yielded = end_slices(running, others, policy.time_slice, now, turns);
    auto granted = std::min(waiting.size(), slots + yielded);
    for (size_t i = 0; i < granted; ++i) {
        turns.grant.push_back(waiting[i].id);
        running.push_back({waiting[i].id, waiting[i].priority, now});
    }
    // Who yields waits, too.
    bool somebody_waits = waiting.size() - granted + yielded > 0;
    if (somebody_waits && !running.empty())
        turns.look_again =
            std::min_element(running.begin(), running.end(),
                             [](const Running& a, const Running& b) { return a.since < b.since; })
                ->since +
            policy.time_slice;
    return turns;
}

} // namespace haulier::job
