// SPDX-License-Identifier: LGPL-2.1-or-later
#include "transfer/exchange.hpp"

#include "transfer/credentials.hpp"
#include "transfer/tls.hpp"

#include <algorithm>
#include <cstdio>
#include <utility>

namespace haulier::transfer {

namespace {

constexpr uint64_t LargestBuffer =
    512 * 1024; ///< measured: a third less CPU time than curl's 16 KiB, and no more beyond
constexpr uint64_t SmallestBuffer = 1024;
constexpr uint64_t SmallestUploadBuffer = 16 * 1024; ///< curl takes no smaller one
constexpr uint32_t TicksToStall = 4;
constexpr Usec NudgeEvery = std::chrono::milliseconds{250};

/// With a limit a buffer is what comes in at once: a quarter of a second's worth makes an even flow.
uint64_t buffer_for(uint64_t bytes_per_second) {
    if (bytes_per_second == 0) return LargestBuffer;
    return std::clamp(bytes_per_second / 4, SmallestBuffer, LargestBuffer);
}

/// After each buffer curl itself is silent until the average is met; that is no fault of the server.
uint32_t patience_for(uint64_t bytes_per_second, Usec tick) {
    if (bytes_per_second == 0) return TicksToStall;
    uint64_t burst = std::max(buffer_for(bytes_per_second), SmallestUploadBuffer);
    uint64_t pause_us = 2 * burst * 1'000'000 / bytes_per_second;
    uint64_t tick_us = std::max<uint64_t>(static_cast<uint64_t>(tick.count()), 1);
    return TicksToStall + static_cast<uint32_t>(std::min<uint64_t>(pause_us / tick_us + 1, 1'000'000));
}

void set_limit(Easy& easy, uint64_t bytes_per_second) {
    easy.set(CURLOPT_BUFFERSIZE, static_cast<long>(buffer_for(bytes_per_second)));
    if (bytes_per_second == 0) return;
    auto most = static_cast<curl_off_t>(std::min<uint64_t>(bytes_per_second, INT64_MAX));
    easy.set(CURLOPT_MAX_RECV_SPEED_LARGE, most);
    easy.set(CURLOPT_MAX_SEND_SPEED_LARGE, most);
    easy.set(CURLOPT_UPLOAD_BUFFERSIZE, static_cast<long>(SmallestUploadBuffer));
}

void set_route(Easy& easy, const Route& route, const wire::Http& http) {
    if (route.kind != Route::Kind::Environment) {
        easy.set(CURLOPT_PROXY, route.proxy.c_str()); // empty: none, whatever the environment says
        easy.set(CURLOPT_NOPROXY, route.kind == Route::Kind::Direct ? "*" : "");
    }
    easy.set(CURLOPT_SUPPRESS_CONNECT_HEADERS, 1L);
    set_proxy_login(easy, http);
}

void set_connection(Easy& easy, const NetworkSettings& settings, const Url& url) {
    easy.set(CURLOPT_URL, url.text.c_str());
    easy.set(CURLOPT_PROTOCOLS_STR, "http,https");
    easy.set(CURLOPT_DISALLOW_USERNAME_IN_URL, 1L);
    easy.set(CURLOPT_HTTP_VERSION, long{CURL_HTTP_VERSION_2TLS});
    // With TLS the handshake tells whether one connection will do for all. Without, curl would wait for an
    // answer that never comes, and fetch file after file.
    easy.set(CURLOPT_PIPEWAIT, long{url.scheme == "https"});
    easy.set(CURLOPT_NOSIGNAL, 1L);
    easy.set(CURLOPT_CONNECTTIMEOUT, long{settings.connect_timeout_s});
    easy.set(CURLOPT_USERAGENT, settings.user_agent.c_str());
}

/// curl takes a name without a value for the wish to leave the header out.
std::string as_curl_says(const std::string& line) {
    auto colon = line.find(':');
    if (colon != std::string::npos && line.find_first_not_of(" \t", colon + 1) == std::string::npos)
        return line.substr(0, colon) + ';';
    return line;
}

} // namespace

Exchange::Exchange(Loop& loop, CurlLoop& curl, const NetworkSettings& settings, const Question& question,
                   const Errand& errand, Receiver& receiver)
    : loop_(loop), curl_(curl), receiver_(receiver), body_(question.body),
      tick_(Usec{std::chrono::seconds{settings.stall_timeout_s}} / TicksToStall),
      patience_(patience_for(question.http.bytes_per_second(), tick_)) {
    set_connection(easy_, settings, errand.url);
    set_limit(easy_, question.http.bytes_per_second());
    set_tls(easy_, question.http, errand.first_server);
    set_route(easy_, errand.route, question.http);
    if (errand.first_server) set_server_login(easy_, question.http);
    set_method(question);
    set_headers(question, errand.first_server);
    set_callbacks();
    curl_.add(easy_.get(), [this](CURLcode code) { over(code); });
    tick();
    if (question.http.bytes_per_second() > 0) nudge();
}

Exchange::~Exchange() {
    curl_.remove(easy_.get());
}

void Exchange::set_method(const Question& question) {
    const auto& method = question.method;
    bool wants_length = method == "POST" || method == "PUT" || method == "PATCH";
    if (question.body || wants_length) set_body(question.body ? question.body->size() : 0);
    if (method == "HEAD") return easy_.set(CURLOPT_NOBODY, 1L);
    if (!method.empty()) easy_.set(CURLOPT_CUSTOMREQUEST, method.c_str());
}

void Exchange::set_body(uint64_t size) {
    easy_.set(CURLOPT_UPLOAD, 1L);
    easy_.set(CURLOPT_INFILESIZE_LARGE, static_cast<curl_off_t>(size));
    easy_.set(CURLOPT_READFUNCTION, &Exchange::on_read);
    easy_.set(CURLOPT_READDATA, static_cast<void*>(this));
    easy_.set(CURLOPT_SEEKFUNCTION, &Exchange::on_seek);
    easy_.set(CURLOPT_SEEKDATA, static_cast<void*>(this));
}

void Exchange::set_headers(const Question& question, bool first_server) {
    // Offsets and sizes must mean the stored file, not a compressed form of it.
    easy_.add_header("Accept-Encoding: identity");
    if (!question.range.empty()) easy_.set(CURLOPT_RANGE, question.range.c_str());
    if (!question.if_range.empty()) easy_.add_header("If-Range: " + question.if_range);
    for (const auto& line : question.headers)
        easy_.add_header(line);
    if (first_server)
        for (const auto& line : question.http.headers())
            easy_.add_header(as_curl_says(line));
    easy_.set_headers();
}

void Exchange::set_callbacks() {
    easy_.set(CURLOPT_ERRORBUFFER, detail_.data());
    easy_.set(CURLOPT_HEADERFUNCTION, &Exchange::on_header);
    easy_.set(CURLOPT_HEADERDATA, static_cast<void*>(this));
    easy_.set(CURLOPT_WRITEFUNCTION, &Exchange::on_body);
    easy_.set(CURLOPT_WRITEDATA, static_cast<void*>(this));
}

size_t Exchange::on_header(char* data, size_t size, size_t count, void* self) noexcept {
    auto& exchange = *static_cast<Exchange*>(self);
    exchange.silent_ticks_ = 0;
    exchange.head_.line({data, size * count});
    // These have no body. Whoever sends one all the same has spoilt the connection for the next request.
    int status = exchange.head_.answer().status;
    if (status == 204 || status == 304) curl_easy_setopt(exchange.easy_.get(), CURLOPT_FORBID_REUSE, 1L);
    return size * count;
}

size_t Exchange::on_body(char* data, size_t size, size_t count, void* self) noexcept {
    auto& exchange = *static_cast<Exchange*>(self);
    exchange.silent_ticks_ = 0;
    std::string_view bytes{data, size * count};
    if (exchange.kept_.empty()) return exchange.offer(bytes) ? bytes.size() : size_t{CURL_WRITEFUNC_ERROR};
    exchange.paused_ = !exchange.resuming_;
    if (exchange.paused_) return CURL_WRITEFUNC_PAUSE;
    exchange.kept_ += bytes;
    return bytes.size();
}

bool Exchange::offer(std::string_view bytes) {
    while (!bytes.empty()) {
        auto piece = bytes.substr(0, CURL_MAX_WRITE_SIZE);
        auto take = receiver_.body(head_.answer(), piece);
        if (take == Receiver::Take::Stop) return false;
        if (take == Receiver::Take::Hold) break;
        bytes.remove_prefix(piece.size());
    }
    kept_ = bytes;
    return true;
}

/// A server that takes bytes is not stalled, though it says nothing.
size_t Exchange::on_read(char* into, size_t size, size_t count, void* self) noexcept {
    auto& exchange = *static_cast<Exchange*>(self);
    exchange.silent_ticks_ = 0;
    if (!exchange.body_) return 0;
    size_t got = exchange.body_->read(into, size * count);
    return got == Body::Abort ? size_t{CURL_READFUNC_ABORT} : got;
}

int Exchange::on_seek(void* self, curl_off_t offset, int origin) noexcept {
    auto& exchange = *static_cast<Exchange*>(self);
    if (offset != 0 || origin != SEEK_SET) return CURL_SEEKFUNC_CANTSEEK;
    bool done = !exchange.body_ || exchange.body_->rewind();
    return done ? CURL_SEEKFUNC_OK : CURL_SEEKFUNC_FAIL;
}

void Exchange::resume() {
    if (kept_.empty()) return;
    silent_ticks_ = 0;
    bool wanted = offer(std::exchange(kept_, {}));
    if (!kept_.empty()) return;
    if (over_) return end(wanted ? *over_ : CURLE_WRITE_ERROR);
    auto code = wanted ? go_on() : CURLE_WRITE_ERROR;
    if (code != CURLE_OK) curl_.end(easy_.get(), code);
}

/// Bytes that curl kept come back from inside its call, and are all taken: told to pause in there, curl 8.14
/// reads on, and drops what it keeps when the connection turns out to be broken.
CURLcode Exchange::go_on() {
    if (!std::exchange(paused_, false)) return CURLE_OK;
    resuming_ = true;
    auto code = curl_easy_pause(easy_.get(), CURLPAUSE_CONT);
    resuming_ = false;
    return code;
}

uint64_t Exchange::sent() const {
    curl_off_t count = 0;
    curl_easy_getinfo(easy_.get(), CURLINFO_SIZE_UPLOAD_T, &count);
    return static_cast<uint64_t>(count);
}

/// A request that waits for a connection is not stalled; connecting has a clock of its own in curl.
void Exchange::tick() {
    curl_off_t asked_after = 0;
    curl_easy_getinfo(easy_.get(), CURLINFO_PRETRANSFER_TIME_T, &asked_after);
    bool waiting = asked_after > 0 && kept_.empty();
    silent_ticks_ = waiting ? silent_ticks_ + 1 : 0;
    if (silent_ticks_ > patience_) {
        stalled_ = true;
        return curl_.end(easy_.get(), CURLE_OPERATION_TIMEDOUT);
    }
    ticker_ = loop_.after(tick_, [this] { tick(); });
}

/// curl 7.88 forgets a transfer whose last bytes came while it was held, when its limit is to be waited for
/// after that: its socket has nothing more to say, and nobody looks again. A pause that changes makes it
/// look.
void Exchange::nudge() {
    nudger_ = loop_.after(NudgeEvery, [this] {
        // What is held has a nudge to come. Before there is a connection curl refuses both calls.
        if (kept_.empty()) curl_easy_pause(easy_.get(), CURLPAUSE_RECV);
        if (kept_.empty()) curl_easy_pause(easy_.get(), CURLPAUSE_CONT);
        nudge();
    });
}

void Exchange::over(CURLcode code) {
    ticker_.reset();
    nudger_.reset();
    over_ = code;
    if (kept_.empty()) end(code);
}

void Exchange::end(CURLcode code) {
    long proxy_status = 0;
    curl_easy_getinfo(easy_.get(), CURLINFO_HTTP_CONNECTCODE, &proxy_status);
    // The receiver may drop this exchange while it listens.
    const Answer answer = head_.answer();
    receiver_.ended(answer, {.code = code,
                             .stalled = stalled_,
                             .detail = detail_.data(),
                             .proxy_status = answer.status == 0 ? static_cast<int>(proxy_status) : 0});
}

} // namespace haulier::transfer
