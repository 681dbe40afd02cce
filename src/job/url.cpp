// SPDX-License-Identifier: LGPL-2.1-or-later
#include "job/url.hpp"

#include "base/text.hpp"

#include <algorithm>
#include <charconv>

namespace haulier::job {

namespace {

/// Percent-decoding (RFC 3986 2.1); a '%' without two hex digits stays as it is.
std::string decoded(const std::string& text) {
    std::string out;
    for (size_t i = 0; i < text.size(); ++i) {
        unsigned value = 0;
        const char* digits = text.data() + i + 1;
        bool enough = text[i] == '%' && i + 2 < text.size();
        if (enough && std::from_chars(digits, digits + 2, value, 16).ptr == digits + 2) {
            out += static_cast<char>(value);
            i += 2;
        } else {
            out += text[i];
        }
    }
    return out;
}

} // namespace

std::optional<Authority> authority_of(const std::string& url) {
    auto colon = url.find("://");
    if (colon == std::string::npos) return std::nullopt;
    Authority a;
    a.scheme = ascii_lower(url.substr(0, colon));
    a.begin = colon + 3;
    a.end = std::min(url.find_first_of("/?#\\", a.begin), url.size());
    auto at = url.substr(a.begin, a.end - a.begin).rfind('@');
    a.host_begin = at == std::string::npos ? a.begin : a.begin + at + 1;
    auto server = url.substr(a.host_begin, a.end - a.host_begin);
    auto bracket = server.rfind(']');
    auto port = server.find(':', bracket == std::string::npos ? 0 : bracket);
    a.host = ascii_lower(server.substr(0, port));
    if (port != std::string::npos) a.port = server.substr(port + 1);
    if (a.port.empty()) a.port = a.scheme == "https" ? "443" : "80";
    return a;
}

std::optional<Credentials> take_user(std::string& url) {
    auto a = authority_of(url);
    if (!a || !a->has_user()) return std::nullopt;
    auto user = url.substr(a->begin, a->host_begin - a->begin - 1);
    url.erase(a->begin, a->host_begin - a->begin);
    if (user.empty()) return std::nullopt;
    auto colon = user.find(':');
    Credentials c;
    c.user = decoded(user.substr(0, colon));
    if (colon != std::string::npos) c.password = decoded(user.substr(colon + 1));
    c.only_for = a->server();
    return c;
}

bool is_same_server(const std::string& first, const std::string& other) {
    auto a = authority_of(first);
    auto b = authority_of(other);
    if (!a || !b || a->host != b->host) return false;
    bool upgraded = a->scheme == "http" && a->port == "80" && b->scheme == "https" && b->port == "443";
    return upgraded || (a->scheme == b->scheme && a->port == b->port);
}

} // namespace haulier::job
