// SPDX-License-Identifier: LGPL-2.1-or-later
#include "base/environment_proxies.hpp"

#include <initializer_list>

namespace haulier {

const EnvironmentVariable& EnvironmentProxies::of(std::string_view scheme) const {
    const auto& own = scheme == "https" ? https : http;
    return own.value.empty() ? all : own;
}

EnvironmentProxies read_environment_proxies(const std::function<const char*(const char*)>& lookup) {
    auto first_of = [&lookup](std::initializer_list<const char*> names) -> EnvironmentVariable {
        for (const char* name : names)
            if (const char* value = lookup(name); value && *value) return {name, value};
        return {};
    };
    return {first_of({"http_proxy"}), first_of({"https_proxy", "HTTPS_PROXY"}),
            first_of({"all_proxy", "ALL_PROXY"}), first_of({"no_proxy", "NO_PROXY"})};
}

} // namespace haulier
