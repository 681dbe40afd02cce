// SPDX-License-Identifier: LGPL-2.1-or-later
// Calls that wait to be dispatched, a line for each user. Users take turns, so that nobody waits behind the
// crowd of another; within a line it is first come, first served.
#pragma once

#include <cstdint>
#include <deque>
#include <map>
#include <utility>

namespace haulier::bus {

template <class Call>
class CallQueue {
public:
    void add(uint32_t user, Call call) { lines_[user].push_back(std::move(call)); }

    /// The first call of the user whose turn it is. There must be one.
    Call next() {
        auto line = lines_.upper_bound(last_);
        if (line == lines_.end()) line = lines_.begin();
        last_ = line->first;
        auto call = std::move(line->second.front());
        line->second.pop_front();
        if (line->second.empty()) lines_.erase(line);
        return call;
    }

    template <class Which>
    void drop_if(Which which) {
        for (auto& [user, line] : lines_)
            std::erase_if(line, which);
        std::erase_if(lines_, [](const auto& line) { return line.second.empty(); });
    }

    [[nodiscard]] bool empty() const { return lines_.empty(); }

private:
    std::map<uint32_t, std::deque<Call>> lines_; ///< none is empty
    uint32_t last_ = UINT32_MAX;                 ///< who had the latest turn
};

} // namespace haulier::bus
