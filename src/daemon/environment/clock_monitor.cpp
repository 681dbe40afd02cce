// SPDX-License-Identifier: LGPL-2.1-or-later
#include "daemon/environment/clock_monitor.hpp"

#include "base/log.hpp"

#include <cerrno>
#include <cstdint>
#include <cstring>
#include <ctime>
#include <fmt/core.h>
#include <limits>
#include <sys/epoll.h>
#include <sys/timerfd.h>
#include <unistd.h>
#include <utility>

namespace haulier::daemon {

ClockMonitor::ClockMonitor(Loop& loop, std::function<void()> changed)
    : changed_(std::move(changed)), timer_(timerfd_create(CLOCK_REALTIME, TFD_NONBLOCK | TFD_CLOEXEC)) {
    if (!timer_) {
        log::warning(fmt::format("changes of the clock are not noticed: {}", std::strerror(errno)));
        return;
    }
    arm();
    io_ = loop.on_io(timer_.get(), EPOLLIN, [this](uint32_t) { on_timer(); });
}

void ClockMonitor::arm() {
    itimerspec never{};
    never.it_value.tv_sec = std::numeric_limits<time_t>::max();
    timerfd_settime(timer_.get(), TFD_TIMER_ABSTIME | TFD_TIMER_CANCEL_ON_SET, &never, nullptr);
}

void ClockMonitor::on_timer() {
    uint64_t count = 0;
    if (read(timer_.get(), &count, sizeof count) >= 0 || errno != ECANCELED) return;
    arm();
    changed_();
}

} // namespace haulier::daemon
