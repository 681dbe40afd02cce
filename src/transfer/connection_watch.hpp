// SPDX-License-Identifier: LGPL-2.1-or-later
// The open connections, and a thread that cuts one off if it keeps the event loop busy. With HTTP/2,
// libcurl 7.88 reads frames without content for as long as they arrive and makes no callback meanwhile, so
// that nothing on the loop can stop it.
#pragma once

#include "transfer/traffic.hpp"

#include <atomic>
#include <chrono>
#include <condition_variable>
#include <cstdint>
#include <ctime>
#include <map>
#include <memory>
#include <mutex>
#include <thread>

namespace haulier::transfer {

class ConnectionWatch {
public:
    /// Watches the thread that calls this.
    ConnectionWatch();
    ~ConnectionWatch();
    ConnectionWatch(const ConnectionWatch&) = delete;
    ConnectionWatch& operator=(const ConnectionWatch&) = delete;

    void opened(int socket);
    void close(int socket);
    struct Connection {
        int socket = -1;
        std::shared_ptr<Traffic> traffic;
        bool is_new = false; ///< was not asked for before
    };
    /// The connection with these TCP ports; without one, `traffic` is null.
    [[nodiscard]] Connection find(int local_port, int remote_port);

    /// The thread sleeps while there are no transfers.
    void set_active(bool active);
    void turn_begins() { ++turn_; }
    void turn_ends() { ++turn_; }

private:
    using Lock = std::unique_lock<std::mutex>;
    void run();
    [[nodiscard]] bool is_stuck();
    void cut_busiest(Lock& lock);
    [[nodiscard]] std::chrono::nanoseconds cpu_time() const;

    clockid_t cpu_clock_{};
    std::atomic<uint64_t> turn_ = 0; ///< odd while libcurl works
    // Used by the thread:
    uint64_t seen_ = 0;
    std::chrono::nanoseconds seen_at_{};

    std::mutex mutex_;
    std::condition_variable changed_;
    // Guarded by the mutex:
    struct Watched {
        std::shared_ptr<Traffic> traffic;
        int local_port = -1; ///< not known yet; so below
        int remote_port = -1;
        bool was_found = false;
    };
    std::map<int, Watched> connections_;
    bool active_ = false;
    bool stopping_ = false;
    std::thread thread_;
};

} // namespace haulier::transfer
