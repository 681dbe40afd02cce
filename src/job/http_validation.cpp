// SPDX-License-Identifier: LGPL-2.1-or-later
#include "job/http_validation.hpp"

#include "base/host.hpp"
#include "base/proxy_list.hpp"
#include "base/text.hpp"
#include "job/text_checks.hpp"

#include <algorithm>
#include <array>
#include <fmt/core.h>
#include <sstream>

namespace haulier::job {

namespace {

/// Headers about the framing, the connection, the range or the upload; a client's own value would break the
/// request.
constexpr std::array OwnHeaders{
    std::string_view{"accept-encoding"},
    std::string_view{"connection"},
    std::string_view{"content-encoding"},
    std::string_view{"content-length"},
    std::string_view{"content-range"},
    std::string_view{"expect"},
    std::string_view{"host"},
    std::string_view{"if-match"},
    std::string_view{"if-modified-since"},
    std::string_view{"if-none-match"},
    std::string_view{"if-range"},
    std::string_view{"if-unmodified-since"},
    std::string_view{"keep-alive"},
    std::string_view{"proxy-authorization"},
    std::string_view{"proxy-connection"},
    std::string_view{"range"},
    std::string_view{"te"},
    std::string_view{"trailer"},
    std::string_view{"transfer-encoding"},
    std::string_view{"tus-resumable"},
    std::string_view{"upgrade"},
    std::string_view{"upload-checksum"},
    std::string_view{"upload-concat"},
    std::string_view{"upload-defer-length"},
    std::string_view{"upload-length"},
    std::string_view{"upload-metadata"},
    std::string_view{"upload-offset"},
    std::string_view{"x-http-method-override"},
};

bool is_alnum(char c) {
    return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

/// The messages never contain the value, which may be a secret.
Status check_header(const std::string& line) {
    auto colon = line.find(':');
    auto name = line.substr(0, colon);
    if (colon == std::string::npos || !is_token(name))
        return invalid_argument(
            "a header line does not begin with a name and a colon, such as 'X-Name: value'");
    auto value = line.substr(colon + 1);
    std::erase(value, '\t');
    if (has_control_character(value))
        return invalid_argument(fmt::format("the value of header '{}' has a control character", name));
    if (std::find(OwnHeaders.begin(), OwnHeaders.end(), ascii_lower(name)) != OwnHeaders.end())
        return invalid_argument(fmt::format("header '{}' is set by Haulier itself", name));
    return Done{};
}

Status check_token_credentials(const Credentials& c) {
    if (c.target == Credentials::Target::Proxy)
        return Error{Errc::NotSupported, "scheme 'bearer' is not supported for target 'proxy'"};
    if (!c.user.empty()) return invalid_argument("with scheme 'bearer' the user name must be empty");
    bool visible =
        std::all_of(c.password.begin(), c.password.end(), [](char ch) { return ch > 0x20 && ch < 0x7f; });
    if (c.password.empty() || !visible)
        return invalid_argument("a bearer token has one or more visible ASCII characters and no space");
    return Done{};
}

Status check_user(const Credentials& c) {
    bool implicit = c.scheme == Credentials::Scheme::Ntlm || c.scheme == Credentials::Scheme::Negotiate;
    if (c.user.empty() && !(implicit && c.password.empty()))
        return invalid_argument(fmt::format("scheme '{}' needs a user name", to_string(c.scheme)));
    if (has_control_character(c.user)) return invalid_argument("the user name has a control character");
    // RFC 7617 2: the first colon ends the name.
    if (c.scheme == Credentials::Scheme::Basic && c.user.find(':') != std::string::npos)
        return invalid_argument("with scheme 'basic' the user name cannot have a colon");
    return Done{};
}

std::vector<std::string> items_of(const std::string& list) {
    std::istringstream in(list);
    std::vector<std::string> items;
    for (std::string item; in >> item;)
        items.push_back(item);
    return items;
}

bool is_one_of(const std::string& text, std::initializer_list<std::string_view> words) {
    return std::find(words.begin(), words.end(), text) != words.end();
}

bool is_proxy(std::string item) {
    if (auto equals = item.find('='); equals != std::string::npos) {
        if (!is_one_of(ascii_lower(item.substr(0, equals)), {"http", "https"})) return false;
        item = item.substr(equals + 1);
    }
    if (auto colon = item.find("://"); colon != std::string::npos) {
        if (!is_one_of(ascii_lower(item.substr(0, colon)),
                       {"http", "https", "socks4", "socks4a", "socks5", "socks5h"}))
            return false;
        item = item.substr(colon + 3);
    }
    return is_host_and_port(item);
}

} // namespace

bool is_token(const std::string& text) {
    return !text.empty() && std::all_of(text.begin(), text.end(), [](char c) {
        return is_alnum(c) || std::string_view{"!#$%&'*+-.^_`|~"}.find(c) != std::string_view::npos;
    });
}

Status check_headers(const std::vector<std::string>& lines) {
    size_t bytes = 0;
    for (const auto& line : lines)
        bytes += line.size();
    if (bytes > MaxHeaders)
        return Error{Errc::StringTooLong,
                     fmt::format("the headers have {} bytes, at most {} are allowed", bytes, MaxHeaders)};
    for (const auto& line : lines)
        if (auto ok = check_header(line); !ok) return ok;
    return Done{};
}

Result<std::string> method_for(Type type, const std::string& method) {
    if (method.empty() || method == (is_upload(type) ? "PUT" : "GET")) return std::string{};
    if (auto ok = bytes_at_most("the method", method, MaxMethod); !ok) return ok.error();
    if (!is_token(method))
        return invalid_argument(fmt::format("'{}' is not an HTTP method such as POST", method));
    if (is_upload(type) && method != "POST")
        return Error{Errc::NotSupported,
                     fmt::format("an upload cannot use method '{}', only PUT and POST", method)};
    // Responses to HEAD have no content, and the others do not request any.
    if (is_one_of(method, {"HEAD", "CONNECT", "TRACE"}))
        return Error{Errc::NotSupported, fmt::format("method '{}' does not request any content", method)};
    return method;
}

Status check_credentials(const Credentials& c) {
    if (auto ok = characters_at_most("the user name", c.user, MaxUserName); !ok) return ok;
    if (auto ok = bytes_at_most("the password", c.password, MaxPassword); !ok) return ok;
    return c.scheme == Credentials::Scheme::Bearer ? check_token_credentials(c) : check_user(c);
}

Status check_proxy_list(const std::string& list) {
    if (auto ok = bytes_at_most("the list of proxies", list, MaxProxyList); !ok) return ok;
    for (const auto& item : items_of(list))
        if (!is_proxy(item))
            return invalid_argument(
                "the list of proxies has an item that is not [protocol=][scheme://]host[:port]; protocol "
                "http or https, scheme http, https, socks4, socks4a, socks5 or socks5h");
    return Done{};
}

Status check_proxy_bypass(const std::string& bypass) {
    if (auto ok = bytes_at_most("the list of hosts without a proxy", bypass, MaxProxyList); !ok) return ok;
    for (const auto& item : items_of(bypass))
        if (!is_bypass_pattern(item))
            return invalid_argument(fmt::format("'{}' is not a host name, '*.domain' or '<local>'", item));
    return Done{};
}

} // namespace haulier::job
