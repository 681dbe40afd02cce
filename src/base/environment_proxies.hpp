// SPDX-License-Identifier: LGPL-2.1-or-later
// The environment variables that name proxies, read as curl reads them.
#pragma once

#include <functional>
#include <string>
#include <string_view>

namespace haulier {

/// The first variable of several names that is set and not empty; if there is none, both are empty.
struct EnvironmentVariable {
    std::string name;
    std::string value;
};

struct EnvironmentProxies {
    EnvironmentVariable http;
    EnvironmentVariable https;
    EnvironmentVariable all;
    EnvironmentVariable none; ///< hosts that are asked directly

    /// The variable with the proxy for URLs of that scheme, in lower case.
    [[nodiscard]] const EnvironmentVariable& of(std::string_view scheme) const;
};

/// `lookup` is like getenv. HTTP_PROXY in capitals is ignored: in a CGI environment a client can set it with
/// a Proxy header.
EnvironmentProxies read_environment_proxies(const std::function<const char*(const char*)>& lookup);

} // namespace haulier
