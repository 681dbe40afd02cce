// SPDX-License-Identifier: LGPL-2.1-or-later
// One request over one route: sets up curl's easy handle, and gives up when the server is silent for too
// long.
#pragma once

#include "transfer/cookies.hpp"
#include "transfer/curl_handle.hpp"
#include "transfer/curl_loop.hpp"
#include "transfer/http_request.hpp"
#include "transfer/proxy.hpp"
#include "transfer/url.hpp"

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace haulier::transfer {

/// The configuration of exchanges.
struct NetworkSettings {
    uint32_t connect_timeout_s = 60;
    uint32_t stall_timeout_s = 60; ///< longest time without a byte once connected
    std::string user_agent;
};

struct ExchangeTarget {
    const Url& url;
    const Route& route;
    bool first_server = true; ///< the server may see credentials and the owner's headers
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

    /// Continues after BodyAction::Pause.
    void resume();
    /// Bytes of the request's body that were sent.
    [[nodiscard]] uint64_t sent() const;
    /// Those of the target, and those that the response has set.
    [[nodiscard]] Cookies cookies() const { return cookies_of(handle_); }

private:
    static size_t on_header(char* data, size_t size, size_t count, void* self) noexcept;
    static size_t on_body(char* data, size_t size, size_t count, void* self) noexcept;
    static size_t on_read(char* into, size_t size, size_t count, void* self) noexcept;
    static int on_seek(void* self, curl_off_t offset, int origin) noexcept;
    void set_method(const HttpRequest& request);
    void set_headers(const HttpRequest& request, bool first_server);
    void set_callbacks();
    void set_body(uint64_t size);
    void tick();
    void schedule_wake_up();
    void curl_finished(CURLcode code);
    void report(CURLcode code);
    /// Passes `bytes` to the handler and keeps what it does not consume; false if the handler aborts.
    bool deliver(std::string_view bytes);
    CURLcode unpause();

    Loop& loop_;
    CurlLoop& curl_;
    ResponseHandler& handler_;
    RequestBody* body_;
    CurlHandle handle_;
    std::array<char, CURL_ERROR_SIZE> detail_{};
    HeadReader head_;

    std::string undelivered_;        ///< bytes that the handler has not consumed yet
    bool paused_ = false;            ///< curl holds further bytes
    bool unpausing_ = false;         ///< curl is delivering those bytes right now
    std::optional<CURLcode> result_; ///< curl has finished

    // Silence is counted in ticks of a timer that is set anew each time, not measured by the clock: a process
    // that was stopped, or a machine that slept, has seen one tick and not an hour of silence.
    Usec tick_;
    uint32_t max_silent_ticks_;
    Source ticker_;
    Source wake_up_;
    uint32_t silent_ticks_ = 0;
    bool stalled_ = false;
};

} // namespace haulier::transfer
