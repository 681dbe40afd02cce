// SPDX-License-Identifier: LGPL-2.1-or-later
// A line of BandwidthSchedule, such as "Mon..Fri 08:00-18:00 500K background".
#pragma once

#include "job/bandwidth_hours.hpp"

#include <optional>
#include <string_view>

namespace haulier::daemon {

/// The line has days as in systemd.time(7) ("Mon..Fri", "Sat,Sun"; none = every day), hours, a number of
/// bytes per second (0 = no transfers), and optionally "background".
std::optional<job::BandwidthRule> parse_bandwidth_rule(std::string_view text);

} // namespace haulier::daemon
