// SPDX-License-Identifier: LGPL-2.1-or-later
#include "base/clock.hpp"

#include <ctime>
#include <sys/timex.h>

namespace haulier {

namespace {

Usec read(clockid_t id) {
    timespec ts{};
    clock_gettime(id, &ts);
    return std::chrono::duration_cast<Usec>(std::chrono::seconds{ts.tv_sec} +
                                            std::chrono::nanoseconds{ts.tv_nsec});
}

} // namespace

Usec awake_time() {
    return read(CLOCK_MONOTONIC);
}

/// Some containers forbid the call.
bool is_wall_clock_synchronised() {
    timex state{};
    return adjtimex(&state) < 0 || (state.status & STA_UNSYNC) == 0;
}

Now SystemClock::now() const {
    return {{read(CLOCK_BOOTTIME)}, {read(CLOCK_REALTIME)}};
}

} // namespace haulier
