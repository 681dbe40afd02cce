// SPDX-License-Identifier: LGPL-2.1-or-later
// Whether requests need a network. Those to this machine itself, or to a proxy on it, do not.
#pragma once

#include "base/environment_proxies.hpp"
#include "job/options.hpp"
#include "job/types.hpp"

#include <string>

namespace haulier::job {

/// How far the machine's own routes have to lead.
enum class Reach {
    Machine,    ///< the server is this machine
    LocalProxy, ///< a proxy on this machine is asked; it may have a way out that we do not see
    Network,
};

/// Whether the host of this URL is the machine itself: localhost, 127.0.0.0/8, [::1].
bool is_loopback(const std::string& url);

/// Proxies that the desktop's settings name are not known here.
Reach reach_of(const std::string& url, const Proxy& proxy, const EnvironmentProxies& environment);
/// The farthest of all sources.
Reach reach_of(const FileSpec& spec, const Proxy& proxy, const EnvironmentProxies& environment);

} // namespace haulier::job
