// SPDX-License-Identifier: LGPL-2.1-or-later
#include "daemon/common/environment_proxies.hpp"

#include <cstdlib>
#include <initializer_list>
#include <string>

namespace haulier::daemon {

namespace {

/// The value of the first variable that is set and not empty.
std::string first_of(std::initializer_list<const char*> names) {
    for (const char* name : names)
        if (const char* value = std::getenv(name); value && *value) return value;
    return {};
}

} // namespace

/// The names are those that curl reads.
const job::EnvironmentProxies& environment_proxies() {
    static const job::EnvironmentProxies proxies{
        first_of({"http_proxy"}), first_of({"https_proxy", "HTTPS_PROXY"}),
        first_of({"all_proxy", "ALL_PROXY"}), first_of({"no_proxy", "NO_PROXY"})};
    return proxies;
}

} // namespace haulier::daemon
