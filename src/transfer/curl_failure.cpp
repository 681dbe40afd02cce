// SPDX-License-Identifier: LGPL-2.1-or-later
#include "transfer/curl_failure.hpp"

#include <array>
#include <fmt/core.h>

namespace haulier::transfer {

namespace {

struct Meaning {
    CURLcode code;
    wire::Cause cause;
    const char* message; ///< {} = host
};

constexpr Meaning Connecting[] = {
    {CURLE_COULDNT_RESOLVE_HOST, wire::NAME_RESOLUTION, "The name {} has no address."},
    {CURLE_COULDNT_RESOLVE_PROXY, wire::NAME_RESOLUTION,
     "The name of the proxy on the way to {} has no address."},
    {CURLE_COULDNT_CONNECT, wire::CONNECT_FAILURE, "No connection to {} could be made."},
    {CURLE_PROXY, wire::CONNECT_FAILURE, "The proxy made no connection to {}."},
    {CURLE_INTERFACE_FAILED, wire::CONNECT_FAILURE, "No connection to {} could be made."},
    {CURLE_OPERATION_TIMEDOUT, wire::TIMEOUT, "No connection to {} was made in time."},
    {CURLE_PEER_FAILED_VERIFICATION, wire::TLS_CERTIFICATE, "The certificate of {} is not trusted"},
    {CURLE_SSL_ISSUER_ERROR, wire::TLS_CERTIFICATE, "The certificate of {} is not trusted"},
    {CURLE_SSL_INVALIDCERTSTATUS, wire::TLS_CERTIFICATE, "The certificate of {} is not trusted"},
    {CURLE_SSL_CACERT_BADFILE, wire::TLS_CERTIFICATE,
     "The certificate authorities to check {} with cannot be read"},
    {CURLE_SSL_CONNECT_ERROR, wire::TLS_HANDSHAKE, "No secure connection to {} could be agreed"},
    {CURLE_SSL_CIPHER, wire::TLS_HANDSHAKE, "No secure connection to {} could be agreed"},
    {CURLE_SSL_CERTPROBLEM, wire::TLS_CERTIFICATE, "The client's own certificate for {} cannot be used"},
};

constexpr Meaning Talking[] = {
    {CURLE_SEND_ERROR, wire::CONNECTION_LOST, "The connection to {} broke."},
    {CURLE_RECV_ERROR, wire::CONNECTION_LOST, "The connection to {} broke."},
    {CURLE_GOT_NOTHING, wire::CONNECTION_LOST, "{} closed the connection without an answer."},
    {CURLE_HTTP2, wire::CONNECTION_LOST, "The HTTP/2 connection to {} broke."},
    {CURLE_HTTP2_STREAM, wire::CONNECTION_LOST, "{} broke off the HTTP/2 stream."},
    {CURLE_PARTIAL_FILE, wire::SHORT_BODY, "{} sent fewer bytes than announced."},
    {CURLE_TOO_MANY_REDIRECTS, wire::TOO_MANY_REDIRECTS, "{} redirected more than ten times."},
    {CURLE_LOGIN_DENIED, wire::REDIRECT_REFUSED,
     "{} redirected to a URL with a user name, which is not followed."},
    {CURLE_WEIRD_SERVER_REPLY, wire::INVALID_RESPONSE, "The answer of {} is not valid HTTP."},
    {CURLE_BAD_CONTENT_ENCODING, wire::INVALID_RESPONSE, "The answer of {} is not valid HTTP."},
    {CURLE_SEND_FAIL_REWIND, wire::LOCAL_FILE, "What {} wants to have once more cannot be read again."},
    {CURLE_ABORTED_BY_CALLBACK, wire::LOCAL_FILE, "What is to be sent to {} cannot be read."},
    {CURLE_OUT_OF_MEMORY, wire::INTERNAL, "There is not enough memory to fetch from {}."},
};

/// curl uses one code for a refused redirect and for an answer that is not HTTP.
Meaning ambiguous(CURLcode code, const Answer& answer) {
    if (answer.status >= 300 && answer.status < 400 && code == CURLE_UNSUPPORTED_PROTOCOL)
        return {code, wire::REDIRECT_REFUSED,
                "{} redirected to where Haulier does not follow: only http and https are "
                "fetched, and https never becomes http."};
    if (code == CURLE_UNSUPPORTED_PROTOCOL || code == CURLE_URL_MALFORMAT)
        return {code, wire::INVALID_RESPONSE, "The answer of {} is not valid HTTP."};
    return {code, wire::INTERNAL, "Fetching from {} failed"};
}

Meaning meaning_of(CURLcode code, const Answer& answer) {
    for (const auto& m : Connecting)
        if (m.code == code) return m;
    for (const auto& m : Talking)
        if (m.code == code) return m;
    return ambiguous(code, answer);
}

} // namespace

Failure curl_failure(const Ending& ending, const Answer& answer, const std::string& host) {
    if (ending.stalled)
        return {.cause = wire::TIMEOUT,
                .code = ending.code,
                .message = fmt::format("{} sent nothing for too long.", host)};
    if (ending.bad_proxy)
        return {.cause = wire::PROXY,
                .code = ending.code,
                .message =
                    fmt::format("The proxy for {} is given in a way that cannot be used; it should look "
                                "like http://proxy.example.org:3128.",
                                host)};
    if (ending.proxy_status >= 300)
        return {.cause = wire::HTTP_STATUS,
                .code = ending.proxy_status,
                .message = fmt::format("The proxy on the way to {} answered with HTTP status {}.", host,
                                       ending.proxy_status)};
    auto meaning = meaning_of(ending.code, answer);
    std::string message = fmt::format(fmt::runtime(meaning.message), host);
    // Sentences without an end leave room for curl's words. Those about TLS hold no part of the URL; others
    // might.
    bool tls = meaning.cause == wire::TLS_CERTIFICATE || meaning.cause == wire::TLS_HANDSHAKE;
    if (!message.ends_with('.'))
        message += fmt::format(": {}.", tls && !ending.detail.empty() ? ending.detail
                                                                      : curl_easy_strerror(ending.code));
    return {.cause = meaning.cause, .code = ending.code, .message = std::move(message)};
}

} // namespace haulier::transfer
