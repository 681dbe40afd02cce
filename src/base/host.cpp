// SPDX-License-Identifier: LGPL-2.1-or-later
#include "base/host.hpp"

#include "base/text.hpp"

#include <algorithm>
#include <arpa/inet.h>
#include <charconv>
#include <cstdint>
#include <netinet/in.h>
#include <optional>
#include <string>
#include <vector>

namespace haulier {

namespace {

constexpr uint32_t LoopbackNetwork = 127;

bool is_host(std::string_view text) {
    bool v6 = text.size() > 2 && text.front() == '[' && text.back() == ']';
    auto inner = v6 ? text.substr(1, text.size() - 2) : text;
    return !inner.empty() && std::all_of(inner.begin(), inner.end(), [v6](char c) {
        bool alnum = (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
        bool unicode = static_cast<unsigned char>(c) >= 0x80;
        return alnum || unicode || c == '.' || c == '-' || c == '_' || (v6 && (c == ':' || c == '%'));
    });
}

/// Decimal, octal with a leading 0, or hexadecimal with a leading 0x.
std::optional<uint32_t> parse_part(std::string_view text) {
    int base = 10;
    if (text.starts_with("0x")) {
        base = 16;
        text.remove_prefix(2);
    } else if (text.size() > 1 && text.front() == '0') {
        base = 8;
        text.remove_prefix(1);
    }
    uint32_t value = 0;
    auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value, base);
    if (error != std::errc{} || end != text.data() + text.size()) return std::nullopt;
    return value;
}

/// One to four numbers; the last one fills the bytes that remain (inet_aton(3)).
std::optional<uint32_t> parse_ipv4(std::string_view text) {
    std::vector<uint32_t> parts;
    for (bool more = true; more;) {
        auto dot = text.find('.');
        auto part = parse_part(text.substr(0, dot));
        if (!part || parts.size() == 4) return std::nullopt;
        parts.push_back(*part);
        more = dot != std::string_view::npos;
        text.remove_prefix(more ? dot + 1 : text.size());
    }
    uint32_t address = 0;
    for (size_t i = 0; i + 1 < parts.size(); ++i) {
        if (parts[i] > 255) return std::nullopt;
        address |= parts[i] << (24 - 8 * i);
    }
    auto unused_bits = 8 * (parts.size() - 1);
    if (parts.back() > UINT32_MAX >> unused_bits) return std::nullopt;
    return address | parts.back();
}

/// The address without its brackets, possibly with a zone such as `%lo`.
bool is_loopback_ipv6(std::string_view text) {
    in6_addr address{};
    const std::string without_zone{text.substr(0, text.find('%'))};
    if (inet_pton(AF_INET6, without_zone.c_str(), &address) != 1) return false;
    bool mapped = IN6_IS_ADDR_V4MAPPED(&address) != 0;
    return IN6_IS_ADDR_LOOPBACK(&address) || (mapped && address.s6_addr[12] == LoopbackNetwork);
}

} // namespace

bool is_port(std::string_view text) {
    uint16_t port = 0;
    auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), port);
    return error == std::errc{} && end == text.data() + text.size() && port != 0;
}

bool is_host_and_port(std::string_view text) {
    auto bracket = text.rfind(']');
    auto colon = text.find(':', bracket == std::string_view::npos ? 0 : bracket);
    if (colon == std::string_view::npos) return is_host(text);
    return is_host(text.substr(0, colon)) && is_port(text.substr(colon + 1));
}

bool is_loopback_host(std::string_view host) {
    const auto folded = ascii_lower(host);
    std::string_view name = folded;
    if (name.starts_with('[') && name.ends_with(']'))
        return is_loopback_ipv6(name.substr(1, name.size() - 2));
    if (name.ends_with('.')) name.remove_suffix(1);
    if (name == "localhost" || name.ends_with(".localhost")) return true;
    auto address = parse_ipv4(name);
    return address && *address >> 24 == LoopbackNetwork;
}

} // namespace haulier
