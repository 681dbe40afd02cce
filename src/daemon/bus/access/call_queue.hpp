// SPDX-License-Identifier: LGPL-2.1-or-later
// Calls that wait to be dispatched, in one queue per user. Users take turns, so that no user waits behind the
// many calls of another user; the calls of one user are dispatched in the order in which they came.
#pragma once

#include <cstdint>
#include <deque>
#include <map>
#include <utility>

namespace haulier::bus {

template <class Item>
class CallQueue {
public:
    void add(uint32_t user, Item item) { queues_[user].push_back(std::move(item)); }

    /// Removes the first call of the user whose turn it is. The queue must not be empty.
    Item next() {
        auto queue = queues_.upper_bound(last_user_);
        if (queue == queues_.end()) queue = queues_.begin();
        last_user_ = queue->first;
        auto item = std::move(queue->second.front());
        queue->second.pop_front();
        if (queue->second.empty()) queues_.erase(queue);
        return item;
    }

    template <class Predicate>
    void remove_if(Predicate predicate) {
        for (auto& [user, queue] : queues_)
            std::erase_if(queue, predicate);
        std::erase_if(queues_, [](const auto& entry) { return entry.second.empty(); });
    }

    [[nodiscard]] bool empty() const { return queues_.empty(); }

private:
    std::map<uint32_t, std::deque<Item>> queues_; ///< by user; none is empty
    uint32_t last_user_ = UINT32_MAX;             ///< who had the latest turn
};

} // namespace haulier::bus
