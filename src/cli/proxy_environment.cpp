// SPDX-License-Identifier: LGPL-2.1-or-later
#include "cli/proxy_environment.hpp"

#include "base/environment_proxies.hpp"
#include "base/host.hpp"
#include "base/proxy_list.hpp"
#include "base/text.hpp"
#include "cli/i18n.hpp"
#include "cli/text.hpp"

#include <algorithm>
#include <arpa/inet.h>
#include <array>
#include <charconv>
#include <fmt/core.h>
#include <fmt/ranges.h>
#include <string_view>

namespace haulier::cli {

namespace {

constexpr std::array<std::string_view, 6> Schemes{"http", "https", "socks4", "socks4a", "socks5", "socks5h"};

std::string scheme_of(const std::string& url) {
    return ascii_lower(url.substr(0, url.find("://")));
}

// ---- the proxy ----

struct Proxy {
    std::string address; ///< scheme://host:port
    std::optional<Credentials> credentials;
};

/// The message does not repeat the value, which may contain a password.
Failure malformed(const std::string& source) {
    return usage_error(translate("{} does not name a proxy such as http://host:port", source));
}

Credentials credentials_of(std::string_view user_and_password) {
    auto colon = user_and_password.find(':');
    auto password =
        colon == std::string_view::npos ? std::string_view{} : user_and_password.substr(colon + 1);
    return {"proxy", "basic", percent_decoded(user_and_password.substr(0, colon)), percent_decoded(password)};
}

/// `host` or `host:port`, with curl's default for the port; nothing if it is neither.
std::optional<std::string> with_port(const std::string& address, std::string_view scheme) {
    auto end = address.starts_with('[') ? address.find(']') : 0;
    if (end == std::string::npos) return std::nullopt;
    auto colon = address.find(':', end);
    if (!is_host_and_port(address)) return std::nullopt;
    return colon == std::string::npos ? address + (scheme == "https" ? ":443" : ":1080") : address;
}

/// `source`: where the value comes from.
Result<Proxy, Failure> parse_proxy(std::string value, const std::string& source) {
    if (!is_utf8(value) || has_control_character(value)) return malformed(source);
    std::string scheme = "http";
    if (auto end = value.find("://"); end != std::string::npos) {
        scheme = ascii_lower(value.substr(0, end));
        value.erase(0, end + 3);
    }
    if (scheme == "socks") scheme = "socks5"; // GNOME sets this; nearly all such servers know version 5
    if (std::find(Schemes.begin(), Schemes.end(), scheme) == Schemes.end()) return malformed(source);
    value.erase(std::min(value.find('/'), value.size()));
    Proxy proxy;
    if (auto at = value.rfind('@'); at != std::string::npos) {
        proxy.credentials = credentials_of(std::string_view{value}.substr(0, at));
        if (!is_utf8(proxy.credentials->user) || !is_utf8(proxy.credentials->password))
            return malformed(source);
        value.erase(0, at + 1);
    }
    auto address = with_port(value, scheme);
    if (!address) return malformed(source);
    proxy.address = scheme + "://" + *address;
    return proxy;
}

// ---- the hosts that bypass it ----

/// The bytes of an address; empty if `text` is a name. `text` may be in brackets.
std::vector<unsigned char> address_of(std::string text) {
    if (text.starts_with('[') && text.ends_with(']')) text = text.substr(1, text.size() - 2);
    std::vector<unsigned char> bytes(text.find(':') == std::string::npos ? 4 : 16);
    if (inet_pton(bytes.size() == 4 ? AF_INET : AF_INET6, text.c_str(), bytes.data()) != 1) return {};
    return bytes;
}

bool is_in_network(const std::string& host, const std::string& network) {
    auto slash = network.find('/');
    auto address = address_of(host);
    auto base = address_of(network.substr(0, slash));
    size_t bits = 0;
    auto [end, error] = std::from_chars(network.data() + slash + 1, network.data() + network.size(), bits);
    bool valid = error == std::errc{} && end == network.data() + network.size() && bits <= 8 * base.size();
    if (!valid || base.empty() || address.size() != base.size()) return false;
    for (size_t i = 0; i < bits; ++i)
        if (((address[i / 8] ^ base[i / 8]) & (0x80U >> i % 8)) != 0) return false;
    return true;
}

using Patterns = std::vector<std::string>;

/// What ProxyBypass has for an entry of no_proxy. It knows no networks, so they become those of the hosts
/// that are in them. What it would refuse, such as "10.0.*", is meant for other programs and matches nothing.
Patterns patterns_of(std::string entry, const std::vector<std::string>& hosts) {
    Patterns patterns;
    if (entry.find('/') != std::string::npos) {
        std::copy_if(hosts.begin(), hosts.end(), std::back_inserter(patterns),
                     [&](const std::string& host) { return is_in_network(host, entry); });
        return patterns;
    }
    if (auto bytes = address_of(entry); !bytes.empty())
        return {bytes.size() == 16 && !entry.starts_with('[') ? "[" + entry + "]" : entry};
    if (entry.starts_with('*')) return is_bypass_pattern(entry) ? Patterns{entry} : Patterns{};
    entry.erase(0, std::min(entry.find_first_not_of('.'), entry.size()));
    if (entry.ends_with('.')) entry.pop_back();
    return is_host_and_port(entry) ? Patterns{entry, "*." + entry} : Patterns{};
}

std::string bypass_of(const std::string& no_proxy, const std::vector<std::string>& hosts) {
    std::vector<std::string> patterns;
    for (const auto& entry : split_no_proxy(no_proxy))
        for (const auto& pattern : patterns_of(entry, hosts))
            patterns.push_back(pattern);
    auto all = fmt::format("{}", fmt::join(patterns, " "));
    if (all.size() <= MaxProxyList) return all;
    // Entries for hosts that only redirects may lead to are dropped.
    std::erase_if(patterns, [&](const std::string& pattern) {
        return std::none_of(hosts.begin(), hosts.end(),
                            [&](const auto& host) { return bypasses(pattern, host); });
    });
    return fmt::format("{}", fmt::join(patterns, " "));
}

} // namespace

Result<std::optional<EnvironmentProxy>, Failure>
proxy_of_environment(const std::vector<std::string>& urls,
                     const std::function<const char*(const char*)>& lookup) {
    auto environment = read_environment_proxies(lookup);
    bool concerned = std::any_of(urls.begin(), urls.end(), [&](const std::string& url) {
        return !environment.of(scheme_of(url)).value.empty();
    });
    if (!concerned) return std::optional<EnvironmentProxy>{};
    EnvironmentProxy found;
    for (const char* scheme : {"http", "https"}) { // a redirect may lead to the other one
        const auto& variable = environment.of(scheme);
        if (variable.value.empty()) continue;
        auto proxy = parse_proxy(variable.value, translate("the variable {}", variable.name));
        if (!proxy) return proxy.error();
        found.list += fmt::format("{}{}={}", found.list.empty() ? "" : " ", scheme, proxy->address);
        if (!found.credentials) found.credentials = proxy->credentials;
    }
    std::vector<std::string> hosts;
    std::transform(urls.begin(), urls.end(), std::back_inserter(hosts), host_of);
    const auto& no_proxy = environment.none;
    if (!is_utf8(no_proxy.value))
        return usage_error(translate("the variable {} is not UTF-8", no_proxy.name));
    found.bypass = bypass_of(no_proxy.value, hosts);
    return std::optional{found};
}

Result<EnvironmentProxy, Failure> proxy_of_option(const std::string& value) {
    auto proxy = parse_proxy(value, _("the argument of --proxy"));
    if (!proxy) return proxy.error();
    return EnvironmentProxy{proxy->address, "", proxy->credentials};
}

} // namespace haulier::cli
