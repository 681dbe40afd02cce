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
    IdleTimer(Loop& loop, Usec timeout, std::function<bool()> busy, std::function<void()> on_idle)
        : loop_(loop), timeout_(timeout), busy_(std::move(busy)), on_idle_(std::move(on_idle)) {}

    void set_timeout(Usec timeout) {
        timeout_ = timeout;
        timer_.reset();
        touch();
    }
    /// There was activity: restarts the time-out.
    void touch() {
        last_activity_ = SystemClock{}.now().boot;
        if (!timer_) wait();
    }

private:
    static constexpr Usec MinimumInterval{1'000'000};

    void wait() {
        timer_ = loop_.at(last_activity_ + timeout_, [this] { due(); });
    }
    void due() {
        timer_.reset();
        if (SystemClock{}.now().boot < last_activity_ + timeout_) return wait();
        if (!busy_()) return on_idle_();
        recheck_ = loop_.after(std::max(timeout_, MinimumInterval), [this] { touch(); });
    }

    Loop& loop_;
    Usec timeout_;
    std::function<bool()> busy_;
    std::function<void()> on_idle_;
    BootTime last_activity_;
    Source timer_;
    Source recheck_;
};

} // namespace haulier::daemon
