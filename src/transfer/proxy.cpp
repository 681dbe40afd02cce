// SPDX-License-Identifier: LGPL-2.1-or-later
#include "transfer/proxy.hpp"

#include <algorithm>
#include <array>
#include <cctype>
#include <optional>
#include <strings.h>

namespace haulier::transfer {

namespace {

constexpr std::string_view Separators = " \t\r\n;";

struct Scheme {
    std::string_view name;
    std::string_view port; ///< where none is given; curl would take 1080 for all
};
constexpr std::array Schemes{Scheme{"http", "80"},      Scheme{"https", "443"},   Scheme{"socks4", "1080"},
                             Scheme{"socks4a", "1080"}, Scheme{"socks5", "1080"}, Scheme{"socks5h", "1080"}};

const Route Direct{};

std::string lower(std::string_view text) {
    std::string small{text};
    std::transform(small.begin(), small.end(), small.begin(),
                   [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
    return small;
}

std::vector<std::string> words(std::string_view text) {
    std::vector<std::string> found;
    for (size_t at = 0; (at = text.find_first_not_of(Separators, at)) != std::string_view::npos;) {
        auto end = std::min(text.find_first_of(Separators, at), text.size());
        found.push_back(lower(text.substr(at, end - at)));
        at = end;
    }
    return found;
}

/// Splits `text` at the first `mark`; the part before it is empty if there is none.
std::pair<std::string_view, std::string_view> split(std::string_view text, std::string_view mark) {
    auto at = text.find(mark);
    if (at == std::string_view::npos) return {{}, text};
    return {text.substr(0, at), text.substr(at + mark.size())};
}

bool is_port(std::string_view text) {
    return !text.empty() && text.size() <= 5 &&
           text.find_first_not_of("0123456789") == std::string_view::npos &&
           std::stoi(std::string{text}) <= 65535;
}

/// `host:port` with the port made explicit; nothing if it is neither.
std::optional<std::string> with_port(std::string_view place, std::string_view usual_port) {
    if (place.ends_with('/')) place.remove_suffix(1);
    size_t host_end = place.starts_with('[') ? place.find(']') : 0;
    if (host_end == std::string_view::npos) return std::nullopt;
    auto colon = place.find(':', host_end);
    auto host = place.substr(0, colon);
    if (host.empty() || host.find_first_of("/?#@ ") != std::string_view::npos) return std::nullopt;
    if (colon == std::string_view::npos) return std::string{host} + ":" + std::string{usual_port};
    return is_port(place.substr(colon + 1)) ? std::optional{std::string{place}} : std::nullopt;
}

std::optional<Route> parse_proxy(std::string_view text) {
    auto [name, place] = split(text, "://");
    auto scheme = std::find_if(
        Schemes.begin(), Schemes.end(),
        [&, wanted = name.empty() ? "http" : name](const Scheme& s) { return s.name == wanted; });
    if (scheme == Schemes.end()) return std::nullopt;
    auto whole = with_port(place, scheme->port);
    if (!whole) return std::nullopt;
    return Route{Route::Kind::Via, std::string{scheme->name} + "://" + *whole};
}

bool is_loopback(std::string_view host) {
    return host == "localhost" || host.ends_with(".localhost") || host == "[::1]" ||
           (host.starts_with("127.") && host.find_first_not_of("0123456789.") == std::string_view::npos);
}

bool is_bypassed_by(const std::string& pattern, std::string_view host) {
    if (pattern == "<local>") return host.find('.') == std::string_view::npos && !host.starts_with('[');
    if (pattern.starts_with('*')) return host.ends_with(std::string_view{pattern}.substr(1));
    return pattern == host;
}

} // namespace

Routes routes_of_list(std::string_view list, const Url& url) {
    Routes routes;
    for (const auto& word : words(list)) {
        auto [protocol, place] = split(word, "=");
        auto route = parse_proxy(place);
        bool known = protocol.empty() || protocol == "http" || protocol == "https";
        if (!route || !known) return {};
        if (protocol.empty() || protocol == url.scheme) routes.push_back(std::move(*route));
    }
    if (routes.empty() && !words(list).empty()) routes.push_back(Direct);
    return routes;
}

bool bypasses(std::string_view bypass, std::string_view host) {
    auto patterns = words(bypass);
    return std::any_of(patterns.begin(), patterns.end(),
                       [&](const auto& pattern) { return is_bypassed_by(pattern, host); });
}

Routes routes_of_answers(const std::vector<std::string>& answers) {
    Routes routes;
    for (const auto& answer : answers) {
        auto [scheme, place] = split(answer, "://");
        if (scheme == "direct")
            routes.push_back(Direct);
        else if (scheme == "socks") // of an unknown version: the newer first
            for (const char* version : {"socks5://", "socks4://"})
                routes.push_back({Route::Kind::Via, version + std::string{place}});
        else if (std::any_of(Schemes.begin(), Schemes.end(),
                             [&](const Scheme& s) { return s.name == scheme; }))
            routes.push_back({Route::Kind::Via, answer});
    }
    return routes;
}

bool environment_has_proxy(std::string_view scheme, const std::function<const char*(const char*)>& lookup) {
    auto is_set = [&](const char* name) {
        const char* value = lookup(name);
        return value && *value;
    };
    // HTTP_PROXY in capitals can be set by a stranger where a web server runs programs; curl leaves it alone,
    // too.
    bool own = scheme == "https" ? is_set("https_proxy") || is_set("HTTPS_PROXY") : is_set("http_proxy");
    return own || is_set("all_proxy") || is_set("ALL_PROXY");
}

bool needs_search(const wire::Http& http, const Url& url,
                  const std::function<const char*(const char*)>& lookup) {
    if (http.proxy_mode() == wire::Http::PRECONFIGURED && environment_has_proxy(url.scheme, lookup))
        return false;
    bool desktop = http.proxy_mode() == wire::Http::PRECONFIGURED || http.proxy_mode() == wire::Http::AUTO;
    return desktop && !is_loopback(url.host);
}

Routes routes_without_search(const wire::Http& http, const Url& url) {
    if (http.proxy_mode() == wire::Http::PRECONFIGURED) return {{Route::Kind::Environment, {}}};
    bool direct = http.proxy_mode() != wire::Http::OVERRIDE || bypasses(http.proxy_bypass(), url.host);
    return direct ? Routes{Direct} : routes_of_list(http.proxy_list(), url);
}

} // namespace haulier::transfer
