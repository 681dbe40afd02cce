// SPDX-License-Identifier: LGPL-2.1-or-later
// Every call for our objects goes through here before libsystemd dispatches it: methods, properties read and
// set, introspection. On the system bus the filter finds out whose connection it comes from, has users take
// turns, with no more under way than is good for all, and lets nobody but owners and administrators through
// to the object of a job. A call that waits is held, and dispatched again when it may go on; nothing blocks.
// On a session bus all may pass.
#pragma once

#include "base/clock.hpp"
#include "base/event.hpp"
#include "daemon/bus/access/access.hpp"
#include "daemon/bus/access/authority.hpp"
#include "daemon/bus/access/call_queue.hpp"
#include "daemon/bus/access/call_quota.hpp"
#include "daemon/bus/sdbus/async_call.hpp"
#include "daemon/common/instance.hpp"
#include "job/types.hpp"

#include <functional>
#include <map>
#include <optional>
#include <string>
#include <vector>

struct sd_bus_slot;

namespace haulier::bus {

class AccessFilter {
public:
    /// What the filter must know of the inside, and tell it.
    struct Inside {
        std::function<std::optional<uint32_t>(const job::Id&)> owner_of;
        std::function<void(const job::Id&)> entered;      ///< a call for this job is dispatched next
        std::function<void()> settled;                    ///< calls that were held are not any more
        std::function<CallQuota::Load(uint32_t)> most_of; ///< what a user may have under way
    };

    AccessFilter(Loop& loop, sd_bus* bus, daemon::Instance instance, Authority& authority, Inside inside);
    ~AccessFilter();
    AccessFilter(const AccessFilter&) = delete;
    AccessFilter& operator=(const AccessFilter&) = delete;

    /// Who makes the call that is being dispatched: for methods, getters and setters, until they return.
    [[nodiscard]] Caller caller() const;
    /// For whoever answers the call that is being dispatched later: to be held until then.
    [[nodiscard]] QuotaTicket enter();
    /// A connection has left the bus; what it asked for and is held is dropped.
    void left(const std::string& name);
    /// Calls are held.
    [[nodiscard]] bool busy() const;

private:
    /// What an administrator may do: one call, on the job of this owner, if there is one.
    struct Approval {
        std::optional<uint32_t> owner;
    };
    struct Weighed {
        Message message;
        uint64_t weight = 0;
    };
    struct Call {
        Weighed what;
        std::string sender;
        QuotaTicket place;
        std::optional<Approval> approval;
    };
    /// A connection that has called us.
    struct Peer {
        std::optional<uint32_t> uid;
        std::vector<Weighed> calls; ///< made before its user was known
        AsyncCall who;
    };

    int on_message(sd_bus_message* message);
    int resolve_user(Peer& peer, const std::string& name, sd_bus_message* message);
    void user_resolved(const std::string& name, sd_bus_message* reply);
    void enqueue(uint32_t uid, const std::string& name, Weighed what);
    void begin_soon();
    void release_next();
    std::optional<Call> take_released(sd_bus_message* message);
    int authorize(sd_bus_message* message, const Call& call);
    void authorized(Call call, const Caller& caller, const std::string& id, std::optional<uint32_t> owner,
                    AuthorityReply verdict);
    [[nodiscard]] Caller caller_of(sd_bus_message* message) const;
    [[nodiscard]] bool is_over_quota(uint32_t uid) const;
    [[nodiscard]] bool has_room(const Peer& peer, uint64_t weight) const;

    Loop& loop_;
    sd_bus* bus_;
    daemon::Instance instance_;
    Authority& authority_;
    Inside inside_;
    std::map<std::string, Peer> peers_; ///< by unique name
    CallQuota quota_;
    CallQueue<Call> queue_;
    std::optional<Call> released_; ///< in libsystemd's queue, to be dispatched again
    uint64_t dispatched_ = 0;      ///< weight of the call that is being dispatched
    BootTime slice_ends_;
    Source slice_;
    sd_bus_slot* filter_ = nullptr;
};

} // namespace haulier::bus
