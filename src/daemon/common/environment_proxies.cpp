// SPDX-License-Identifier: LGPL-2.1-or-later
#include "daemon/common/environment_proxies.hpp"

#include <cstdlib>

namespace haulier::daemon {

const EnvironmentProxies& environment_proxies() {
    static const auto proxies = read_environment_proxies(std::getenv);
    return proxies;
}

} // namespace haulier::daemon
