// SPDX-License-Identifier: LGPL-2.1-or-later
// What is asked of a server, and who hears the answer.
#pragma once

#include "transfer/answer.hpp"
#include "worker.pb.h"

#include <cstdint>
#include <curl/curl.h>
#include <string>
#include <string_view>
#include <vector>

namespace haulier::transfer {

/// What is sent with a request. Its owner keeps it for as long as the request lives.
class Body {
public:
    static constexpr size_t Abort = ~size_t{0};
    virtual ~Body() = default;
    [[nodiscard]] virtual uint64_t size() const noexcept = 0;
    /// The next bytes, at most `most`; 0 = that was all, Abort = the exchange cannot go on.
    virtual size_t read(char* into, size_t most) noexcept = 0;
    /// Back to the first byte, because a redirect or a log-in asks for all of it again.
    virtual bool rewind() noexcept = 0;
};

struct Question {
    std::string url;
    std::string method;               ///< empty = GET; HEAD has no body
    std::string range;                ///< "0-99" or "100-"; empty = all
    std::string if_range;             ///< empty = no condition
    std::vector<std::string> headers; ///< ours: they follow redirects, unlike those of `http`
    Body* body = nullptr;
    wire::Http http; ///< its `method` is for whoever builds the question
};

/// How it ended; the answer may be incomplete, or none.
struct Ending {
    CURLcode code = CURLE_OK;
    bool stalled = false;   ///< no byte for too long, after the connection stood
    std::string detail;     ///< what curl says besides
    int proxy_status = 0;   ///< with which the proxy refused to open a way to the server
    bool bad_proxy = false; ///< the proxy that is configured is none that can be used
    std::string redirect;   ///< where a redirect led that the policy forbids
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
    /// Called once, as the last thing; the receiver may drop the request in it.
    virtual void ended(const Answer& answer, const Ending& ending) = 0;
};

} // namespace haulier::transfer
