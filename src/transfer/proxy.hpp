// SPDX-License-Identifier: LGPL-2.1-or-later
// The routes to a server, direct or through a proxy, as the job, the environment or the desktop's settings
// say. Pure functions; proxy_finder.hpp queries the desktop's settings.
#pragma once

#include "transfer/url.hpp"
#include "worker.pb.h"

#include <functional>
#include <string>
#include <string_view>
#include <vector>

namespace haulier::transfer {

struct Route {
    enum class Kind {
        Direct,
        Via,
        Environment, ///< curl reads http_proxy, no_proxy and the like
    } kind = Kind::Direct;
    std::string proxy; ///< scheme://host:port, for Via
    bool operator==(const Route&) const = default;
};

/// In the order in which they are tried. Empty if the configuration cannot be used.
using Routes = std::vector<Route>;

/// From a list `[protocol=][scheme://]host[:port] ...`. A direct route if no entry is for the scheme of
/// `url`.
Routes routes_from_list(std::string_view list, const Url& url);

/// From the output of a program, whose first line has proxies as in a list, and `DIRECT`. Empty if the output
/// cannot be used.
Routes routes_from_command(std::string_view output);

/// From the results of libproxy: `direct://`, `http://host:port`, `socks://host:port`.
Routes routes_from_libproxy(const std::vector<std::string>& proxies);

/// The environment names a proxy for this scheme. curl then does the rest, including no_proxy.
bool environment_has_proxy(std::string_view scheme, const std::function<const char*(const char*)>& lookup);

/// The machine decides about the proxy, and not the job. Never for a loopback host.
bool is_left_to_machine(const wire::Http& http, const Url& url);

/// The desktop's settings must be queried. Never for a loopback host.
bool needs_search(const wire::Http& http, const Url& url,
                  const std::function<const char*(const char*)>& lookup);

/// The routes if the desktop's settings are not queried.
Routes routes_without_search(const wire::Http& http, const Url& url);

/// "HOST port PORT" of the proxy on a route that failed; empty if there is none, or if it is not known.
/// `detail` is curl's error text, which alone tells the proxy that the environment names.
std::string proxy_on(const Route& route, const Url& url, std::string_view detail);

} // namespace haulier::transfer
