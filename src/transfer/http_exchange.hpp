// SPDX-License-Identifier: LGPL-2.1-or-later
// One request over one route: sets up curl's easy handle, and gives up when the server exceeds a bound: in
// time (patience.hpp), or in bytes that are not content.
#pragma once

#include "transfer/cookies.hpp"
#include "transfer/curl_handle.hpp"
#include "transfer/curl_loop.hpp"
#include "transfer/curl_options.hpp"
#include "transfer/http_request.hpp"
#include "transfer/patience.hpp"
#include "transfer/proxy.hpp"
#include "transfer/tls.hpp"
#include "transfer/traffic.hpp"
#include "transfer/url.hpp"

#include <array>
#include <chrono>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

namespace haulier::transfer {

struct ExchangeTarget {
    const Url& url;
    const Route& route;
    bool first_server = true; ///< the server may see credentials and the owner's headers
    bool redirected = false;  ///< a server has named the URL
    TlsFiles tls_files{};     ///< without the client's certificate if the server may not see it
    Cookies cookies{};        ///< from earlier responses to the same request
};

class HttpExchange {
public:
    /// `request.body` and `handler` must outlive it.
    HttpExchange(Loop& loop, CurlLoop& curl, const NetworkSettings& settings, const HttpRequest& request,
                 const ExchangeTarget& target, ResponseHandler& handler);
    ~HttpExchange();
    HttpExchange(const HttpExchange&) = delete;
    HttpExchange& operator=(const HttpExchange&) = delete;

    /// Continues after BodyAction::Pause, and after RequestBody::Pause.
    void resume();
    /// Bytes of the request's body that were sent.
    [[nodiscard]] uint64_t sent() const;
    /// Whether the exchange is slow because other traffic needs the network.
    [[nodiscard]] bool is_yielding() const;
    /// Those of the target, and those that the response has set.
    [[nodiscard]] Cookies cookies() const { return cookies_of(handle_); }

private:
    static size_t on_header(char* data, size_t size, size_t count, void* self) noexcept;
    static size_t on_body(char* data, size_t size, size_t count, void* self) noexcept;
    static size_t on_read(char* into, size_t size, size_t count, void* self) noexcept;
    static int on_seek(void* self, curl_off_t offset, int origin) noexcept;
    static int on_progress(void* self, curl_off_t, curl_off_t, curl_off_t, curl_off_t) noexcept;
    void set_method(const HttpRequest& request);
    void set_headers(const HttpRequest& request, bool first_server);
    void set_callbacks();
    void start();
    void add();
    void set_body(uint64_t size);
    size_t header_line(std::string_view line);
    size_t body_bytes(std::string_view bytes);
    size_t hold();
    size_t read_body(char* into, size_t most);
    [[nodiscard]] bool is_body_unanswered() const;
    [[nodiscard]] bool is_within_budget();
    void delivered(uint64_t bytes);
    void count_for_limit();
    void yield_when_due();
    bool must_wait_to_send();
    bool must_wait_to_receive();
    void stop_receiving();
    void wait_to_receive();
    [[nodiscard]] bool was_sent() const;
    [[nodiscard]] bool awaits_server() const;
    void set_paused(bool receiving);
    [[nodiscard]] Bound exceeded_bound();
    void end_by(Bound bound);
    void tick();
    void schedule_wake_up();
    void curl_finished(CurlLoop::End end);
    void report(CURLcode code);
    /// Passes `bytes` to the handler and keeps what it does not consume; false if the handler aborts.
    bool deliver(std::string_view bytes);
    /// False if enough of an unwanted body was read.
    bool ignore(uint64_t bytes);
    CURLcode unpause();

    Loop& loop_;
    CurlLoop& curl_;
    ResponseHandler& handler_;
    Url url_;
    Route route_;
    RequestBody* body_;
    const RateGroup group_;
    CurlHandle handle_;
    std::array<char, CURL_ERROR_SIZE> detail_{};
    HeadReader head_;

    std::string undelivered_;        ///< bytes that the handler has not consumed yet
    bool paused_ = false;            ///< curl holds further bytes
    bool unpausing_ = false;         ///< curl is delivering those bytes right now
    std::optional<CURLcode> result_; ///< curl has finished

    bool yielded_ = false;          ///< reading pauses until other events were handled
    bool stopped_ = false;          ///< curl holds no bytes, but may read none, because a limit was reached
    bool is_queued_ = false;        ///< will be told when a limit permits to receive again
    bool stops_when_sent_ = false;  ///< a limit was reached before the request was sent
    bool is_limited_ = false;       ///< a limit has made the exchange wait since the last tick
    bool body_paused_ = false;      ///< the request's body has no bytes at the moment
    uint64_t body_read_ = 0;        ///< bytes of it that curl has
    uint64_t head_before_body_ = 0; ///< value of head_bytes_ when curl last read of it

    // Bounds:
    Usec tick_;
    Patience patience_;
    RateFloor floor_;
    Source ticker_;
    Source wake_up_;
    Source continue_;
    uint64_t head_bytes_ = 0; ///< of all heads and trailers
    std::optional<std::chrono::steady_clock::time_point> ignoring_since_;
    uint64_t ignored_ = 0;
    std::chrono::steady_clock::time_point counted_; ///< when the traffic was last counted
    Bound bound_ = Bound::None;
};

} // namespace haulier::transfer
