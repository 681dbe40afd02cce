// SPDX-License-Identifier: LGPL-2.1-or-later
#include "transfer/curl_options.hpp"

#include "base/host.hpp"
#include "transfer/credentials.hpp"

#include <algorithm>
#include <fmt/core.h>

namespace haulier::transfer {

namespace {

constexpr uint64_t MaxBuffer =
    512 * 1024; ///< measured: a third less CPU time than with curl's 16 KiB; larger ones gain nothing
constexpr uint64_t MinBuffer = 4 * 1024;
constexpr uint64_t MinUploadBuffer = 16 * 1024; ///< the smallest that curl accepts

/// One read should be a small part of what a limit allows in a second.
uint64_t buffer_for(uint64_t bytes_per_second) {
    if (bytes_per_second == 0) return MaxBuffer;
    return std::clamp(bytes_per_second / 64, MinBuffer, MaxBuffer);
}

/// A connection that is there already may speak HTTP/2, so a new one is made.
void set_http1(CurlHandle& handle) {
    handle.set(CURLOPT_HTTP_VERSION, long{CURL_HTTP_VERSION_1_1});
    handle.set(CURLOPT_FRESH_CONNECT, 1L);
}

/// curl and most resolvers do not recognise such names with a final dot.
void set_loopback_addresses(CurlHandle& handle, const Url& url) {
    if (url.host.ends_with('.') && is_loopback_host(url.host))
        handle.add_addresses(fmt::format("{}:{}:127.0.0.1,[::1]", url.host, url.port));
}

} // namespace

void set_buffers(CurlHandle& handle, uint64_t bytes_per_second) {
    handle.set(CURLOPT_BUFFERSIZE, static_cast<long>(buffer_for(bytes_per_second)));
    if (bytes_per_second > 0) handle.set(CURLOPT_UPLOAD_BUFFERSIZE, static_cast<long>(MinUploadBuffer));
}

void set_route(CurlHandle& handle, const Route& route, const wire::Http& http) {
    if (route.kind != Route::Kind::Environment) {
        handle.set(CURLOPT_PROXY, route.proxy.c_str()); // empty: no proxy, whatever the environment says
        handle.set(CURLOPT_NOPROXY, route.kind == Route::Kind::Direct ? "*" : "");
    }
    handle.set(CURLOPT_SUPPRESS_CONNECT_HEADERS, 1L);
    set_proxy_login(handle, http);
}

void set_connection(CurlHandle& handle, const NetworkSettings& settings, const Url& url,
                    const wire::Http& http) {
    handle.set(CURLOPT_URL, url.text.c_str());
    handle.set(CURLOPT_PROTOCOLS_STR, "http,https");
    handle.set(CURLOPT_DISALLOW_USERNAME_IN_URL, 1L);
    // The TLS handshake tells whether the server multiplexes, so a request may wait for it. Without TLS that
    // never becomes known, and waiting would make curl send one request after the other.
    handle.set(CURLOPT_HTTP_VERSION, long{CURL_HTTP_VERSION_2TLS});
    handle.set(CURLOPT_PIPEWAIT, long{url.scheme == "https" && !http.http1()});
    if (http.http1()) set_http1(handle);
    set_loopback_addresses(handle, url);
    handle.set(CURLOPT_NOSIGNAL, 1L);
    handle.set(CURLOPT_CONNECTTIMEOUT, long{settings.connect_timeout_s});
    // A server may think for an hour; this tells whether it is still there.
    handle.set(CURLOPT_TCP_KEEPALIVE, 1L);
    handle.set(CURLOPT_USERAGENT, settings.user_agent.c_str());
}

/// curl removes a header given as "Name:"; "Name;" is its form for a header without a value.
std::string for_curl(const std::string& line) {
    auto colon = line.find(':');
    if (colon != std::string::npos && line.find_first_not_of(" \t", colon + 1) == std::string::npos)
        return line.substr(0, colon) + ';';
    return line;
}

} // namespace haulier::transfer
