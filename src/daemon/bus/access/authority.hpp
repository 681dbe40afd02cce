// SPDX-License-Identifier: LGPL-2.1-or-later
// Decides who is an administrator: root, and callers whom polkit allows org.haulier.manage-all-jobs. Asks
// polkit without blocking; any failure means no. Without polkit, root is the only administrator.
#pragma once

#include "daemon/bus/access/access.hpp"
#include "daemon/bus/sdbus/async_call.hpp"
#include "daemon/common/instance.hpp"

#include <functional>
#include <list>
#include <set>
#include <string>

namespace haulier::bus {

class Authority {
public:
    using ReplyHandler = std::function<void(AuthorityReply)>;

    Authority(sd_bus* bus, daemon::Instance instance) : bus_(bus), instance_(instance) {}

    /// Whether the caller is an administrator without asking polkit. On a session bus every caller is.
    [[nodiscard]] bool knows(const Caller& caller) const {
        return instance_ == daemon::Instance::Session || caller.uid == 0;
    }
    /// Whether the caller may manage the jobs of all users. Calls `on_reply` once, perhaps before this
    /// returns; never if the caller leaves the bus first.
    void ask(const Caller& caller, ReplyHandler on_reply);
    /// A connection has left the bus.
    void left(const std::string& name);
    [[nodiscard]] bool busy() const { return !requests_.empty(); }

private:
    struct Request {
        uint64_t number = 0;
        Caller caller;
        ReplyHandler on_reply;
        AsyncCall call;
    };
    using RequestIterator = std::list<Request>::iterator;

    [[nodiscard]] bool is_over_quota(uint32_t uid) const;
    [[nodiscard]] Message make_call(const Request& request) const;
    void cancel(const Request& request);
    void finish(RequestIterator position, sd_bus_message* reply);
    AuthorityReply read(const Request& request, sd_bus_message* reply);
    void log_failure(const std::string& error, const std::string& message);

    sd_bus* bus_;
    daemon::Instance instance_;
    std::list<Request> requests_;
    uint64_t last_number_ = 0;
    std::set<std::string> logged_errors_;
};

} // namespace haulier::bus
