// SPDX-License-Identifier: LGPL-2.1-or-later
#include "transfer/http_exchange.hpp"

#include "transfer/credentials.hpp"
#include "transfer/tls.hpp"

#include <algorithm>
#include <cstdio>
#include <utility>

namespace haulier::transfer {

namespace {

constexpr uint64_t MaxBuffer =
    512 * 1024; ///< measured: a third less CPU time than with curl's 16 KiB; larger ones gain nothing
constexpr uint64_t MinBuffer = 1024;
constexpr uint64_t MinUploadBuffer = 16 * 1024; ///< the smallest that curl accepts
constexpr uint32_t TicksToStall = 4;
constexpr Usec WakeUpInterval = std::chrono::milliseconds{250};

/// With a bandwidth limit curl reads a buffer at a time; a quarter of a second's worth keeps the flow even.
uint64_t buffer_for(uint64_t bytes_per_second) {
    if (bytes_per_second == 0) return MaxBuffer;
    return std::clamp(bytes_per_second / 4, MinBuffer, MaxBuffer);
}

/// With a bandwidth limit curl pauses after each buffer until the average is met. Such a pause is not the
/// server's silence, so its length is added.
uint32_t max_silent_ticks(uint64_t bytes_per_second, Usec tick) {
    if (bytes_per_second == 0) return TicksToStall;
    uint64_t burst = std::max(buffer_for(bytes_per_second), MinUploadBuffer);
    uint64_t pause_us = 2 * burst * 1'000'000 / bytes_per_second;
    uint64_t tick_us = std::max<uint64_t>(static_cast<uint64_t>(tick.count()), 1);
    return TicksToStall + static_cast<uint32_t>(std::min<uint64_t>(pause_us / tick_us + 1, 1'000'000));
}

void set_limit(CurlHandle& handle, uint64_t bytes_per_second) {
    handle.set(CURLOPT_BUFFERSIZE, static_cast<long>(buffer_for(bytes_per_second)));
    if (bytes_per_second == 0) return;
    auto limit = static_cast<curl_off_t>(std::min<uint64_t>(bytes_per_second, INT64_MAX));
    handle.set(CURLOPT_MAX_RECV_SPEED_LARGE, limit);
    handle.set(CURLOPT_MAX_SEND_SPEED_LARGE, limit);
    handle.set(CURLOPT_UPLOAD_BUFFERSIZE, static_cast<long>(MinUploadBuffer));
}

void set_route(CurlHandle& handle, const Route& route, const wire::Http& http) {
    if (route.kind != Route::Kind::Environment) {
        handle.set(CURLOPT_PROXY, route.proxy.c_str()); // empty: no proxy, whatever the environment says
        handle.set(CURLOPT_NOPROXY, route.kind == Route::Kind::Direct ? "*" : "");
    }
    handle.set(CURLOPT_SUPPRESS_CONNECT_HEADERS, 1L);
    set_proxy_login(handle, http);
}

void set_connection(CurlHandle& handle, const NetworkSettings& settings, const Url& url) {
    handle.set(CURLOPT_URL, url.text.c_str());
    handle.set(CURLOPT_PROTOCOLS_STR, "http,https");
    handle.set(CURLOPT_DISALLOW_USERNAME_IN_URL, 1L);
    handle.set(CURLOPT_HTTP_VERSION, long{CURL_HTTP_VERSION_2TLS});
    // The TLS handshake tells whether the server multiplexes, so a request may wait for it. Without TLS that
    // never becomes known, and waiting would make curl send one request after the other.
    handle.set(CURLOPT_PIPEWAIT, long{url.scheme == "https"});
    handle.set(CURLOPT_NOSIGNAL, 1L);
    handle.set(CURLOPT_CONNECTTIMEOUT, long{settings.connect_timeout_s});
    handle.set(CURLOPT_USERAGENT, settings.user_agent.c_str());
}

/// curl removes a header given as "Name:"; "Name;" is its form for a header without a value.
std::string for_curl(const std::string& line) {
    auto colon = line.find(':');
    if (colon != std::string::npos && line.find_first_not_of(" \t", colon + 1) == std::string::npos)
        return line.substr(0, colon) + ';';
    return line;
}

} // namespace

HttpExchange::HttpExchange(Loop& loop, CurlLoop& curl, const NetworkSettings& settings,
                           const HttpRequest& request, const ExchangeTarget& target, ResponseHandler& handler)
    : loop_(loop), curl_(curl), handler_(handler), body_(request.body),
      tick_(Usec{std::chrono::seconds{settings.stall_timeout_s}} / TicksToStall),
      max_silent_ticks_(max_silent_ticks(request.http.bytes_per_second(), tick_)) {
    set_connection(handle_, settings, target.url);
    set_limit(handle_, request.http.bytes_per_second());
    set_tls(handle_, request.http, target.first_server);
    set_route(handle_, target.route, request.http);
    if (target.first_server) set_server_login(handle_, request.http);
    set_method(request);
    set_headers(request, target.first_server);
    set_cookies(handle_, target.cookies);
    set_callbacks();
    curl_.add(handle_.get(), [this](CURLcode code) { curl_finished(code); });
    tick();
    if (request.http.bytes_per_second() > 0) schedule_wake_up();
}

HttpExchange::~HttpExchange() {
    curl_.remove(handle_.get());
}

void HttpExchange::set_method(const HttpRequest& request) {
    const auto& method = request.method;
    bool wants_length = method == "POST" || method == "PUT" || method == "PATCH";
    if (request.body || wants_length) set_body(request.body ? request.body->size() : 0);
    if (method == "HEAD") return handle_.set(CURLOPT_NOBODY, 1L);
    if (!method.empty()) handle_.set(CURLOPT_CUSTOMREQUEST, method.c_str());
}

void HttpExchange::set_body(uint64_t size) {
    handle_.set(CURLOPT_UPLOAD, 1L);
    handle_.set(CURLOPT_INFILESIZE_LARGE, static_cast<curl_off_t>(size));
    handle_.set(CURLOPT_READFUNCTION, &HttpExchange::on_read);
    handle_.set(CURLOPT_READDATA, static_cast<void*>(this));
    handle_.set(CURLOPT_SEEKFUNCTION, &HttpExchange::on_seek);
    handle_.set(CURLOPT_SEEKDATA, static_cast<void*>(this));
}

void HttpExchange::set_headers(const HttpRequest& request, bool first_server) {
    // Offsets and sizes must refer to the file itself, not to a compressed form.
    handle_.add_header("Accept-Encoding: identity");
    if (!request.range.empty()) handle_.set(CURLOPT_RANGE, request.range.c_str());
    if (!request.if_range.empty()) handle_.add_header("If-Range: " + request.if_range);
    for (const auto& line : request.headers)
        handle_.add_header(line);
    if (first_server) {
        for (const auto& line : request.http.headers())
            if (!is_cookie_header(line)) handle_.add_header(for_curl(line));
        auto cookies = own_cookies(request.http);
        if (!cookies.empty()) handle_.set(CURLOPT_COOKIE, cookies.c_str());
    }
    handle_.set_headers();
}

void HttpExchange::set_callbacks() {
    handle_.set(CURLOPT_ERRORBUFFER, detail_.data());
    handle_.set(CURLOPT_HEADERFUNCTION, &HttpExchange::on_header);
    handle_.set(CURLOPT_HEADERDATA, static_cast<void*>(this));
    handle_.set(CURLOPT_WRITEFUNCTION, &HttpExchange::on_body);
    handle_.set(CURLOPT_WRITEDATA, static_cast<void*>(this));
}

size_t HttpExchange::on_header(char* data, size_t size, size_t count, void* self) noexcept {
    auto& exchange = *static_cast<HttpExchange*>(self);
    exchange.silent_ticks_ = 0;
    exchange.head_.line({data, size * count});
    // These have no content. If a server sends some nevertheless, the next response on that connection would
    // be misread.
    int status = exchange.head_.response().status;
    if (status == 204 || status == 304) curl_easy_setopt(exchange.handle_.get(), CURLOPT_FORBID_REUSE, 1L);
    return size * count;
}

size_t HttpExchange::on_body(char* data, size_t size, size_t count, void* self) noexcept {
    auto& exchange = *static_cast<HttpExchange*>(self);
    exchange.silent_ticks_ = 0;
    std::string_view bytes{data, size * count};
    if (exchange.undelivered_.empty())
        return exchange.deliver(bytes) ? bytes.size() : size_t{CURL_WRITEFUNC_ERROR};
    exchange.paused_ = !exchange.unpausing_;
    if (exchange.paused_) return CURL_WRITEFUNC_PAUSE;
    exchange.undelivered_ += bytes;
    return bytes.size();
}

bool HttpExchange::deliver(std::string_view bytes) {
    while (!bytes.empty()) {
        auto chunk = bytes.substr(0, CURL_MAX_WRITE_SIZE);
        auto action = handler_.body(head_.response(), chunk);
        if (action == ResponseHandler::BodyAction::Abort) return false;
        if (action == ResponseHandler::BodyAction::Pause) break;
        bytes.remove_prefix(chunk.size());
    }
    undelivered_ = bytes;
    return true;
}

/// A server that accepts bytes has not stalled, although it sends nothing.
size_t HttpExchange::on_read(char* into, size_t size, size_t count, void* self) noexcept {
    auto& exchange = *static_cast<HttpExchange*>(self);
    exchange.silent_ticks_ = 0;
    if (!exchange.body_) return 0;
    size_t got = exchange.body_->read(into, size * count);
    return got == RequestBody::Abort ? size_t{CURL_READFUNC_ABORT} : got;
}

int HttpExchange::on_seek(void* self, curl_off_t offset, int origin) noexcept {
    auto& exchange = *static_cast<HttpExchange*>(self);
    if (offset != 0 || origin != SEEK_SET) return CURL_SEEKFUNC_CANTSEEK;
    bool done = !exchange.body_ || exchange.body_->rewind();
    return done ? CURL_SEEKFUNC_OK : CURL_SEEKFUNC_FAIL;
}

void HttpExchange::resume() {
    if (undelivered_.empty()) return;
    silent_ticks_ = 0;
    bool wanted = deliver(std::exchange(undelivered_, {}));
    if (!undelivered_.empty()) return;
    if (result_) return report(wanted ? *result_ : CURLE_WRITE_ERROR);
    auto code = wanted ? unpause() : CURLE_WRITE_ERROR;
    if (code != CURLE_OK) curl_.end(handle_.get(), code);
}

/// curl delivers the bytes it holds from inside curl_easy_pause(), and all of them are accepted: if the
/// callback pauses again there, curl 8.14 continues to read and loses them when the connection breaks.
CURLcode HttpExchange::unpause() {
    if (!std::exchange(paused_, false)) return CURLE_OK;
    unpausing_ = true;
    auto code = curl_easy_pause(handle_.get(), CURLPAUSE_CONT);
    unpausing_ = false;
    return code;
}

uint64_t HttpExchange::sent() const {
    curl_off_t count = 0;
    curl_easy_getinfo(handle_.get(), CURLINFO_SIZE_UPLOAD_T, &count);
    return static_cast<uint64_t>(count);
}

/// A request that waits for a connection has not stalled; curl has its own timeout for connecting.
void HttpExchange::tick() {
    curl_off_t sent_after = 0;
    curl_easy_getinfo(handle_.get(), CURLINFO_PRETRANSFER_TIME_T, &sent_after);
    bool waiting = sent_after > 0 && undelivered_.empty();
    silent_ticks_ = waiting ? silent_ticks_ + 1 : 0;
    if (silent_ticks_ > max_silent_ticks_) {
        stalled_ = true;
        return curl_.end(handle_.get(), CURLE_OPERATION_TIMEDOUT);
    }
    ticker_ = loop_.after(tick_, [this] { tick(); });
}

/// With a bandwidth limit, curl 7.88 forgets a transfer whose last bytes arrived while it was paused: the
/// socket has no more events, and no timer is set. Changing the pause state makes curl check the transfer
/// again.
void HttpExchange::schedule_wake_up() {
    wake_up_ = loop_.after(WakeUpInterval, [this] {
        // Undelivered bytes mean that resume() will follow. Before there is a connection, both calls fail.
        if (undelivered_.empty()) curl_easy_pause(handle_.get(), CURLPAUSE_RECV);
        if (undelivered_.empty()) curl_easy_pause(handle_.get(), CURLPAUSE_CONT);
        schedule_wake_up();
    });
}

void HttpExchange::curl_finished(CURLcode code) {
    ticker_.reset();
    wake_up_.reset();
    result_ = code;
    if (undelivered_.empty()) report(code);
}

void HttpExchange::report(CURLcode code) {
    long proxy_status = 0;
    curl_easy_getinfo(handle_.get(), CURLINFO_HTTP_CONNECTCODE, &proxy_status);
    // The handler may destroy this exchange in the call.
    const HttpResponse response = head_.response();
    handler_.ended(response, {.code = code,
                              .stalled = stalled_,
                              .detail = detail_.data(),
                              .proxy_status = response.status == 0 ? static_cast<int>(proxy_status) : 0});
}

} // namespace haulier::transfer
