// SPDX-License-Identifier: LGPL-2.1-or-later
// Short notations for tests of the schedule: jobs by short names, times in seconds.
#pragma once

#include "job/schedule.hpp"

#include <initializer_list>
#include <vector>

namespace haulier::job {

using Ids = std::vector<Id>;

/// Seconds.
inline constexpr int64_t Slice = 300;

inline SchedulePolicy slots(uint32_t count, uint32_t foreground = 64) {
    return {count, std::chrono::seconds{Slice}, foreground};
}

inline BootTime at(int64_t second) {
    return {std::chrono::seconds{second}};
}

inline Ids ids(std::initializer_list<const char*> names) {
    Ids all;
    for (const auto* name : names)
        all.push_back(Id{name});
    return all;
}

} // namespace haulier::job
