// SPDX-License-Identifier: LGPL-2.1-or-later
// Tells when the daemon has had nothing to do for long enough to exit. Each activity starts the clock again.
// A busy daemon is examined again after another time-out, because the end of its work may go unreported.
#pragma once

#include "base/event.hpp"

#include <algorithm>
#include <functional>

namespace haulier::daemon {

class IdleTimer {
public:
    IdleTimer(Loop& loop, Usec timeout, std::function<bool()> busy, std::function<void()> leave)
        : loop_(loop), timeout_(timeout), busy_(std::move(busy)), leave_(std::move(leave)) {}

    void set_timeout(Usec timeout) {
        timeout_ = timeout;
        timer_.reset();
        touch();
    }
    /// Something happened: the clock starts again.
    void touch() {
        last_ = SystemClock{}.now().boot;
        if (!timer_) wait();
    }

private:
    static constexpr Usec LeastPause{1'000'000};

    void wait() {
        timer_ = loop_.at(last_ + timeout_, [this] { due(); });
    }
    void due() {
        timer_.reset();
        if (SystemClock{}.now().boot < last_ + timeout_) return wait();
        if (!busy_()) return leave_();
        again_ = loop_.after(std::max(timeout_, LeastPause), [this] { touch(); });
    }

    Loop& loop_;
    Usec timeout_;
    std::function<bool()> busy_;
    std::function<void()> leave_;
    BootTime last_;
    Source timer_;
    Source again_;
};

} // namespace haulier::daemon
