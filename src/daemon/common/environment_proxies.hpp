// SPDX-License-Identifier: LGPL-2.1-or-later
// The proxies of the daemon's environment, which is also that of its workers.
#pragma once

#include "base/environment_proxies.hpp"

namespace haulier::daemon {

/// As at the first call.
const EnvironmentProxies& environment_proxies();

} // namespace haulier::daemon
