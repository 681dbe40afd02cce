// SPDX-License-Identifier: LGPL-2.1-or-later
// Makes background transfers yield to other traffic: while they transfer bytes, it queries the kernel about
// their connections many times a second, and sets their windows as the controllers in src/yield order.
#pragma once

#include "base/event.hpp"
#include "transfer/yield_counters.hpp"
#include "transfer/yield_socket.hpp"
#include "yield/controller.hpp"

#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <utility>
#include <vector>

namespace haulier::transfer {

/// The background transfers of this worker on one network interface, in one direction.
struct LinkUse {
    std::string interface;
    bool sends = false;
    double rate = 0; ///< bytes per second
};

class YieldTicker {
public:
    struct Events {
        std::function<void(int socket)> on_window; ///< the window of a connection may have changed
        /// The links on which bytes move have changed, or, while there are other workers, their rates.
        std::function<void(const std::vector<LinkUse>&)> on_use;
    };
    YieldTicker(Loop& loop, const Clock& clock, Events events)
        : loop_(loop), clock_(clock), events_(std::move(events)) {}
    YieldTicker(const YieldTicker&) = delete;
    YieldTicker& operator=(const YieldTicker&) = delete;

    /// A background transfer begins on this connection, which is established. `sends` is true for an upload.
    void begin(int socket, bool sends);
    /// A background transfer on this connection has ended.
    void end(int socket);
    /// The connection is about to be closed.
    void close(int socket);
    /// Sockets have events. This wakes a ticker that sleeps because no bytes moved.
    void on_activity();

    /// Replaces what is known of the workers of other users.
    void set_other_workers(std::map<std::pair<std::string, bool>, yield::OtherWorkers> other_workers) {
        other_workers_ = std::move(other_workers);
    }

    /// The receive window in bytes; nothing = the kernel decides.
    [[nodiscard]] std::optional<uint64_t> window_of(int socket) const;
    /// The bytes that an upload may have in flight; nothing = it does not yield.
    [[nodiscard]] std::optional<double> sending_window_of(int socket) const;
    /// Whether the connection is slow because other traffic needs the link.
    [[nodiscard]] bool is_yielding(int socket) const;

private:
    using Link = std::pair<std::string, bool>; ///< interface, and whether the connection sends
    struct Connection {
        yield::ConnectionId id = 0;
        std::string remote;
        Link link;
        size_t transfers = 0;
        uint64_t counted = 0; ///< bytes that have been counted
        std::optional<yield::Order> order{};
    };
    void change_direction(int socket, Connection& connection);
    [[nodiscard]] bool is_any_running() const;
    void tick();
    /// Samples the connection, and adds what it has transferred since the last sample to `moved`.
    static std::optional<yield::Sample> count(int socket, Connection& connection, uint64_t& moved);
    void steer(const Link& link, BootTime now, const AllInterfaceBytes& counters);
    void report(const std::vector<LinkUse>& uses, BootTime now);
    void carry_out(int socket, Connection& connection, const yield::Order& order, yield::Seconds round_trip);

    Loop& loop_;
    const Clock& clock_;
    Events events_;
    InterfaceCounters counters_;
    std::map<int, Connection> connections_; ///< by socket
    /// They stay for the next transfer, with what they have learned about the link.
    std::map<Link, yield::Controller> controllers_;
    std::map<Link, uint64_t> ended_; ///< bytes of connections that were closed since the last tick
    std::map<Link, yield::OtherWorkers> other_workers_;
    std::set<Link> reported_;
    BootTime reported_at_;
    yield::ConnectionId last_id_ = 0;
    Source timer_;
};

} // namespace haulier::transfer
