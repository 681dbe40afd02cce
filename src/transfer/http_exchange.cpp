// SPDX-License-Identifier: LGPL-2.1-or-later
#include "transfer/http_exchange.hpp"

#include "transfer/credentials.hpp"

#include <algorithm>
#include <cstdio>
#include <tuple>
#include <utility>

namespace haulier::transfer {

namespace {

using std::chrono::milliseconds;
using std::chrono::steady_clock;

constexpr uint32_t TicksToExpire = 4;

/// Of one answer: heads, also of interim responses, and the trailer.
constexpr uint64_t MaxHeadBytes = 128 * 1024;
/// Larger blocks of memory cost more than a small file.
constexpr long SmallBuffer = 32 * 1024;
/// Bytes of an unwanted body that are read in order to keep the connection, and how long that may take.
constexpr uint64_t MaxIgnored = 64 * 1024;
constexpr auto MaxIgnoredTime = std::chrono::seconds{5};
constexpr auto CountInterval = milliseconds{50};

Usec tick_for(const PatienceLimits& limits) {
    return std::max<Usec>(std::min(limits.silence, limits.answer) / TicksToExpire, milliseconds{1});
}

PatienceLimits limits_for(const NetworkSettings& settings, const HttpRequest& request) {
    return patience_for(settings, request.http, request.body ? request.body->size() : 0);
}

} // namespace

HttpExchange::HttpExchange(Loop& loop, CurlLoop& curl, const NetworkSettings& settings,
                           const HttpRequest& request, const ExchangeTarget& target, ResponseHandler& handler)
    : loop_(loop), curl_(curl), handler_(handler), url_(target.url), route_(target.route),
      body_(request.body), group_{request.http.job(), request.http.background()},
      tick_(tick_for(limits_for(settings, request))), patience_(limits_for(settings, request)),
      floor_(request.minimum_rate, std::chrono::seconds{settings.stall_timeout_s}) {
    set_connection(handle_, settings, target.url, request.http);
    set_buffers(handle_, curl.limits().rate(group_));
    if (request.is_small && !curl.limits().is_limited(group_)) handle_.set(CURLOPT_BUFFERSIZE, SmallBuffer);
    set_tls(handle_, request.http, target.tls_files);
    if (request.http.peer() && target.redirected) forbid_loopback(handle_);
    set_route(handle_, target.route, request.http);
    if (target.first_server) set_server_login(handle_, request.http);
    set_method(request);
    set_headers(request, target.first_server);
    set_cookies(handle_, target.cookies);
    set_callbacks();
    start();
    tick();
}

void HttpExchange::add() {
    bool sends = body_ && body_->size() > 0;
    if (!sends) curl_.limits().receives(this, group_, [this] { stop_receiving(); });
    curl_.add(handle_.get(), group_, sends ? CurlLoop::Direction::Sends : CurlLoop::Direction::Receives,
              [this](CurlLoop::End end) { curl_finished(end); });
}

HttpExchange::~HttpExchange() {
    curl_.limits().forget(this);
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
    handle_.set(CURLOPT_NOPROGRESS, 0L);
    handle_.set(CURLOPT_XFERINFOFUNCTION, &HttpExchange::on_progress);
    handle_.set(CURLOPT_XFERINFODATA, static_cast<void*>(this));
}

size_t HttpExchange::on_header(char* data, size_t size, size_t count, void* self) noexcept {
    return static_cast<HttpExchange*>(self)->header_line({data, size * count});
}

size_t HttpExchange::header_line(std::string_view line) {
    head_bytes_ += line.size();
    delivered(line.size());
    if (head_bytes_ > MaxHeadBytes) {
        bound_ = Bound::Head;
        return 0;
    }
    head_.line(line);
    int status = head_.response().status;
    // These have no content. If a server sends some nevertheless, the next response on that connection would
    // be misread.
    if (status == 204 || status == 304) curl_easy_setopt(handle_.get(), CURLOPT_FORBID_REUSE, 1L);
    bool is_last = line == "\r\n" || line == "\n";
    if (is_last && (status == 401 || status == 407) && !patience_.is_receiving())
        patience_.asked_again();
    else if (is_last && status >= 200 && !patience_.is_receiving()) {
        patience_.receiving();
        if (status < 300 && !handler_.head(head_.response())) return 0;
    }
    return line.size();
}

size_t HttpExchange::on_body(char* data, size_t size, size_t count, void* self) noexcept {
    return static_cast<HttpExchange*>(self)->body_bytes({data, size * count});
}

size_t HttpExchange::body_bytes(std::string_view bytes) {
    if (bytes.empty()) return 0;
    if (undelivered_.empty() && !unpausing_ && must_wait_to_receive()) return hold();
    if (undelivered_.empty()) {
        patience_.receiving();
        floor_.received(bytes.size());
        delivered(bytes.size());
        return deliver(bytes) ? bytes.size() : size_t{CURL_WRITEFUNC_ERROR};
    }
    if (!unpausing_) return hold();
    delivered(bytes.size());
    undelivered_ += bytes;
    return bytes.size();
}

bool HttpExchange::deliver(std::string_view bytes) {
    while (!bytes.empty()) {
        auto chunk = bytes.substr(0, CURL_MAX_WRITE_SIZE);
        auto action = handler_.body(head_.response(), chunk);
        if (action == ResponseHandler::BodyAction::Abort) return false;
        if (action == ResponseHandler::BodyAction::Pause) break;
        if (action == ResponseHandler::BodyAction::Ignore && !ignore(chunk.size())) return false;
        bytes.remove_prefix(chunk.size());
    }
    undelivered_ = bytes;
    return true;
}

bool HttpExchange::ignore(uint64_t bytes) {
    auto now = steady_clock::now();
    if (!ignoring_since_) ignoring_since_ = now;
    ignored_ += bytes;
    return ignored_ <= MaxIgnored && now - *ignoring_since_ <= MaxIgnoredTime;
}

size_t HttpExchange::on_read(char* into, size_t size, size_t count, void* self) noexcept {
    return static_cast<HttpExchange*>(self)->read_body(into, size * count);
}

/// A server that accepts bytes has not stalled, although it sends nothing.
size_t HttpExchange::read_body(char* into, size_t most) {
    if (!body_) return 0;
    if (must_wait_to_send()) return CURL_READFUNC_PAUSE;
    size_t got = body_->read(into, std::min(most, curl_.most_to_send(handle_.get())));
    if (got == RequestBody::Abort) return CURL_READFUNC_ABORT;
    body_paused_ = got == RequestBody::Pause;
    if (body_paused_) return CURL_READFUNC_PAUSE;
    body_read_ += got;
    curl_.limits().moved(group_, got);
    head_before_body_ = head_bytes_;
    body_read_ < body_->size() ? patience_.sending() : patience_.sent();
    return got;
}

int HttpExchange::on_seek(void* self, curl_off_t offset, int origin) noexcept {
    auto& exchange = *static_cast<HttpExchange*>(self);
    if (offset != 0 || origin != SEEK_SET) return CURL_SEEKFUNC_CANTSEEK;
    if (exchange.is_body_unanswered()) return CURL_SEEKFUNC_FAIL;
    bool done = !exchange.body_ || exchange.body_->rewind();
    exchange.body_read_ = 0;
    return done ? CURL_SEEKFUNC_OK : CURL_SEEKFUNC_FAIL;
}

/// curl sends a request again if a connection that was used before is closed without a response. The server
/// may have acted on a body that it has received, so that this is for the job to decide (RFC 9110, 9.2.2).
bool HttpExchange::is_body_unanswered() const {
    return body_ && body_->size() > 0 && body_read_ == body_->size() && head_bytes_ == head_before_body_;
}

/// Called by curl after each piece that it has read, also in the middle of a long turn.
int HttpExchange::on_progress(void* self, curl_off_t, curl_off_t, curl_off_t, curl_off_t) noexcept {
    auto& exchange = *static_cast<HttpExchange*>(self);
    if (!exchange.is_within_budget()) {
        exchange.bound_ = Bound::Overhead;
        curl_easy_setopt(exchange.handle_.get(), CURLOPT_FORBID_REUSE, 1L);
        return 1;
    }
    if (exchange.stops_when_sent_) exchange.stop_receiving();
    exchange.yield_when_due();
    return 0;
}

/// While the handler pauses, libcurl holds bytes that are not delivered yet.
bool HttpExchange::is_within_budget() {
    if (paused_ || !undelivered_.empty()) return true;
    auto now = steady_clock::now();
    if (now - counted_ < CountInterval) return true;
    counted_ = now;
    auto* traffic = curl_.traffic_of(handle_.get());
    if (!traffic) return true;
    traffic->count(bytes_read(curl_.socket_of(handle_.get())));
    return !traffic->is_excessive();
}

/// Counts from the first byte on, because an earlier exchange may have begun to count the connection's bytes.
void HttpExchange::delivered(uint64_t bytes) {
    if (auto* traffic = curl_.traffic_of(handle_.get())) traffic->deliver(bytes);
}

bool HttpExchange::is_yielding() const {
    return curl_.is_yielding(handle_.get());
}

uint64_t HttpExchange::sent() const {
    curl_off_t count = 0;
    curl_easy_getinfo(handle_.get(), CURLINFO_SIZE_UPLOAD_T, &count);
    return static_cast<uint64_t>(count);
}

bool HttpExchange::was_sent() const {
    curl_off_t after = 0;
    curl_easy_getinfo(handle_.get(), CURLINFO_PRETRANSFER_TIME_T, &after);
    return after > 0;
}

/// A request that waits for a connection does not; curl has its own timeout for connecting. A server that has
/// sent nothing is silent also while a limit is reached.
bool HttpExchange::awaits_server() const {
    bool waits = was_sent() && undelivered_.empty() && !body_paused_ && (!paused_ || stopped_);
    bool is_limited = stopped_ || !curl_.limits().may_move(group_);
    return waits && (!is_limited || bytes_unread(curl_.socket_of(handle_.get())) == 0);
}

Bound HttpExchange::exceeded_bound() {
    if (!awaits_server()) {
        patience_.resumed();
        return Bound::None;
    }
    if (body_read_ > 0 && !patience_.is_receiving())
        patience_.unacknowledged(bytes_unacknowledged(curl_.socket_of(handle_.get())));
    if (auto bound = patience_.wait(tick_); bound != Bound::None) {
        auto* traffic = curl_.traffic_of(handle_.get());
        return traffic && traffic->is_wasteful() ? Bound::Overhead : bound;
    }
    // A limit, or other traffic that the transfer gives way to, is no fault of the server.
    if (std::exchange(is_limited_, false) || is_yielding()) floor_.begin_anew();
    return patience_.is_receiving() && floor_.is_missed(tick_) ? Bound::Rate : Bound::None;
}

void HttpExchange::end_by(Bound bound) {
    bound_ = bound;
    curl_.end(handle_.get(), CURLE_OPERATION_TIMEDOUT);
}

void HttpExchange::tick() {
    if (auto bound = exceeded_bound(); bound != Bound::None) return end_by(bound);
    ticker_ = loop_.after(tick_, [this] { tick(); });
}

void HttpExchange::curl_finished(CurlLoop::End end) {
    ticker_.reset();
    wake_up_.reset();
    continue_.reset();
    curl_.limits().forget(this);
    bool is_refused = end.code == CURLE_SEND_FAIL_REWIND && is_body_unanswered();
    result_ = is_refused ? CURLE_GOT_NOTHING : end.code;
    if (end.cut_off) bound_ = Bound::Overhead;
    if (undelivered_.empty()) report(*result_);
}

void HttpExchange::report(CURLcode code) {
    long proxy_status = 0;
    curl_easy_getinfo(handle_.get(), CURLINFO_HTTP_CONNECTCODE, &proxy_status);
    long version = CURL_HTTP_VERSION_NONE;
    curl_easy_getinfo(handle_.get(), CURLINFO_HTTP_VERSION, &version);
    long os_error = 0;
    curl_easy_getinfo(handle_.get(), CURLINFO_OS_ERRNO, &os_error);
    // The handler may destroy this exchange in the call.
    const HttpResponse response = head_.take_response();
    TransferResult result{.code = code,
                          .bound = bound_,
                          .http1 = version == CURL_HTTP_VERSION_1_0 || version == CURL_HTTP_VERSION_1_1,
                          .detail = detail_.data(),
                          .proxy_status = response.status == 0 ? static_cast<int>(proxy_status) : 0,
                          .clock_doubted =
                              code == CURLE_PEER_FAILED_VERIFICATION && may_be_fault_of_clock(handle_),
                          .host = url_.host,
                          .port = url_.port,
                          .proxy = proxy_on(route_, url_, detail_.data()),
                          .os_error = static_cast<int>(os_error)};
    // How an unwanted body ended does not matter.
    if (ignoring_since_) std::tie(result.code, result.bound) = std::pair{CURLE_OK, Bound::None};
    handler_.ended(response, result);
}

} // namespace haulier::transfer
