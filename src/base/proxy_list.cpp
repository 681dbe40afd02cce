// SPDX-License-Identifier: LGPL-2.1-or-later
#include "base/proxy_list.hpp"

#include "base/host.hpp"
#include "base/text.hpp"

#include <algorithm>
#include <utility>

namespace haulier {

namespace {

constexpr std::string_view Separators = " \t\r\n;";

/// In lower case.
std::vector<std::string> items(std::string_view text, std::string_view separators = Separators) {
    std::vector<std::string> found;
    for (size_t at = 0; (at = text.find_first_not_of(separators, at)) != std::string_view::npos;) {
        auto end = std::min(text.find_first_of(separators, at), text.size());
        found.push_back(ascii_lower(text.substr(at, end - at)));
        at = end;
    }
    return found;
}

/// Splits `text` at the first `separator`; without one, the first half is empty.
std::pair<std::string_view, std::string_view> split(std::string_view text, std::string_view separator) {
    auto at = text.find(separator);
    if (at == std::string_view::npos) return {{}, text};
    return {text.substr(0, at), text.substr(at + separator.size())};
}

bool is_bypassed_by(const std::string& pattern, std::string_view host) {
    if (pattern == "<local>") return host.find('.') == std::string_view::npos && !host.starts_with('[');
    if (pattern.starts_with('*')) return host.ends_with(std::string_view{pattern}.substr(1));
    return pattern == host;
}

} // namespace

std::vector<ListedProxy> split_proxy_list(std::string_view list) {
    std::vector<ListedProxy> proxies;
    for (const auto& item : items(list)) {
        auto [protocol, proxy] = split(item, "=");
        auto [scheme, address] = split(proxy, "://");
        proxies.push_back({std::string{protocol}, std::string{scheme}, std::string{address}});
    }
    return proxies;
}

bool is_bypass_pattern(std::string_view entry) {
    if (entry == "<local>" || entry == "*") return true;
    return is_host_and_port(entry.starts_with("*.") ? entry.substr(2) : entry);
}

bool bypasses(std::string_view bypass, std::string_view host) {
    auto patterns = items(bypass);
    return std::any_of(patterns.begin(), patterns.end(),
                       [&](const auto& pattern) { return is_bypassed_by(pattern, host); });
}

std::vector<std::string> split_no_proxy(std::string_view no_proxy) {
    return items(no_proxy, " ,\t");
}

} // namespace haulier
