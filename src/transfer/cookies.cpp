// SPDX-License-Identifier: LGPL-2.1-or-later
#include "transfer/cookies.hpp"

#include <algorithm>
#include <strings.h>

namespace haulier::transfer {

namespace {

constexpr std::string_view CookieField = "cookie:";

/// A line of a Netscape cookie file: domain, subdomains, path, secure, expiry, name and value. A cookie
/// without a name is ignored (RFC 6265, 5.2), which curl 8 does not do.
bool has_name(std::string_view line) {
    constexpr int Name = 5;
    for (int field = 0; field < Name && !line.empty(); ++field)
        line.remove_prefix(std::min(line.find('\t'), line.size() - 1) + 1);
    return !line.empty() && line.front() != '\t';
}

} // namespace

void set_cookies(CurlHandle& handle, const Cookies& cookies) {
    handle.set(CURLOPT_COOKIEFILE, ""); // no file, but curl keeps cookies
    for (const auto& cookie : cookies)
        handle.set(CURLOPT_COOKIELIST, cookie.c_str());
}

Cookies cookies_of(const CurlHandle& handle) {
    curl_slist* list = nullptr;
    if (curl_easy_getinfo(handle.get(), CURLINFO_COOKIELIST, &list) != CURLE_OK) return {};
    Cookies cookies;
    for (const auto* one = list; one; one = one->next)
        if (has_name(one->data)) cookies.emplace_back(one->data);
    curl_slist_free_all(list);
    return cookies;
}

bool is_cookie_header(std::string_view line) {
    return line.size() >= CookieField.size() &&
           strncasecmp(line.data(), CookieField.data(), CookieField.size()) == 0;
}

std::string own_cookies(const wire::Http& http) {
    std::string cookies;
    for (const auto& line : http.headers()) {
        if (!is_cookie_header(line)) continue;
        auto first = line.find_first_not_of(" \t", CookieField.size());
        if (first == std::string::npos) continue;
        cookies.append(cookies.empty() ? "" : "; ").append(line, first);
    }
    return cookies;
}

} // namespace haulier::transfer
