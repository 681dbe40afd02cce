// SPDX-License-Identifier: LGPL-2.1-or-later
// Who is an administrator: root, and whom polkit allows org.haulier.manage-all-jobs. Asks without waiting,
// and whatever goes wrong is a no. Where there is no polkit root is alone.
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
    using Answer = std::function<void(AuthorityReply)>;

    Authority(sd_bus* bus, daemon::Instance instance) : bus_(bus), instance_(instance) {}

    /// Whether this caller is one without anybody being asked. On a session bus all jobs are everybody's.
    [[nodiscard]] bool knows(const Caller& caller) const {
        return instance_ == daemon::Instance::Session || caller.uid == 0;
    }
    /// May the caller manage the jobs of all users? Answers once, perhaps before it returns; not at all if
    /// the caller leaves first.
    void ask(const Caller& caller, Answer answer);
    /// A connection has left the bus.
    void left(const std::string& name);
    [[nodiscard]] bool busy() const { return !asked_.empty(); }

private:
    struct Asked {
        uint64_t number = 0;
        Caller caller;
        Answer answer;
        AsyncCall question;
    };
    using Place = std::list<Asked>::iterator;

    [[nodiscard]] bool is_over_quota(uint32_t uid) const;
    [[nodiscard]] Message make_call(const Asked& asked) const;
    void cancel(const Asked& asked);
    void settle(Place place, sd_bus_message* reply);
    AuthorityReply read(const Asked& asked, sd_bus_message* reply);
    void complain(const std::string& error, const std::string& message);

    sd_bus* bus_;
    daemon::Instance instance_;
    std::list<Asked> asked_;
    uint64_t last_number_ = 0;
    std::set<std::string> complaints_; ///< said already
};

} // namespace haulier::bus
