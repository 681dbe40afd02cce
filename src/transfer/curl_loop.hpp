// SPDX-License-Identifier: LGPL-2.1-or-later
// libcurl's multi interface on our event loop: its sockets are I/O sources and its timeout is a timer.
// Finished transfers are reported one at a time, each in its own iteration of the loop, so that the
// completion may add and remove transfers.
#pragma once

#include "base/event.hpp"
#include "transfer/connection_watch.hpp"
#include "transfer/traffic.hpp"

#include <chrono>
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

    /// 0 = unlimited.
    void limit_connections(uint32_t per_host);

    struct End {
        CURLcode code;
        bool cut_off = false; ///< the connection had kept the event loop busy
    };
    /// `done` is called once, from the loop, unless remove() comes first.
    void add(CURL* easy, std::function<void(End)> done);
    /// Stops the transfer of `easy`, if any. Not to be called from a curl callback.
    void remove(CURL* easy);
    /// Makes the transfer end with `code` in a later iteration of the loop, as if curl had reported it.
    void end(CURL* easy, CURLcode code);

    /// curl has been working for so long without a return to the event loop.
    [[nodiscard]] bool has_turn_lasted(std::chrono::milliseconds time) const;
    /// The socket of the connection that `easy` uses, or -1 before its request is sent.
    [[nodiscard]] int socket_of(CURL* easy) const;
    /// The traffic on that connection, or null.
    [[nodiscard]] std::shared_ptr<Traffic> traffic_of(CURL* easy) const;

private:
    struct Deleter {
        void operator()(CURLM* multi) const { curl_multi_cleanup(multi); }
    };
    static int on_socket(CURL*, curl_socket_t fd, int what, void* self, void*) noexcept;
    static int on_timer(CURLM*, long milliseconds, void* self) noexcept;
    static int on_open(void* self, curl_socket_t fd, curlsocktype) noexcept;
    static int on_close(void* self, curl_socket_t fd) noexcept;
    static int on_connected(void* transfer, char*, char*, int remote_port, int local_port) noexcept;
    void act(curl_socket_t fd, int events);
    void wake_waiting_transfers();
    void drain_soon();
    void drain_one();
    void finish(CURL* easy, CURLcode code);

    Loop& loop_;
    ConnectionWatch watch_;
    std::unordered_map<curl_socket_t, Source> sockets_;
    std::chrono::steady_clock::time_point turn_began_;
    Source timer_;
    Source drain_;
    Source wake_;
    struct Transfer {
        CurlLoop& loop;
        std::function<void(End)> done;
        ConnectionWatch::Connection connection{};
    };
    std::unordered_map<CURL*, Transfer> running_;
    std::unordered_map<CURL*, CURLcode> ended_by_us_;
    std::unique_ptr<CURLM, Deleter> multi_; ///< destroyed first, because that still calls on_socket()
};

} // namespace haulier::transfer
