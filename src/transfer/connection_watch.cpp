// SPDX-License-Identifier: LGPL-2.1-or-later
#include "transfer/connection_watch.hpp"

#include <netinet/in.h>
#include <sys/socket.h>
#include <tuple>
#include <unistd.h>
#include <utility>

namespace haulier::transfer {

namespace {

using std::chrono::milliseconds;
using std::chrono::nanoseconds;

constexpr milliseconds Interval{100};
/// Processor time, so that no connection is cut off because the machine is busy or was asleep. A normal turn
/// ends after 20 ms.
constexpr nanoseconds StuckTurn = milliseconds{150};
constexpr milliseconds Sample{20};

template <class Name>
int port_of(int socket, Name name) {
    sockaddr_storage address{};
    socklen_t size = sizeof address;
    if (name(socket, reinterpret_cast<sockaddr*>(&address), &size) < 0) return -1;
    if (address.ss_family == AF_INET) return ntohs(reinterpret_cast<sockaddr_in&>(address).sin_port);
    if (address.ss_family == AF_INET6) return ntohs(reinterpret_cast<sockaddr_in6&>(address).sin6_port);
    return -1;
}

} // namespace

ConnectionWatch::ConnectionWatch() {
    pthread_getcpuclockid(pthread_self(), &cpu_clock_);
}

ConnectionWatch::~ConnectionWatch() {
    {
        Lock lock{mutex_};
        stopping_ = true;
    }
    changed_.notify_all();
    if (thread_.joinable()) thread_.join();
}

void ConnectionWatch::opened(int socket) {
    Lock lock{mutex_};
    connections_[socket] = {std::make_shared<Traffic>()};
}

/// Takes the lock, so that the thread never shuts down a descriptor number that has been reused.
void ConnectionWatch::close(int socket) {
    Lock lock{mutex_};
    connections_.erase(socket);
    ::close(socket);
}

ConnectionWatch::Connection ConnectionWatch::find(int local_port, int remote_port) {
    Lock lock{mutex_};
    for (auto& [socket, watched] : connections_) {
        if (watched.remote_port < 0) {
            watched.local_port = port_of(socket, &getsockname);
            watched.remote_port = port_of(socket, &getpeername);
        }
        if (watched.local_port == local_port && watched.remote_port == remote_port)
            return {socket, watched.traffic, !std::exchange(watched.was_found, true)};
    }
    return {};
}

void ConnectionWatch::set_active(bool active) {
    Lock lock{mutex_};
    if (active_ == active) return;
    active_ = active;
    if (!active) return;
    if (!thread_.joinable()) thread_ = std::thread{[this] { run(); }};
    changed_.notify_all();
}

void ConnectionWatch::run() {
    Lock lock{mutex_};
    while (!stopping_) {
        changed_.wait(lock, [this] { return active_ || stopping_; });
        changed_.wait_for(lock, Interval, [this] { return stopping_; });
        if (!stopping_ && is_stuck()) cut_busiest(lock);
    }
}

bool ConnectionWatch::is_stuck() {
    uint64_t turn = turn_;
    if (turn % 2 == 0) return false;
    if (turn == seen_) return cpu_time() - seen_at_ > StuckTurn;
    seen_ = turn;
    seen_at_ = cpu_time();
    return false;
}

/// libcurl does not say which connection it is reading, but the kernel does.
void ConnectionWatch::cut_busiest(Lock& lock) {
    std::map<std::shared_ptr<Traffic>, uint64_t> before;
    for (const auto& [socket, watched] : connections_)
        before[watched.traffic] = bytes_read(socket);
    changed_.wait_for(lock, Sample, [this] { return stopping_; });
    int busiest = -1;
    uint64_t most = 0;
    for (const auto& [socket, watched] : connections_) {
        auto found = before.find(watched.traffic);
        uint64_t grown = found == before.end() ? 0 : bytes_read(socket) - found->second;
        if (grown > most) std::tie(busiest, most) = std::pair{socket, grown};
    }
    if (busiest < 0 || turn_ != seen_) return;
    connections_[busiest].traffic->cut_off();
    shutdown(busiest, SHUT_RDWR);
}

nanoseconds ConnectionWatch::cpu_time() const {
    timespec time{};
    clock_gettime(cpu_clock_, &time);
    return std::chrono::seconds{time.tv_sec} + nanoseconds{time.tv_nsec};
}

} // namespace haulier::transfer
