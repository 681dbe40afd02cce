// SPDX-License-Identifier: LGPL-2.1-or-later
// An HTTP request, and the interface of the object that receives its response.
#pragma once

#include "transfer/http_response.hpp"
#include "transfer/patience.hpp"
#include "worker.pb.h"

#include <cstdint>
#include <curl/curl.h>
#include <string>
#include <string_view>
#include <vector>

namespace haulier::transfer {

/// The content of a request. It must outlive the request.
class RequestBody {
public:
    static constexpr size_t Abort = ~size_t{0};
    static constexpr size_t Pause = Abort - 1; ///< no bytes are there yet; resume() continues
    virtual ~RequestBody() = default;
    [[nodiscard]] virtual uint64_t size() const noexcept = 0;
    /// Copies the next bytes, at most `most`, and returns their number: 0 at the end, Pause, or Abort to
    /// abort the exchange.
    virtual size_t read(char* into, size_t most) noexcept = 0;
    /// Goes back to the first byte, because a redirect or an authentication needs the content again. Returns
    /// false if that is impossible.
    virtual bool rewind() noexcept = 0;
};

struct HttpRequest {
    std::string url;
    std::string method;               ///< empty = GET; responses to HEAD have no content
    std::string range;                ///< "0-99" or "100-", inclusive; empty = everything
    std::string if_range;             ///< empty = unconditional
    std::vector<std::string> headers; ///< sent to every server; those of `http` only to the first
    RequestBody* body = nullptr;
    wire::Http http;           ///< its `method` is ignored
    uint64_t minimum_rate = 0; ///< bytes a second; a slower server is given up, 0 = never
    bool is_small = false;     ///< the body probably is
};

/// How a request ended. The response may be incomplete or missing.
struct TransferResult {
    CURLcode code = CURLE_OK;
    Bound bound = Bound::None;  ///< what the server exceeded
    bool http1 = false;         ///< the response came by HTTP/1
    std::string detail;         ///< curl's own error text
    int proxy_status = 0;       ///< status with which the proxy refused CONNECT; 0 = it did not
    bool bad_proxy = false;     ///< the configured proxy cannot be used
    bool clock_doubted = false; ///< a certificate is out of date, and the clock of this machine may be wrong
    std::string redirect;       ///< target of a redirect that the job's policy forbids
    std::string host;           ///< that was asked; empty = none was
    std::string port;           ///< of that host
    std::string proxy;          ///< "HOST port PORT" of the proxy on the way, if it is known
    int os_error = 0;           ///< errno of the last attempt to connect
};

/// Receives the response to a request.
class ResponseHandler {
public:
    enum class BodyAction {
        Continue,
        Pause,  ///< not consumed: the same bytes are delivered again after resume()
        Ignore, ///< the body is not wanted; a little of it is read, and the exchange succeeds
        Abort,
    };
    virtual ~ResponseHandler() = default;
    /// The head of a successful response is complete. False aborts the exchange. As body(), this is called
    /// from inside curl.
    virtual bool head(const HttpResponse&) noexcept { return true; }
    /// Called from inside curl, so it must not start or destroy a request.
    virtual BodyAction body(const HttpResponse& response, std::string_view bytes) noexcept = 0;
    /// Called once, as the last call. The handler may destroy the request in it.
    virtual void ended(const HttpResponse& response, const TransferResult& result) = 0;
};

} // namespace haulier::transfer
