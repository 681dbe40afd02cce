// SPDX-License-Identifier: LGPL-2.1-or-later
// The proxies of the daemon's environment, which is also that of its workers.
#pragma once

#include "job/reach.hpp"

namespace haulier::daemon {

/// As at the first call.
const job::EnvironmentProxies& environment_proxies();

} // namespace haulier::daemon
