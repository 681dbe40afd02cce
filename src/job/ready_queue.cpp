// SPDX-License-Identifier: LGPL-2.1-or-later
#include "job/ready_queue.hpp"

namespace haulier::job {

void ReadyQueue::place(const Id& id, const Place& place) {
    remove(id);
    ReadyPool key{place.owner, place.priority == Priority::Foreground};
    auto pool = pools_.try_emplace(key).first;
    auto& lines = pool->second;
    auto line = lines.all.try_emplace(place.line).first;
    Order order{place.priority, place.since};
    if (!line->second.empty()) lines.by_first.erase(line->second.begin()->first);
    line->second.emplace(order, id);
    lines.by_first.emplace(line->second.begin()->first, &line->second);
    places_.emplace(id, Position{pool, line, order});
}

void ReadyQueue::remove(const Id& id) {
    auto found = places_.find(id);
    if (found == places_.end()) return;
    auto [pool, line, order] = found->second;
    places_.erase(found);
    auto& lines = pool->second;
    lines.by_first.erase(line->second.begin()->first);
    line->second.erase(order);
    if (!line->second.empty())
        lines.by_first.emplace(line->second.begin()->first, &line->second);
    else
        lines.all.erase(line);
    if (lines.all.empty()) pools_.erase(pool);
}

std::vector<ReadyPool> ReadyQueue::pools() const {
    std::vector<ReadyPool> keys;
    for (const auto& [key, lines] : pools_)
        keys.push_back(key);
    return keys;
}

/// Of a line that was entered, only the next job is compared with the beginnings of the others.
void ReadyQueue::walk(const ReadyPool& pool, const std::function<Next(const Id&)>& visit) const {
    auto found = pools_.find(pool);
    if (found == pools_.end()) return;
    const auto& by_first = found->second.by_first;
    auto fresh = by_first.begin();
    struct Entered {
        const Line* line;
        Line::const_iterator job;
    };
    std::map<Order, Entered> entered;
    while (fresh != by_first.end() || !entered.empty()) {
        bool is_fresh = entered.empty() || (fresh != by_first.end() && fresh->first < entered.begin()->first);
        Entered at{};
        if (is_fresh) {
            at = {fresh->second, fresh->second->begin()};
            ++fresh;
        } else {
            at = entered.begin()->second;
            entered.erase(entered.begin());
        }
        auto next = visit(at.job->second);
        if (next == Next::End) return;
        if (next == Next::Job && ++at.job != at.line->end()) entered.emplace(at.job->first, at);
    }
}

} // namespace haulier::job
