// SPDX-License-Identifier: LGPL-2.1-or-later
// Functions that are called in later turns of the loop, one per turn and in the order in which they were
// added. Those that are still waiting when this is destroyed are not called.
#pragma once

#include "base/event.hpp"

#include <deque>
#include <functional>
#include <utility>

namespace haulier {

class DeferredCalls {
public:
    explicit DeferredCalls(Loop& loop) : loop_(loop) {}
    DeferredCalls(const DeferredCalls&) = delete;
    DeferredCalls& operator=(const DeferredCalls&) = delete;

    void add(std::function<void()> function) {
        waiting_.push_back(std::move(function));
        if (!next_) schedule();
    }

private:
    void schedule() {
        next_ = loop_.defer([this] { call_first(); });
    }
    void call_first() {
        auto function = std::move(waiting_.front());
        waiting_.pop_front();
        next_.reset();
        if (!waiting_.empty()) schedule();
        function(); // it may destroy this object
    }

    Loop& loop_;
    std::deque<std::function<void()>> waiting_;
    Source next_;
};

} // namespace haulier
