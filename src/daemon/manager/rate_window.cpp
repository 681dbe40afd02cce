// SPDX-License-Identifier: LGPL-2.1-or-later
#include "daemon/manager/rate_window.hpp"

#include <algorithm>

namespace haulier::daemon {

namespace {

constexpr int64_t Second = 1'000'000;

int64_t second_of(BootTime now) {
    return now.since_boot.count() / Second;
}

} // namespace

void RateWindow::add(BootTime now, uint64_t bytes) {
    auto second = std::max(second_of(now), newest_);
    if (is_over(second)) {
        slots_ = {};
        since_ = now;
    } else {
        for (auto skipped = newest_ + 1; skipped <= second; ++skipped)
            slot(skipped) = 0;
    }
    newest_ = second;
    slot(second) += bytes;
}

/// The first second counts as a whole one, so that a few bytes at the start are no high rate.
uint64_t RateWindow::rate(BootTime now) const {
    auto second = std::max(second_of(now), newest_);
    if (is_over(second)) return 0;
    uint64_t bytes = 0;
    auto oldest = std::max<int64_t>(second - Seconds + 1, 0);
    for (auto s = oldest; s <= newest_; ++s)
        bytes += slots_.at(static_cast<size_t>(s % Seconds));
    auto begin = std::max(since_.since_boot.count(), oldest * Second);
    auto span = std::max(now.since_boot.count() - begin, Second);
    return static_cast<uint64_t>(static_cast<double>(bytes) * Second / static_cast<double>(span));
}

} // namespace haulier::daemon
