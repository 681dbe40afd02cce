// SPDX-License-Identifier: LGPL-2.1-or-later
// The local time at a date, in the time zone of the machine.
#pragma once

#include "job/bandwidth_hours.hpp"

namespace haulier::daemon {

/// Takes changes of the time zone since the last call into account.
job::LocalTime local_time(WallTime when);

} // namespace haulier::daemon
