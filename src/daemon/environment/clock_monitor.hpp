// SPDX-License-Identifier: LGPL-2.1-or-later
// Reports when the wall clock is set, as on machines that start with a wrong time.
#pragma once

#include "base/event.hpp"
#include "base/fd.hpp"

#include <functional>

namespace haulier::daemon {

class ClockMonitor {
public:
    ClockMonitor(Loop& loop, std::function<void()> changed);

private:
    void arm();
    void on_timer();

    std::function<void()> changed_;
    Fd timer_; ///< never expires, but is cancelled by a jump of the clock
    Source io_;
};

} // namespace haulier::daemon
