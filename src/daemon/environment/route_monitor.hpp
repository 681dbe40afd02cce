// SPDX-License-Identifier: LGPL-2.1-or-later
// Whether the machine is online, according to the kernel: it has a route through an interface that is up.
// Also through which interfaces its default routes go. The routes are read at the start and whenever the
// kernel reports a change of routes or interfaces.
#pragma once

#include "base/event.hpp"
#include "base/result.hpp"
#include "daemon/environment/environment.hpp"

#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>

struct mnl_socket;
struct nlmsghdr;

namespace haulier::daemon {

class RouteMonitor {
public:
    /// `changed` gets the first result and every later one that differs, always from the loop.
    RouteMonitor(Loop& loop, std::function<void(const Routes&)> changed);
    ~RouteMonitor();
    RouteMonitor(const RouteMonitor&) = delete;
    RouteMonitor& operator=(const RouteMonitor&) = delete;

    /// Fails without netlink; `changed` is then never called.
    Status start();

private:
    struct Closer {
        void operator()(mnl_socket* socket) const;
    };
    using Socket = std::unique_ptr<mnl_socket, Closer>;
    static Socket open(unsigned groups);
    /// Interfaces come first: whether a route counts depends on them.
    enum class Dump { None, Interfaces, Routes };

    void on_change();
    void scan_after(Usec delay);
    void scan();
    void request(Dump dump);
    void receive();
    void dump_finished();
    void dump_failed(int error);
    void take(const nlmsghdr& message);
    void take_route(const nlmsghdr& message);

    Loop& loop_;
    std::function<void(const Routes&)> changed_;
    Socket change_socket_;
    Socket dump_socket_;
    Source change_io_;
    Source dump_io_;
    Source scan_timer_;

    Dump dump_ = Dump::None; ///< in progress
    uint32_t sequence_ = 0;
    bool stale_ = false;                     ///< something changed during the scan
    std::map<uint32_t, std::string> usable_; ///< interfaces that are up, except loopback, with their names
    Routes found_;
    std::optional<Routes> routes_; ///< the latest result
};

} // namespace haulier::daemon
