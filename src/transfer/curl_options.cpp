// SPDX-License-Identifier: LGPL-2.1-or-later
#include "transfer/curl_options.hpp"

#include "base/host.hpp"
#include "transfer/credentials.hpp"

#include <algorithm>
#include <cstring>
#include <fmt/core.h>
#include <netinet/in.h>
#include <sys/socket.h>

namespace haulier::transfer {

namespace {

constexpr uint64_t MaxBuffer =
    512 * 1024; ///< measured: a third less CPU time than with curl's 16 KiB; larger ones gain nothing
constexpr uint64_t MinBuffer = 4 * 1024;
/// A limit may be lowered while a transfer lasts, but its buffer keeps its size.
constexpr uint64_t MaxLimitedBuffer = 16 * 1024;
constexpr uint32_t PeerPatience = 3;            ///< seconds
constexpr uint64_t MinUploadBuffer = 16 * 1024; ///< the smallest that curl accepts

/// One read should be a small part of what a limit allows in a second.
uint64_t buffer_for(uint64_t bytes_per_second) {
    if (bytes_per_second == 0) return MaxBuffer;
    return std::clamp(bytes_per_second / 64, MinBuffer, MaxLimitedBuffer);
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

bool is_this_machine(const in_addr& address) {
    auto bits = ntohl(address.s_addr);
    return bits >> 24 == 127 || bits >> 24 == 0;
}

bool is_this_machine(const in6_addr& address) {
    if (!IN6_IS_ADDR_V4MAPPED(&address))
        return IN6_IS_ADDR_LOOPBACK(&address) || IN6_IS_ADDR_UNSPECIFIED(&address);
    in_addr mapped{};
    std::memcpy(&mapped, address.s6_addr + 12, sizeof mapped);
    return is_this_machine(mapped);
}

bool is_this_machine(const curl_sockaddr& address) {
    const void* raw = &address.addr;
    if (address.family == AF_INET) return is_this_machine(static_cast<const sockaddr_in*>(raw)->sin_addr);
    return address.family != AF_INET6 || is_this_machine(static_cast<const sockaddr_in6*>(raw)->sin6_addr);
}

curl_socket_t open_remote_socket(void*, curlsocktype, curl_sockaddr* address) noexcept {
    if (is_this_machine(*address)) return CURL_SOCKET_BAD;
    return socket(address->family, address->socktype | SOCK_CLOEXEC, address->protocol);
}

} // namespace

NetworkSettings settings_for(const NetworkSettings& settings, const wire::Http& http) {
    if (!http.peer()) return settings;
    return {.connect_timeout_s = std::min(settings.connect_timeout_s, PeerPatience),
            .stall_timeout_s = std::min(settings.stall_timeout_s, PeerPatience),
            .user_agent = {}};
}

void forbid_loopback(CurlHandle& handle) {
    handle.set(CURLOPT_OPENSOCKETFUNCTION, &open_remote_socket);
}

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
