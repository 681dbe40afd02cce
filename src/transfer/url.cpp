// SPDX-License-Identifier: LGPL-2.1-or-later
#include "transfer/url.hpp"

#include <algorithm>
#include <cctype>
#include <curl/curl.h>
#include <fmt/core.h>
#include <memory>

namespace haulier::transfer {

namespace {

struct Freed {
    void operator()(CURLU* url) const { curl_url_cleanup(url); }
    void operator()(char* text) const { curl_free(text); }
};

/// Empty if the URL has no such part.
std::string part(CURLU* url, CURLUPart which, unsigned flags = 0) {
    char* text = nullptr;
    if (curl_url_get(url, which, &text, flags) != CURLUE_OK) return {};
    std::unique_ptr<char, Freed> owned{text};
    return owned.get();
}

std::string lower(std::string text) {
    for (auto& c : text)
        c = static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
    return text;
}

UrlFault malformed(CURLUcode code) {
    return {.message = fmt::format("The remote name is not a valid URL ({}). It should look like "
                                   "https://example.org/file.",
                                   curl_url_strerror(code))};
}

using Handle = std::unique_ptr<CURLU, Freed>;

std::variant<Url, UrlFault> examine(CURLU* url) {
    Url parsed{.scheme = part(url, CURLUPART_SCHEME)};
    if (parsed.scheme != "http" && parsed.scheme != "https")
        return UrlFault{
            .unsupported = true,
            .message = fmt::format("The scheme “{}” is not supported; use http or https.", parsed.scheme)};
    parsed.host = lower(part(url, CURLUPART_HOST));
    parsed.port = part(url, CURLUPART_PORT, CURLU_DEFAULT_PORT);
    parsed.text = part(url, CURLUPART_URL);
    if (parsed.host.empty() || parsed.text.empty()) return malformed(CURLUE_NO_HOST);
    if (!part(url, CURLUPART_USER).empty() || !part(url, CURLUPART_PASSWORD).empty())
        return UrlFault{.has_user = true,
                        .message =
                            "The remote name contains a user name or password, which everybody who sees the "
                            "URL could read. Leave them out."};
    return parsed;
}

} // namespace

std::variant<Url, UrlFault> parse_url(const std::string& text) {
    if (text.size() > LongestUrl)
        return UrlFault{.message = fmt::format("The remote name has {} bytes; at most {} are allowed.",
                                               text.size(), LongestUrl)};
    // curl stops reading at a NUL; what follows it would be checked by nobody.
    if (std::any_of(text.begin(), text.end(), [](unsigned char c) { return c <= ' ' || c == 0x7f; }))
        return UrlFault{.message =
                            "The remote name contains a space or a control character. Write it as a percent "
                            "sign and two digits: %20 for a space."};
    Handle url{curl_url()};
    auto code =
        curl_url_set(url.get(), CURLUPART_URL, text.c_str(), CURLU_NON_SUPPORT_SCHEME | CURLU_URLENCODE);
    if (code != CURLUE_OK) return malformed(code);
    auto parsed = examine(url.get());
    // curl forgives a third slash and takes the path's first part for the host.
    auto* good = std::get_if<Url>(&parsed);
    if (good && text.find(":///") == good->scheme.size()) return malformed(CURLUE_NO_HOST);
    return parsed;
}

std::variant<Url, UrlFault> resolve(const Url& base, const std::string& location) {
    Handle url{curl_url()};
    constexpr unsigned flags = CURLU_NON_SUPPORT_SCHEME | CURLU_URLENCODE | CURLU_ALLOW_SPACE;
    auto code = curl_url_set(url.get(), CURLUPART_URL, base.text.c_str(), 0);
    if (code == CURLUE_OK) code = curl_url_set(url.get(), CURLUPART_URL, location.c_str(), flags);
    if (code != CURLUE_OK) return malformed(code);
    return examine(url.get());
}

} // namespace haulier::transfer
