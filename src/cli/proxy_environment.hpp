// SPDX-License-Identifier: LGPL-2.1-or-later
// The proxies that curl would take from the environment of the command, in the form of properties of a job:
// the daemon has an environment of its own.
#pragma once

#include "cli/client.hpp"

#include <functional>
#include <optional>
#include <string>
#include <vector>

namespace haulier::cli {

struct EnvironmentProxy {
    std::string list;   ///< for ProxyList
    std::string bypass; ///< for ProxyBypass
    std::optional<Credentials> credentials;
};

/// From http_proxy, https_proxy, all_proxy and no_proxy, by the rules of curl. Nothing if they name no proxy
/// for any of `urls`.
Result<std::optional<EnvironmentProxy>, Failure>
proxy_of_environment(const std::vector<std::string>& urls,
                     const std::function<const char*(const char*)>& lookup);

/// The same from the argument of --proxy.
Result<EnvironmentProxy, Failure> proxy_of_option(const std::string& value);

} // namespace haulier::cli
