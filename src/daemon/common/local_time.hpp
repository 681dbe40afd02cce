// SPDX-License-Identifier: LGPL-2.1-or-later
// What a clock on the wall shows at a date, in the time zone of the machine.
#pragma once

#include "job/bandwidth_hours.hpp"

namespace haulier::daemon {

/// The zone may have been changed since the last call.
job::LocalTime local_time(WallTime when);

} // namespace haulier::daemon
