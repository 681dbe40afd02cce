// SPDX-License-Identifier: LGPL-2.1-or-later
#include "transfer/request.hpp"

#include <cstdlib>
#include <fmt/core.h>
#include <new>
#include <stdexcept>
#include <utility>

namespace haulier::transfer {

namespace {

constexpr long LargestBuffer =
    512 * 1024; ///< measured: a third less CPU time than curl's 16 KiB, and no more beyond
constexpr long MostRedirects = 10;
constexpr uint32_t TicksToStall = 4;

template <class T>
void set(CURL* easy, CURLoption option, T value) {
    if (curl_easy_setopt(easy, option, value) != CURLE_OK) throw std::runtime_error("curl_easy_setopt");
}

} // namespace

Request::Request(Loop& loop, CurlLoop& curl, const NetworkSettings& settings, const Question& question,
                 Receiver& receiver)
    : loop_(loop), curl_(curl), receiver_(receiver), easy_(curl_easy_init()),
      tick_(Usec{std::chrono::seconds{settings.stall_timeout_s}} / TicksToStall) {
    if (!easy_) throw std::runtime_error("curl_easy_init");
    configure(settings, question);
    curl_.add(easy_.get(), [this](CURLcode code) { end(code); });
    tick();
}

Request::~Request() {
    curl_.remove(easy_.get());
}

void Request::configure(const NetworkSettings& settings, const Question& question) {
    CURL* easy = easy_.get();
    set(easy, CURLOPT_URL, question.url.c_str());
    set(easy, CURLOPT_PROTOCOLS_STR, "http,https");
    set(easy, CURLOPT_REDIR_PROTOCOLS_STR, question.tls ? "https" : "http,https");
    set(easy, CURLOPT_DISALLOW_USERNAME_IN_URL, 1L);
    set(easy, CURLOPT_FOLLOWLOCATION, 1L);
    set(easy, CURLOPT_MAXREDIRS, MostRedirects);
    set(easy, CURLOPT_HTTP_VERSION, long{CURL_HTTP_VERSION_2TLS});
    // With TLS the handshake tells whether one connection will do for all. Without, curl would wait for an
    // answer that never comes, and fetch file after file.
    set(easy, CURLOPT_PIPEWAIT, long{question.tls});
    set(easy, CURLOPT_NOSIGNAL, 1L);
    set(easy, CURLOPT_CONNECTTIMEOUT, long{settings.connect_timeout_s});
    set(easy, CURLOPT_BUFFERSIZE, LargestBuffer);
    set(easy, CURLOPT_USERAGENT, settings.user_agent.c_str());
    // As every OpenSSL program: the variable replaces the system's authorities.
    if (const char* authorities = std::getenv("SSL_CERT_FILE")) set(easy, CURLOPT_CAINFO, authorities);

    // Offsets and sizes must mean the stored file, not a compressed form of it.
    add_header("Accept-Encoding: identity");
    if (question.from) set(easy, CURLOPT_RANGE, fmt::format("{}-", *question.from).c_str());
    if (!question.if_range.empty()) add_header("If-Range: " + question.if_range);
    set(easy, CURLOPT_HTTPHEADER, headers_.get());

    set(easy, CURLOPT_ERRORBUFFER, detail_.data());
    set(easy, CURLOPT_HEADERFUNCTION, &Request::on_header);
    set(easy, CURLOPT_HEADERDATA, this);
    set(easy, CURLOPT_WRITEFUNCTION, &Request::on_body);
    set(easy, CURLOPT_WRITEDATA, this);
}

void Request::add_header(const std::string& line) {
    curl_slist* longer = curl_slist_append(headers_.get(), line.c_str());
    if (!longer) throw std::bad_alloc();
    headers_.release();
    headers_.reset(longer);
}

size_t Request::on_header(char* data, size_t size, size_t count, void* self) noexcept {
    auto& request = *static_cast<Request*>(self);
    request.silent_ticks_ = 0;
    request.head_.line({data, size * count});
    // These have no body. Whoever sends one all the same has spoilt the connection for the next request.
    int status = request.head_.answer().status;
    if (status == 204 || status == 304) curl_easy_setopt(request.easy_.get(), CURLOPT_FORBID_REUSE, 1L);
    return size * count;
}

size_t Request::on_body(char* data, size_t size, size_t count, void* self) noexcept {
    auto& request = *static_cast<Request*>(self);
    request.silent_ticks_ = 0;
    auto take = request.receiver_.body(request.head_.answer(), {data, size * count});
    request.held_ = take == Receiver::Take::Hold;
    if (request.held_) return CURL_WRITEFUNC_PAUSE;
    return take == Receiver::Take::Taken ? size * count : size_t{CURL_WRITEFUNC_ERROR};
}

void Request::resume() {
    if (!std::exchange(held_, false)) return;
    silent_ticks_ = 0;
    // Bytes that curl kept for us come back from inside this call; a refusal of those is told to us alone.
    auto code = curl_easy_pause(easy_.get(), CURLPAUSE_CONT);
    if (code != CURLE_OK) curl_.end(easy_.get(), code);
}

/// A request that waits for a connection is not stalled; connecting has a clock of its own in curl.
void Request::tick() {
    curl_off_t asked_after = 0;
    curl_easy_getinfo(easy_.get(), CURLINFO_PRETRANSFER_TIME_T, &asked_after);
    bool waiting = asked_after > 0 && !held_;
    silent_ticks_ = waiting ? silent_ticks_ + 1 : 0;
    if (silent_ticks_ > TicksToStall) {
        stalled_ = true;
        return curl_.end(easy_.get(), CURLE_OPERATION_TIMEDOUT);
    }
    ticker_ = loop_.after(tick_, [this] { tick(); });
}

void Request::end(CURLcode code) {
    ticker_.reset();
    // The receiver may drop this request while it listens.
    const Answer answer = head_.answer();
    receiver_.ended(answer, {code, stalled_, detail_.data()});
}

} // namespace haulier::transfer
