// SPDX-License-Identifier: LGPL-2.1-or-later
#include "job/reach.hpp"

#include "base/host.hpp"
#include "base/proxy_list.hpp"
#include "job/url.hpp"

#include <algorithm>
#include <string_view>
#include <vector>

namespace haulier::job {

namespace {

using Addresses = std::vector<std::string>;

/// `[scheme://][user@]host[:port][/]`
bool is_on_loopback(std::string_view proxy) {
    if (auto at = proxy.find("://"); at != std::string_view::npos) proxy.remove_prefix(at + 3);
    proxy = proxy.substr(0, proxy.find_first_of("/?#"));
    if (auto at = proxy.rfind('@'); at != std::string_view::npos) proxy.remove_prefix(at + 1);
    auto end = proxy.starts_with('[') ? proxy.find(']') : proxy.find(':');
    bool has_bracket = end != std::string_view::npos && proxy[end] == ']';
    return is_loopback_host(proxy.substr(0, has_bracket ? end + 1 : end));
}

/// As curl reads no_proxy: `*`, or names that also stand for all names below them.
bool is_exempt(std::string_view none, std::string_view host) {
    auto entries = split_no_proxy(none);
    return std::any_of(entries.begin(), entries.end(), [host](std::string_view name) {
        if (name == "*") return true;
        if (name.starts_with('.')) name.remove_prefix(1);
        if (name.empty() || !host.ends_with(name)) return false;
        return host.size() == name.size() || host[host.size() - name.size() - 1] == '.';
    });
}

Addresses proxies_in(const Proxy& proxy, const Authority& server) {
    Addresses addresses;
    if (bypasses(proxy.bypass, server.host)) return addresses;
    for (auto& listed : split_proxy_list(proxy.list))
        if (listed.protocol.empty() || listed.protocol == server.scheme)
            addresses.push_back(std::move(listed.address));
    return addresses;
}

Addresses proxies_in(const EnvironmentProxies& environment, const Authority& server) {
    const auto& proxy = environment.of(server.scheme).value;
    if (proxy.empty() || is_exempt(environment.none.value, server.host)) return {};
    return {proxy};
}

/// Empty: as far as the daemon knows, the server is asked directly.
Addresses proxies_for(const Authority& server, const Proxy& proxy, const EnvironmentProxies& environment) {
    switch (proxy.mode) {
    case Proxy::Mode::None:
    case Proxy::Mode::Auto: return {};
    case Proxy::Mode::Override: return proxies_in(proxy, server);
    case Proxy::Mode::Preconfigured: return proxies_in(environment, server);
    }
    return {};
}

} // namespace

bool is_loopback(const std::string& url) {
    auto authority = authority_of(url);
    return authority && is_loopback_host(authority->host);
}

Reach reach_of(const std::string& url, const Proxy& proxy, const EnvironmentProxies& environment) {
    auto server = authority_of(url);
    if (!server) return Reach::Network;
    if (is_loopback_host(server->host)) return Reach::Machine;
    auto proxies = proxies_for(*server, proxy, environment);
    return std::any_of(proxies.begin(), proxies.end(), is_on_loopback) ? Reach::LocalProxy : Reach::Network;
}

Reach reach_of(const FileSpec& spec, const Proxy& proxy, const EnvironmentProxies& environment) {
    auto farthest = reach_of(spec.remote, proxy, environment);
    for (const auto& mirror : spec.mirrors)
        farthest = std::max(farthest, reach_of(mirror, proxy, environment));
    return farthest;
}

} // namespace haulier::job
