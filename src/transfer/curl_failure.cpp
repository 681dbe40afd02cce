// SPDX-License-Identifier: LGPL-2.1-or-later
#include "transfer/curl_failure.hpp"

#include "base/process_limits.hpp"
#include "base/text.hpp"

#include <array>
#include <fmt/core.h>
#include <optional>
#include <system_error>

namespace haulier::transfer {

namespace {

struct Meaning {
    CURLcode code;
    wire::Cause cause;
    const char* message;      ///< {} = subject()
    bool with_detail = false; ///< curl's own text is added
};

/// CURLE_TOO_LARGE, which curl has from 8.6 on.
constexpr auto TooLarge = static_cast<CURLcode>(100);

constexpr Meaning Connecting[] = {
    {CURLE_COULDNT_RESOLVE_HOST, wire::NAME_RESOLUTION, "the host name {} cannot be resolved"},
    {CURLE_COULDNT_RESOLVE_PROXY, wire::NAME_RESOLUTION, "the host name of {} cannot be resolved"},
    {CURLE_COULDNT_CONNECT, wire::CONNECT_FAILURE, "cannot connect to {}"},
    {CURLE_PROXY, wire::CONNECT_FAILURE, "the proxy cannot connect to {}"},
    {CURLE_INTERFACE_FAILED, wire::CONNECT_FAILURE, "cannot connect to {}"},
    {CURLE_OPERATION_TIMEDOUT, wire::TIMEOUT, "connecting to {} took too long"},
    {CURLE_PEER_FAILED_VERIFICATION, wire::TLS_CERTIFICATE, "the certificate of {} is not trusted", true},
    {CURLE_SSL_ISSUER_ERROR, wire::TLS_CERTIFICATE, "the certificate of {} is not trusted", true},
    {CURLE_SSL_INVALIDCERTSTATUS, wire::TLS_CERTIFICATE, "the certificate of {} is not trusted", true},
    {CURLE_SSL_CACERT_BADFILE, wire::TLS_CERTIFICATE, "the certificate authorities for {} cannot be read",
     true},
    {CURLE_SSL_CONNECT_ERROR, wire::TLS_HANDSHAKE, "cannot establish a secure connection to {}", true},
    {CURLE_SSL_CIPHER, wire::TLS_HANDSHAKE, "cannot establish a secure connection to {}", true},
    {CURLE_SSL_CERTPROBLEM, wire::TLS_CERTIFICATE, "the client certificate for {} cannot be used", true},
};

constexpr Meaning Exchanging[] = {
    {CURLE_SEND_ERROR, wire::CONNECTION_LOST, "the connection to {} was lost"},
    {CURLE_RECV_ERROR, wire::CONNECTION_LOST, "the connection to {} was lost"},
    {CURLE_GOT_NOTHING, wire::CONNECTION_LOST, "{} closed the connection without a response"},
    {CURLE_HTTP2, wire::CONNECTION_LOST, "the HTTP/2 connection to {} was lost"},
    {CURLE_HTTP2_STREAM, wire::CONNECTION_LOST, "{} aborted the HTTP/2 stream"},
    {CURLE_PARTIAL_FILE, wire::SHORT_BODY, "{} sent fewer bytes than it had announced"},
    {CURLE_TOO_MANY_REDIRECTS, wire::TOO_MANY_REDIRECTS, "{} redirected more than ten times"},
    {CURLE_LOGIN_DENIED, wire::REDIRECT_REFUSED,
     "{} redirected to a URL with a user name, which is not followed"},
    {CURLE_WEIRD_SERVER_REPLY, wire::INVALID_RESPONSE, "the response of {} is not valid HTTP"},
    {CURLE_BAD_CONTENT_ENCODING, wire::INVALID_RESPONSE, "the response of {} is not valid HTTP"},
    {CURLE_SEND_FAIL_REWIND, wire::LOCAL_FILE,
     "{} requires the content again, but the file cannot be read again"},
    {CURLE_ABORTED_BY_CALLBACK, wire::LOCAL_FILE, "the file to be uploaded to {} cannot be read"},
    // This is what curl says of a header of more than 100 KiB.
    {CURLE_OUT_OF_MEMORY, wire::INVALID_RESPONSE, "the headers of {} are too large"},
    {TooLarge, wire::INVALID_RESPONSE, "the headers of {} are too large"},
};

constexpr Meaning BadChunk{CURLE_RECV_ERROR, wire::INVALID_RESPONSE, "the response of {} is not valid HTTP"};

/// For these curl has no code of their own.
bool is_bad_chunk(const TransferResult& result) {
    return result.code == CURLE_RECV_ERROR && result.detail.find("chunk") != std::string::npos;
}

std::optional<Meaning> meaning_of(Bound bound) {
    constexpr auto code = CURLE_OPERATION_TIMEDOUT;
    switch (bound) {
    case Bound::None: return std::nullopt;
    case Bound::Silence: return Meaning{code, wire::TIMEOUT, "{} sent nothing for too long"};
    case Bound::Answer: return Meaning{code, wire::TIMEOUT, "{} took too long to respond"};
    case Bound::AnswerAfterBody:
        return Meaning{code, wire::TIMEOUT, "{} took too long to respond after it had received the content"};
    case Bound::Rate: return Meaning{code, wire::TIMEOUT, "{} is too slow, and there are other sources"};
    case Bound::Head: return Meaning{code, wire::INVALID_RESPONSE, "the headers of {} are too large"};
    case Bound::Overhead:
        return Meaning{code, wire::INVALID_RESPONSE, "{} sends too much that is not part of the file"};
    }
    return std::nullopt;
}

/// curl has one code for a refused redirect and for a response that is not HTTP.
Meaning ambiguous(CURLcode code, const HttpResponse& response) {
    if (response.status >= 300 && response.status < 400 && code == CURLE_UNSUPPORTED_PROTOCOL)
        return {code, wire::REDIRECT_REFUSED,
                "{} redirected to a URL that is not followed: only http and https are supported, and not a "
                "redirect from https to http"};
    if (response.status >= 300 && response.status < 400 && code == CURLE_URL_MALFORMAT)
        return {code, wire::INVALID_RESPONSE, "{} redirected to something that is not a URL"};
    if (code == CURLE_UNSUPPORTED_PROTOCOL || code == CURLE_URL_MALFORMAT)
        return {code, wire::INVALID_RESPONSE, "the response of {} is not valid HTTP"};
    return {code, wire::INTERNAL, "the transfer with {} failed", true};
}

Meaning meaning_of(CURLcode code, const HttpResponse& response) {
    for (const auto& m : Connecting)
        if (m.code == code) return m;
    for (const auto& m : Exchanging)
        if (m.code == code) return m;
    return ambiguous(code, response);
}

/// What the message is about. Where a connection is not made, the port and the proxy matter.
std::string subject(const TransferResult& result, const std::string& host) {
    auto server = result.port.empty() ? host : fmt::format("{} port {}", host, result.port);
    auto proxy = result.proxy.empty() ? "" : "the proxy " + result.proxy;
    auto code = result.code;
    if (code == CURLE_COULDNT_CONNECT) return proxy.empty() ? server : proxy;
    if (code == CURLE_OPERATION_TIMEDOUT) return proxy.empty() ? server : server + " through " + proxy;
    if (code == CURLE_PROXY) return server;
    if (code == CURLE_COULDNT_RESOLVE_PROXY)
        return proxy.empty() ? "the proxy for " + host : proxy.substr(0, proxy.find(" port "));
    return host;
}

/// ": connection refused", if the system has said why.
std::string connect_reason(const TransferResult& result) {
    if (result.code != CURLE_COULDNT_CONNECT || result.os_error == 0) return "";
    auto reason = std::generic_category().message(result.os_error);
    return ": " + ascii_lower(reason.substr(0, 1)) + reason.substr(1);
}

} // namespace

Failure curl_failure(const TransferResult& result, const HttpResponse& response,
                     const std::string& first_host) {
    const auto& host = result.host.empty() ? first_host : result.host;
    if (auto exceeded = meaning_of(result.bound))
        return {.cause = exceeded->cause,
                .code = result.code,
                .message = fmt::format(fmt::runtime(exceeded->message), host),
                .http1_next = !result.http1 && result.bound == Bound::Overhead};
    if (result.bad_proxy)
        return {.cause = wire::PROXY,
                .code = result.code,
                .message = fmt::format("the proxy for {} is not given in a form such as "
                                       "http://proxy.example.org:3128",
                                       host)};
    if (result.proxy_status >= 300)
        return {.cause = wire::HTTP_STATUS,
                .code = result.proxy_status,
                .message =
                    fmt::format("the proxy for {} responded with HTTP status {}", host, result.proxy_status),
                .by_proxy = true};
    if (response.status == 0 && !has_free_descriptors())
        return {.cause = wire::CONNECT_FAILURE,
                .code = result.code,
                .message = fmt::format("cannot connect to {}: too many open files", host),
                .is_transient = true};
    auto meaning = is_bad_chunk(result) ? BadChunk : meaning_of(result.code, response);
    std::string message =
        fmt::format(fmt::runtime(meaning.message), subject(result, host)) + connect_reason(result);
    // curl's details about TLS do not contain the URL; others may.
    bool tls = meaning.cause == wire::TLS_CERTIFICATE || meaning.cause == wire::TLS_HANDSHAKE;
    if (meaning.with_detail)
        message += fmt::format(": {}", tls && !result.detail.empty() ? result.detail
                                                                     : curl_easy_strerror(result.code));
    if (result.clock_doubted) message += "; the clock of this machine may be wrong";
    bool http2_fails = result.code == CURLE_HTTP2 || result.code == CURLE_HTTP2_STREAM;
    return {.cause = meaning.cause,
            .code = result.code,
            .message = std::move(message),
            .clock = result.clock_doubted,
            .http1_next = http2_fails};
}

} // namespace haulier::transfer
