// SPDX-License-Identifier: LGPL-2.1-or-later
// Does the machine have a network? The kernel's word: there is a route out of an interface that is up. It is
// asked at the start and whenever it says that a route or an interface changed.
#pragma once

#include "base/event.hpp"
#include "base/result.hpp"

#include <cstdint>
#include <functional>
#include <memory>
#include <set>

struct mnl_socket;
struct nlmsghdr;

namespace haulier::daemon {

class RouteMonitor {
public:
    /// `told` gets the first answer, and then each that is another; never from inside a call of the owner's.
    RouteMonitor(Loop& loop, std::function<void(bool)> told);
    ~RouteMonitor();
    RouteMonitor(const RouteMonitor&) = delete;
    RouteMonitor& operator=(const RouteMonitor&) = delete;

    /// Begins to ask and to listen. Without netlink that is an error, and nothing is ever told.
    Status watch();

private:
    struct Closer {
        void operator()(mnl_socket* socket) const;
    };
    using Socket = std::unique_ptr<mnl_socket, Closer>;
    static Socket open(unsigned groups);
    /// Links come first: routes are authorized by them.
    enum class Asked { Nothing, Links, RouteMonitor };

    void news();
    void look_soon(Usec delay);
    void look();
    void ask(Asked what);
    void answers();
    void finished();
    void give_up(int error);
    void take(const nlmsghdr& message);

    Loop& loop_;
    std::function<void(bool)> told_;
    Socket news_;
    Socket talk_;
    Source news_io_;
    Source talk_io_;
    Source later_;

    Asked asked_ = Asked::Nothing;
    uint32_t sequence_ = 0;
    bool stale_ = false;        ///< something changed while the answers came in
    std::set<uint32_t> usable_; ///< interfaces that are up and lead somewhere
    bool leads_out_ = false;
    bool known_ = false;
    bool last_ = false;
};

} // namespace haulier::daemon
