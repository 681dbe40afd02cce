// SPDX-License-Identifier: LGPL-2.1-or-later
// One HTTP exchange, redirects included: what is asked, what comes back, and when to give up waiting.
#pragma once

#include "transfer/answer.hpp"
#include "transfer/curl_loop.hpp"

#include <array>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

namespace haulier::transfer {

/// What an exchange needs to know of the configuration.
struct NetworkSettings {
    uint32_t connect_timeout_s = 60;
    uint32_t stall_timeout_s = 60;
    std::string user_agent;
};

struct Question {
    std::string url;
    std::optional<uint64_t> from; ///< ask for the bytes from here on
    std::string if_range;         ///< empty = no condition
    bool tls = false;             ///< then a redirect may not lead to http
};

/// How an exchange ended; the answer may be incomplete, or none.
struct Ending {
    CURLcode code = CURLE_OK;
    bool stalled = false; ///< no byte for too long, after the connection stood
    std::string detail;   ///< what curl says besides
};

/// Whoever wants the answer. body() is called from inside curl and must not start or drop an exchange.
class Receiver {
public:
    enum class Take {
        Taken,
        Hold, ///< not now: the same bytes come again after resume()
        Stop,
    };
    virtual ~Receiver() = default;
    virtual Take body(const Answer& answer, std::string_view bytes) noexcept = 0;
    virtual void ended(const Answer& answer, const Ending& ending) = 0;
};

class Request {
public:
    Request(Loop& loop, CurlLoop& curl, const NetworkSettings& settings, const Question& question,
            Receiver& receiver);
    /// Drops the exchange; nothing is told any more.
    ~Request();
    Request(const Request&) = delete;
    Request& operator=(const Request&) = delete;

    /// After Hold. The receiver may be called before this returns.
    void resume();

private:
    struct Freed {
        void operator()(CURL* easy) const { curl_easy_cleanup(easy); }
        void operator()(curl_slist* list) const { curl_slist_free_all(list); }
    };
    static size_t on_header(char* data, size_t size, size_t count, void* self) noexcept;
    static size_t on_body(char* data, size_t size, size_t count, void* self) noexcept;
    void configure(const NetworkSettings& settings, const Question& question);
    void add_header(const std::string& line);
    void tick();
    void end(CURLcode code);

    Loop& loop_;
    CurlLoop& curl_;
    Receiver& receiver_;
    std::unique_ptr<CURL, Freed> easy_;
    std::unique_ptr<curl_slist, Freed> headers_;
    std::array<char, CURL_ERROR_SIZE> detail_{};
    HeadReader head_;
    bool held_ = false;

    // Waiting is measured in ticks of a timer that is set again each time, not by the clock: a process that
    // was stopped, or a machine that slept, has seen one tick and not an hour of silence.
    Usec tick_;
    Source ticker_;
    uint32_t silent_ticks_ = 0;
    bool stalled_ = false;
};

} // namespace haulier::transfer
