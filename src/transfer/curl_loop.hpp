// SPDX-License-Identifier: LGPL-2.1-or-later
// libcurl's multi interface on our loop: its sockets are io sources, its clock is one timer, and what has
// ended is told one by one, each in a turn of its own, so that whoever is told may add and remove exchanges
// at will.
#pragma once

#include "base/event.hpp"

#include <curl/curl.h>
#include <functional>
#include <memory>
#include <unordered_map>

namespace haulier::transfer {

class CurlLoop {
public:
    explicit CurlLoop(Loop& loop);
    ~CurlLoop();
    CurlLoop(const CurlLoop&) = delete;
    CurlLoop& operator=(const CurlLoop&) = delete;

    void limit_connections(uint32_t per_host);

    /// `done` is called once, from the loop, unless remove() comes first.
    void add(CURL* easy, std::function<void(CURLcode)> done);
    /// Not from inside a callback of curl.
    void remove(CURL* easy);
    /// Ends it with `code`, in a later turn, as if curl had said so.
    void end(CURL* easy, CURLcode code);

private:
    struct Freed {
        void operator()(CURLM* multi) const { curl_multi_cleanup(multi); }
    };
    static int on_socket(CURL*, curl_socket_t fd, int what, void* self, void*) noexcept;
    static int on_timer(CURLM*, long milliseconds, void* self) noexcept;
    static int on_connected(void* self, char*, char*, int, int) noexcept;
    void act(curl_socket_t fd, int events);
    void wake_those_who_wait();
    void drain_soon();
    void drain_one();
    void finish(CURL* easy, CURLcode code);

    Loop& loop_;
    std::unordered_map<curl_socket_t, Source> sockets_;
    Source timer_;
    Source drain_;
    Source wake_;
    std::unordered_map<CURL*, std::function<void(CURLcode)>> running_;
    std::unordered_map<CURL*, CURLcode> ended_by_us_;
    std::unique_ptr<CURLM, Freed> multi_; ///< goes first: its end still reports sockets
};

} // namespace haulier::transfer
