// SPDX-License-Identifier: LGPL-2.1-or-later
#include "transfer/proxy.hpp"

#include "base/host.hpp"
#include "base/proxy_list.hpp"

#include <algorithm>
#include <array>
#include <fmt/core.h>
#include <optional>

namespace haulier::transfer {

namespace {

struct Scheme {
    std::string_view name;
    std::string_view port; ///< the default; curl would use 1080 for every scheme
};
constexpr std::array Schemes{Scheme{"http", "80"},      Scheme{"https", "443"},   Scheme{"socks4", "1080"},
                             Scheme{"socks4a", "1080"}, Scheme{"socks5", "1080"}, Scheme{"socks5h", "1080"}};

const Route Direct{};

/// Splits `text` at the first `separator`; without one, the first half is empty.
std::pair<std::string_view, std::string_view> split(std::string_view text, std::string_view separator) {
    auto at = text.find(separator);
    if (at == std::string_view::npos) return {{}, text};
    return {text.substr(0, at), text.substr(at + separator.size())};
}

/// `host:port`, with the default port if `address` has none; nothing if it is malformed.
std::optional<std::string> with_port(std::string_view address, std::string_view default_port) {
    if (address.ends_with('/')) address.remove_suffix(1);
    size_t host_end = address.starts_with('[') ? address.find(']') : 0;
    if (host_end == std::string_view::npos) return std::nullopt;
    auto colon = address.find(':', host_end);
    auto host = address.substr(0, colon);
    if (host.empty() || host.find_first_of("/?#@ ") != std::string_view::npos) return std::nullopt;
    if (colon == std::string_view::npos) return std::string{host} + ":" + std::string{default_port};
    return is_port(address.substr(colon + 1)) ? std::optional{std::string{address}} : std::nullopt;
}

std::optional<Route> route_via(const ListedProxy& proxy) {
    auto scheme = std::find_if(Schemes.begin(), Schemes.end(),
                               [wanted = proxy.scheme.empty() ? "http" : std::string_view{proxy.scheme}](
                                   const Scheme& s) { return s.name == wanted; });
    if (scheme == Schemes.end()) return std::nullopt;
    auto whole = with_port(proxy.address, scheme->port);
    if (!whole) return std::nullopt;
    return Route{Route::Kind::Via, std::string{scheme->name} + "://" + *whole};
}

/// What follows `words` in `text`; empty if they are not there.
std::string_view after(std::string_view words, std::string_view text) {
    auto at = text.find(words);
    return at == std::string_view::npos ? std::string_view{} : text.substr(at + words.size());
}

/// As curl names a host in its messages.
std::string_view plain_host(std::string_view host) {
    if (host.starts_with('[') && host.ends_with(']')) return host.substr(1, host.size() - 2);
    if (host.ends_with('.')) host.remove_suffix(1);
    return host;
}

/// From "Failed to connect to HOST port PORT after 0 ms: ..." or "Could not resolve proxy: HOST".
std::string_view named_in(std::string_view detail) {
    auto proxy = after(" resolve proxy: ", detail);
    if (!proxy.empty()) return proxy.substr(0, proxy.find(' '));
    auto place = after(" connect to ", detail);
    constexpr std::string_view separator = " port ";
    auto port = place.find(separator);
    if (port == std::string_view::npos) return {};
    return place.substr(0, place.find(' ', port + separator.size()));
}

bool is_ascii(std::string_view text) {
    return std::all_of(text.begin(), text.end(), [](char c) { return static_cast<unsigned char>(c) < 0x80; });
}

/// From "http://HOST:PORT", to which the desktop's settings may add a user and a password.
std::string named_by(const Route& route) {
    auto address = split(route.proxy, "://").second;
    if (auto at = address.rfind('@'); at != std::string_view::npos) address.remove_prefix(at + 1);
    auto colon = address.rfind(':');
    if (colon == std::string_view::npos) return std::string{plain_host(address)};
    return fmt::format("{} port {}", plain_host(address.substr(0, colon)), address.substr(colon + 1));
}

} // namespace

Routes routes_from_list(std::string_view list, const Url& url) {
    Routes routes;
    const auto proxies = split_proxy_list(list);
    for (const auto& proxy : proxies) {
        const auto& protocol = proxy.protocol;
        auto route = route_via(proxy);
        bool known = protocol.empty() || protocol == "http" || protocol == "https";
        if (!route || !known) return {};
        if (protocol.empty() || protocol == url.scheme) routes.push_back(std::move(*route));
    }
    if (routes.empty() && !proxies.empty()) routes.push_back(Direct);
    return routes;
}

Routes routes_from_command(std::string_view output) {
    Routes routes;
    for (const auto& proxy : split_proxy_list(output.substr(0, output.find('\n')))) {
        if (proxy.scheme.empty() && proxy.address == "direct") {
            routes.push_back(Direct);
            continue;
        }
        auto route = route_via(proxy);
        if (!route || !proxy.protocol.empty()) return {};
        routes.push_back(std::move(*route));
    }
    return routes;
}

Routes routes_from_libproxy(const std::vector<std::string>& proxies) {
    Routes routes;
    for (const auto& proxy : proxies) {
        auto [scheme, address] = split(proxy, "://");
        if (scheme == "direct")
            routes.push_back(Direct);
        else if (scheme == "socks") // of unknown version: the newer one first
            for (const char* version : {"socks5://", "socks4://"})
                routes.push_back({Route::Kind::Via, version + std::string{address}});
        else if (std::any_of(Schemes.begin(), Schemes.end(),
                             [word = scheme](const Scheme& s) { return s.name == word; }))
            routes.push_back({Route::Kind::Via, proxy});
    }
    return routes;
}

bool environment_has_proxy(std::string_view scheme, const std::function<const char*(const char*)>& lookup) {
    auto is_set = [&](const char* name) {
        const char* value = lookup(name);
        return value && *value;
    };
    // Like curl, ignore HTTP_PROXY in capitals: in a CGI environment a client can set it with a Proxy header.
    bool own = scheme == "https" ? is_set("https_proxy") || is_set("HTTPS_PROXY") : is_set("http_proxy");
    return own || is_set("all_proxy") || is_set("ALL_PROXY");
}

bool is_left_to_machine(const wire::Http& http, const Url& url) {
    bool desktop = http.proxy_mode() == wire::Http::PRECONFIGURED || http.proxy_mode() == wire::Http::AUTO;
    return desktop && !is_loopback_host(url.host);
}

bool needs_search(const wire::Http& http, const Url& url,
                  const std::function<const char*(const char*)>& lookup) {
    if (http.proxy_mode() == wire::Http::PRECONFIGURED && environment_has_proxy(url.scheme, lookup))
        return false;
    return is_left_to_machine(http, url);
}

Routes routes_without_search(const wire::Http& http, const Url& url) {
    if (http.proxy_mode() == wire::Http::PRECONFIGURED) return {{Route::Kind::Environment, {}}};
    bool direct = http.proxy_mode() != wire::Http::OVERRIDE || bypasses(http.proxy_bypass(), url.host);
    return direct ? Routes{Direct} : routes_from_list(http.proxy_list(), url);
}

std::string proxy_on(const Route& route, const Url& url, std::string_view detail) {
    switch (route.kind) {
    case Route::Kind::Direct: return "";
    case Route::Kind::Via: return named_by(route);
    case Route::Kind::Environment: break;
    }
    auto named = named_in(detail);
    bool is_server = named == fmt::format("{} port {}", plain_host(url.host), url.port);
    // curl names a host with other characters in another form.
    return is_server || !is_ascii(url.host) ? "" : std::string{named};
}

} // namespace haulier::transfer
