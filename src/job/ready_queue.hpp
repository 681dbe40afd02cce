// SPDX-License-Identifier: LGPL-2.1-or-later
// The jobs that could run, in the order in which they get slots, so that the scheduler need not look at all
// of them. Jobs of an owner that need the same server stand in one line: if the server cannot be asked for
// the first of them, the others are passed over.
#pragma once

#include "job/types.hpp"

#include <cstdint>
#include <functional>
#include <map>
#include <set>
#include <string>
#include <utility>
#include <vector>

namespace haulier::job {

/// Each owner has a pool of jobs in the foreground, and one of others.
struct ReadyPool {
    uint32_t owner = 0;
    bool foreground = false;
    auto operator<=>(const ReadyPool&) const = default;
};

class ReadyQueue {
public:
    struct Place {
        uint32_t owner = 0;
        Priority priority = Priority::Normal;
        uint64_t since = 0; ///< unique
        std::string line;   ///< what jobs have in common that can only be started together
    };
    /// Replaces an earlier place of the job.
    void place(const Id& id, const Place& place);
    /// Does nothing if it has no place.
    void remove(const Id& id);
    [[nodiscard]] bool contains(const Id& id) const { return places_.contains(id); }
    [[nodiscard]] size_t size() const { return places_.size(); }

    /// Those that have jobs.
    [[nodiscard]] std::vector<ReadyPool> pools() const;
    enum class Next { Job, Line, End };
    /// Shows the jobs of a pool by priority and age. After Next::Line, no further job of that line is shown.
    /// `visit` must not change the queue.
    void walk(const ReadyPool& pool, const std::function<Next(const Id&)>& visit) const;

private:
    using Order = std::pair<Priority, uint64_t>;
    using Line = std::map<Order, Id>; ///< never empty
    struct Lines {
        std::map<std::string, Line> all;
        std::map<Order, const Line*> by_first; ///< the same lines
    };
    using LinesOfPools = std::map<ReadyPool, Lines>;
    struct Position {
        LinesOfPools::iterator pool;
        std::map<std::string, Line>::iterator line;
        Order order;
    };

    LinesOfPools pools_; ///< those that have lines
    ById<Position> places_;
};

} // namespace haulier::job
