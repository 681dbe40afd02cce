// SPDX-License-Identifier: LGPL-2.1-or-later
#include "notify/lanes.hpp"

#include <algorithm>

namespace haulier::notify {

void Lanes::place(const job::Id& id, const Recipient& lane, BootTime due) {
    remove(id);
    lanes_[lane].insert({due, id});
    places_[id] = {lane, due};
}

void Lanes::remove(const job::Id& id) {
    auto place = places_.find(id);
    if (place == places_.end()) return;
    auto lane = lanes_.find(place->second.lane);
    lane->second.erase({place->second.due, id});
    if (lane->second.empty()) lanes_.erase(lane);
    places_.erase(place);
}

std::vector<Turn> Lanes::turns() const {
    std::vector<Turn> turns;
    for (const auto& [lane, jobs] : lanes_)
        turns.push_back({jobs.begin()->first, lane, jobs.begin()->second});
    std::stable_sort(turns.begin(), turns.end(), [](const Turn& a, const Turn& b) { return a.due < b.due; });
    return turns;
}

} // namespace haulier::notify
