// SPDX-License-Identifier: LGPL-2.1-or-later
#include "daemon/common/local_time.hpp"

#include <ctime>

namespace haulier::daemon {

job::LocalTime local_time(WallTime when) {
    auto seconds = static_cast<time_t>(std::chrono::floor<std::chrono::seconds>(when.since_epoch).count());
    tm parts{};
    tzset();
    localtime_r(&seconds, &parts);
    // tm counts from Sunday.
    constexpr int SinceMonday = job::DaysOfWeek - 1;
    return {(parts.tm_wday + SinceMonday) % job::DaysOfWeek, parts.tm_hour * 60 + parts.tm_min, parts.tm_sec};
}

} // namespace haulier::daemon
