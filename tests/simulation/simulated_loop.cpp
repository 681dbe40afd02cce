// SPDX-License-Identifier: LGPL-2.1-or-later
#include "simulated_loop.hpp"

#include <algorithm>
#include <utility>

namespace haulier::simulation {

namespace {

template <class Timers>
void drop_expired(Timers& timers) {
    while (!timers.empty() && timers.begin()->second.expired())
        timers.erase(timers.begin());
}

template <class Waiting>
void drop_expired(std::deque<Waiting>& waiting) {
    while (!waiting.empty() && waiting.front().expired())
        waiting.pop_front();
}

} // namespace

Source SimulatedLoop::at(BootTime when, std::function<void()> callback) {
    auto function = std::make_shared<Function>(std::move(callback));
    timers_.emplace(when, function);
    return Source{function};
}

Source SimulatedLoop::at_date(WallTime when, std::function<void()> callback) {
    auto function = std::make_shared<Function>(std::move(callback));
    dates_.emplace(when, function);
    return Source{function};
}

Source SimulatedLoop::defer(std::function<void()> callback, EventPriority priority) {
    auto function = std::make_shared<Function>(std::move(callback));
    (priority == EventPriority::Last ? last_ : normal_).push_back(function);
    return Source{function};
}

bool SimulatedLoop::call_first(std::deque<Waiting>& waiting) {
    drop_expired(waiting);
    if (waiting.empty()) return false;
    auto function = waiting.front().lock();
    waiting.pop_front();
    (*function)();
    return true;
}

template <class When>
bool SimulatedLoop::call_due(std::multimap<When, Waiting>& timers, When now) {
    drop_expired(timers);
    if (timers.empty() || timers.begin()->first > now) return false;
    auto function = timers.begin()->second.lock();
    timers.erase(timers.begin());
    (*function)();
    return true;
}

bool SimulatedLoop::call_next() {
    auto now = clock_.now();
    return call_first(normal_) || call_due(timers_, now.boot) || call_due(dates_, now.wall) ||
           call_first(last_);
}

bool SimulatedLoop::has_deferred() {
    drop_expired(normal_);
    drop_expired(last_);
    return !normal_.empty() || !last_.empty();
}

BootTime SimulatedLoop::next_timer() {
    drop_expired(timers_);
    drop_expired(dates_);
    auto now = clock_.now();
    auto next = timers_.empty() ? Never : timers_.begin()->first;
    if (!dates_.empty()) next = std::min(next, now.boot + (dates_.begin()->first - now.wall));
    return std::max(next, now.boot);
}

} // namespace haulier::simulation
