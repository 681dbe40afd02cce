// SPDX-License-Identifier: LGPL-2.1-or-later
// libcurl's multi interface on our event loop: its sockets are I/O sources and its timeout is a timer.
// Finished transfers are never reported from inside curl, so that the completion may add and remove
// transfers. Transfers in the foreground, others, and those of each job with a
// limit of its own never share a connection: each such group has a multi handle of its own.
#pragma once

#include "base/event.hpp"
#include "transfer/connection_watch.hpp"
#include "transfer/rate_limits.hpp"
#include "transfer/traffic.hpp"
#include "transfer/yield_ticker.hpp"

#include <chrono>
#include <curl/curl.h>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <unordered_map>
#include <vector>

namespace haulier::transfer {

class CurlLoop {
public:
    explicit CurlLoop(Loop& loop);
    ~CurlLoop();
    CurlLoop(const CurlLoop&) = delete;
    CurlLoop& operator=(const CurlLoop&) = delete;

    /// 0 = unlimited.
    void limit_connections(uint32_t per_host);
    void set_limits(const wire::Limits& limits);
    /// Sets whether background transfers that begin from now on yield.
    void let_background_yield(bool yields) { background_yields_ = yields; }
    /// `report` gets what the workers of other users have to know, which yield together with this one.
    void report_yielding(std::function<void(const wire::Yielding&)> report) { report_ = std::move(report); }
    void set_other_workers(const wire::OtherWorkers& other_workers);
    [[nodiscard]] RateLimits& limits() { return limits_; }

    struct End {
        CURLcode code;
        bool cut_off = false; ///< the connection had kept the event loop busy
    };
    enum class Direction { Receives, Sends };
    /// `direction` is that of the body that matters. `done` is called once, from the event loop, unless
    /// remove() is called first.
    void add(CURL* easy, const RateGroup& group, Direction direction, std::function<void(End)> done);
    /// Stops the transfer of `easy`, if any. Not to be called from a curl callback.
    void remove(CURL* easy);
    /// Makes the transfer end with `code` in a later iteration of the loop, as if curl had reported it.
    void end(CURL* easy, CURLcode code);

    /// curl has been working for so long without a return to the event loop.
    [[nodiscard]] bool has_turn_lasted(std::chrono::milliseconds time) const;
    /// The socket of the connection that `easy` uses, or -1 before its request is sent.
    [[nodiscard]] int socket_of(CURL* easy) const;
    /// The traffic on that connection, or null.
    [[nodiscard]] Traffic* traffic_of(CURL* easy) const;
    /// Whether the transfer is slow because other traffic needs the network.
    [[nodiscard]] bool is_yielding(CURL* easy) const;
    /// How much of a body may be passed to the kernel at a time: it takes as much even if its buffer is
    /// smaller.
    [[nodiscard]] size_t most_to_send(CURL* easy) const;

private:
    struct Deleter {
        void operator()(CURLM* multi) const { curl_multi_cleanup(multi); }
    };
    /// A socket that curl watches, or has watched for a request that has ended: the next request on the
    /// connection will most likely wait for the same events.
    struct Socket {
        uint32_t events = 0;
        Source source; ///< none while a limit is reached
        bool is_idle = false;
    };
    /// A multi handle and its connections.
    struct Multi {
        Multi(CurlLoop& curl_loop, const RateGroup& whose);
        /// How many connections transfer bytes, roughly; at least 1.
        [[nodiscard]] size_t connections() const;
        CurlLoop& loop;
        const RateGroup group; ///< names a job only if that has a limit of its own
        size_t running = 0;
        bool is_clamped = false; ///< the windows of its connections are clamped
        std::unordered_map<curl_socket_t, Socket> sockets;
        std::set<curl_socket_t> open;
        std::map<curl_socket_t, std::shared_ptr<Traffic>> used; ///< open, and a request was sent over it
        std::optional<BootTime> deadline; ///< when curl wants to be called, whatever happens on its sockets
        BootTime timer_at;                ///< when `timer` expires, which may be earlier
        Source timer;
        Source turn;  ///< curl is called soon
        Source pause; ///< a limit is reached; afterwards, curl may read again
        Source wake;
        std::unique_ptr<CURLM, Deleter> handle; ///< destroyed first, because that calls on_socket()
    };
    struct Transfer {
        Multi& multi;
        std::function<void(End)> done;
        Direction direction;
        bool yields;
        ConnectionWatch::Connection connection{};
    };
    static int on_socket(CURL*, curl_socket_t fd, int what, void* multi, void*) noexcept;
    static int on_timer(CURLM*, long milliseconds, void* multi) noexcept;
    static int on_open(void* multi, curl_socket_t fd, curlsocktype) noexcept;
    static int on_close(void* multi, curl_socket_t fd) noexcept;
    static int on_connected(void* transfer, char*, char*, int remote_port, int local_port) noexcept;
    Multi& multi_for(const RateGroup& group);
    void drop_unused();
    Source watch(Multi& multi, curl_socket_t fd, uint32_t events);
    void ready(Multi& multi, curl_socket_t fd, uint32_t events);
    bool must_pause(Multi& multi);
    void resume(Multi& multi);
    void on_time(Multi& multi);
    void act(Multi& multi, curl_socket_t fd, int events);
    void count_for_limit(const Multi& multi);
    static void wake_waiting_transfers(Multi& multi);
    void hold_windows();
    void hold_windows(Multi& multi);
    void hold_window(const Multi& multi, int socket);
    void hold_window(int socket);
    void report_use(const std::vector<LinkUse>& uses);
    void set_timer(Multi& multi);
    void expire(Multi& multi);
    void drain_soon();
    void drain();
    bool finish_next();
    void finish(CURL* easy, CURLcode code);

    Loop& loop_;
    SystemClock clock_;
    RateLimits limits_{loop_, clock_};
    ConnectionWatch watch_;
    bool background_yields_ = false;
    std::function<void(const wire::Yielding&)> report_ = [](const wire::Yielding&) {};
    YieldTicker ticker_{loop_,
                        clock_,
                        {[this](int socket) { hold_window(socket); },
                         [this](const std::vector<LinkUse>& uses) { report_use(uses); }}};
    long connections_per_host_ = 0;
    std::chrono::steady_clock::time_point turn_began_;
    Source drain_;
    Source drop_;
    Source hold_;
    std::unordered_map<CURL*, Transfer> running_;
    std::unordered_map<CURL*, CURLcode> ended_by_us_;
    std::map<RateGroup, Multi> multis_;
};

} // namespace haulier::transfer
