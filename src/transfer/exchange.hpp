// SPDX-License-Identifier: LGPL-2.1-or-later
// One URL asked over one route: curl's easy handle, dressed for the question, and when to give up waiting.
#pragma once

#include "transfer/curl_loop.hpp"
#include "transfer/easy.hpp"
#include "transfer/proxy.hpp"
#include "transfer/question.hpp"
#include "transfer/url.hpp"

#include <array>
#include <cstdint>
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

struct Errand {
    const Url& url;
    const Route& route;
    bool first_server = true; ///< may learn who we are
};

class Exchange {
public:
    Exchange(Loop& loop, CurlLoop& curl, const NetworkSettings& settings, const Question& question,
             const Errand& errand, Receiver& receiver);
    ~Exchange();
    Exchange(const Exchange&) = delete;
    Exchange& operator=(const Exchange&) = delete;

    void resume();
    [[nodiscard]] uint64_t sent() const;

private:
    static size_t on_header(char* data, size_t size, size_t count, void* self) noexcept;
    static size_t on_body(char* data, size_t size, size_t count, void* self) noexcept;
    static size_t on_read(char* into, size_t size, size_t count, void* self) noexcept;
    static int on_seek(void* self, curl_off_t offset, int origin) noexcept;
    void set_method(const Question& question);
    void set_headers(const Question& question, bool first_server);
    void set_callbacks();
    void set_body(uint64_t size);
    void tick();
    void nudge();
    void over(CURLcode code);
    void end(CURLcode code);
    /// Hands over what the receiver takes of it, and keeps the rest; false when it wants no more at all.
    bool offer(std::string_view bytes);
    CURLcode go_on();

    Loop& loop_;
    CurlLoop& curl_;
    Receiver& receiver_;
    Body* body_;
    Easy easy_;
    std::array<char, CURL_ERROR_SIZE> detail_{};
    HeadReader head_;

    std::string kept_;             ///< what the receiver did not take yet
    bool paused_ = false;          ///< curl keeps more
    bool resuming_ = false;        ///< and gives it back just now
    std::optional<CURLcode> over_; ///< curl is done, the receiver is not

    // Waiting is measured in ticks of a timer that is set again each time, not by the clock: a process that
    // was stopped, or a machine that slept, has seen one tick and not an hour of silence.
    Usec tick_;
    uint32_t patience_; ///< so many ticks of silence are too many
    Source ticker_;
    Source nudger_;
    uint32_t silent_ticks_ = 0;
    bool stalled_ = false;
};

} // namespace haulier::transfer
