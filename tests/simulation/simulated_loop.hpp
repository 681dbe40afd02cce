// SPDX-License-Identifier: LGPL-2.1-or-later
// An event loop on a clock that the simulation sets. It calls one callback at a time, in the order in which
// sd-event would, so that the daemon can be stopped between any two.
#pragma once

#include "base/event.hpp"

#include <deque>
#include <functional>
#include <map>
#include <memory>

namespace haulier::simulation {

inline constexpr BootTime Never{Usec::max()};

class SimulatedLoop final : public Loop {
public:
    explicit SimulatedLoop(const Clock& clock) : clock_(clock) {}

    [[nodiscard]] Source at(BootTime when, std::function<void()> callback) override;
    [[nodiscard]] Source at_date(WallTime when, std::function<void()> callback) override;
    [[nodiscard]] Source defer(std::function<void()> callback, EventPriority priority) override;

    /// Calls what is due next. False: nothing is due now.
    bool call_next();
    /// Something is due now that does not wait for a time.
    [[nodiscard]] bool has_deferred();
    /// When the next timer is due; Never if there is none.
    [[nodiscard]] BootTime next_timer();

private:
    using Function = std::function<void()>;
    using Waiting = std::weak_ptr<Function>;

    bool call_first(std::deque<Waiting>& waiting);
    template <class When>
    bool call_due(std::multimap<When, Waiting>& timers, When now);

    const Clock& clock_;
    std::deque<Waiting> normal_;
    std::deque<Waiting> last_;
    std::multimap<BootTime, Waiting> timers_;
    std::multimap<WallTime, Waiting> dates_;
};

} // namespace haulier::simulation
