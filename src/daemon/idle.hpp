// SPDX-License-Identifier: LGPL-2.1-or-later
// Knows when the daemon has been of no use for long enough to leave. Not a poll: the clock runs only after
// something happened, because only then can a busy daemon have become an idle one.
#pragma once

#include "base/event.hpp"

#include <functional>

namespace haulier::daemon {

class Idle {
public:
    Idle(Loop& loop, Usec timeout, std::function<bool()> busy, std::function<void()> leave)
        : loop_(loop), timeout_(timeout), busy_(std::move(busy)), leave_(std::move(leave)) {}

    /// Something happened: the clock starts again.
    void stir() {
        last_ = SystemClock{}.now().boot;
        if (!timer_) wait();
    }

private:
    void wait() {
        timer_ = loop_.at(last_ + timeout_, [this] { due(); });
    }
    void due() {
        timer_.reset();
        if (SystemClock{}.now().boot < last_ + timeout_) return wait();
        if (!busy_()) leave_();
    }

    Loop& loop_;
    Usec timeout_;
    std::function<bool()> busy_;
    std::function<void()> leave_;
    BootTime last_;
    Source timer_;
};

} // namespace haulier::daemon
