// SPDX-License-Identifier: LGPL-2.1-or-later
#include "transfer/url.hpp"

#include "base/limits.hpp"
#include "base/text.hpp"

#include <algorithm>
#include <curl/curl.h>
#include <fmt/core.h>
#include <memory>

namespace haulier::transfer {

namespace {

struct Deleter {
    void operator()(CURLU* url) const { curl_url_cleanup(url); }
    void operator()(char* text) const { curl_free(text); }
};

using Handle = std::unique_ptr<CURLU, Deleter>;

/// Empty if the URL has no such component.
std::string component(CURLU* url, CURLUPart which, unsigned flags = 0) {
    char* text = nullptr;
    if (curl_url_get(url, which, &text, flags) != CURLUE_OK) return {};
    std::unique_ptr<char, Deleter> owned{text};
    return owned.get();
}

UrlError malformed(CURLUcode code) {
    return {.message = fmt::format("the remote name is not a valid URL such as https://example.org/file: {}",
                                   curl_url_strerror(code))};
}

Result<Url, UrlError> read_components(CURLU* url) {
    Url parsed{.scheme = component(url, CURLUPART_SCHEME)};
    if (parsed.scheme != "http" && parsed.scheme != "https")
        return UrlError{
            .unsupported = true,
            .message = fmt::format("scheme '{}' is not supported, only http and https are", parsed.scheme)};
    parsed.host = ascii_lower(component(url, CURLUPART_HOST));
    parsed.port = component(url, CURLUPART_PORT, CURLU_DEFAULT_PORT);
    parsed.text = component(url, CURLUPART_URL);
    if (parsed.host.empty() || parsed.text.empty()) return malformed(CURLUE_NO_HOST);
    if (parsed.port == "0") return malformed(CURLUE_BAD_PORT_NUMBER);
    if (!component(url, CURLUPART_USER).empty() || !component(url, CURLUPART_PASSWORD).empty())
        return UrlError{.has_user = true,
                        .message = "the remote name contains a user name or password, which anyone who sees "
                                   "the URL could read"};
    return parsed;
}

} // namespace

Result<Url, UrlError> parse_url(const std::string& text) {
    if (text.size() > MaxUrl)
        return UrlError{.message = fmt::format("the remote name has {} bytes, at most {} are allowed",
                                               text.size(), MaxUrl)};
    // curl stops at a NUL, and would not check what follows it.
    if (has_control_character(text) || text.find(' ') != std::string::npos)
        return UrlError{.message = "the remote name contains a space or a control character, which must be "
                                   "escaped, such as %20 for a space"};
    Handle url{curl_url()};
    auto code =
        curl_url_set(url.get(), CURLUPART_URL, text.c_str(), CURLU_NON_SUPPORT_SCHEME | CURLU_URLENCODE);
    if (code != CURLUE_OK) return malformed(code);
    auto parsed = read_components(url.get());
    // curl accepts a third slash and takes the first component of the path for the host.
    if (parsed && text.find(":///") == parsed->scheme.size()) return malformed(CURLUE_NO_HOST);
    return parsed;
}

bool is_same_server(const Url& first, const Url& other) {
    bool upgraded = first.scheme == "http" && first.port == "80" && other.scheme == "https" &&
                    other.port == "443" && first.host == other.host;
    return upgraded || first.origin() == other.origin();
}

Url on_server(const Url& url, const Url& server) {
    Handle handle{curl_url()};
    Url moved = url;
    moved.scheme = server.scheme;
    moved.host = server.host;
    moved.port = server.port;
    bool done = curl_url_set(handle.get(), CURLUPART_URL, url.text.c_str(), 0) == CURLUE_OK &&
                curl_url_set(handle.get(), CURLUPART_SCHEME, server.scheme.c_str(), 0) == CURLUE_OK &&
                curl_url_set(handle.get(), CURLUPART_HOST, server.host.c_str(), 0) == CURLUE_OK &&
                curl_url_set(handle.get(), CURLUPART_PORT, server.port.c_str(), 0) == CURLUE_OK;
    moved.text = done ? component(handle.get(), CURLUPART_URL, CURLU_NO_DEFAULT_PORT) : std::string{};
    return moved;
}

Result<Url, UrlError> resolve(const Url& base, const std::string& location) {
    Handle url{curl_url()};
    constexpr unsigned flags = CURLU_NON_SUPPORT_SCHEME | CURLU_URLENCODE | CURLU_ALLOW_SPACE;
    auto code = curl_url_set(url.get(), CURLUPART_URL, base.text.c_str(), 0);
    if (code == CURLUE_OK) code = curl_url_set(url.get(), CURLUPART_URL, location.c_str(), flags);
    if (code != CURLUE_OK) return malformed(code);
    return read_components(url.get());
}

} // namespace haulier::transfer
