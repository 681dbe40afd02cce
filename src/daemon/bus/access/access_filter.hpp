// SPDX-License-Identifier: LGPL-2.1-or-later
// Sees every call of our objects before libsystemd dispatches it: methods, properties, introspection. On the
// system bus the filter resolves the caller's user, lets users take turns, limits the calls that each has in
// progress, and admits only owners and administrators to the object of a job. On either bus it finds out,
// once for each connection, whether the caller is an app in a sandbox, and admits such an app to its own jobs
// only. A call that has to wait is held and dispatched again later; nothing blocks.
#pragma once

#include "base/clock.hpp"
#include "base/event.hpp"
#include "daemon/bus/access/access.hpp"
#include "daemon/bus/access/app_finder.hpp"
#include "daemon/bus/access/authority.hpp"
#include "daemon/bus/access/call_queue.hpp"
#include "daemon/bus/access/call_quota.hpp"
#include "daemon/bus/access/unread_replies.hpp"
#include "daemon/bus/sdbus/async_call.hpp"
#include "daemon/common/instance.hpp"
#include "job/types.hpp"

#include <deque>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <vector>

struct sd_bus_slot;

namespace haulier::bus {

class AccessFilter {
public:
    /// The connection of the filter with the rest of the daemon.
    struct Hooks {
        std::function<const job::Job*(const job::Id&)> find_job; ///< nothing if there is no such job
        std::function<void(const job::Id&)> before_dispatch;     ///< of a call for this job
        std::function<void()> on_progress;                       ///< other calls are held than before
        std::function<CallQuota::Usage(uint32_t)> limits_of;     ///< of a user's calls in progress
    };

    AccessFilter(Loop& loop, sd_bus* bus, daemon::Instance instance, Authority& authority, AppFinder& apps,
                 Hooks hooks);
    ~AccessFilter();
    AccessFilter(const AccessFilter&) = delete;
    AccessFilter& operator=(const AccessFilter&) = delete;

    /// Who makes the call that is being dispatched. Valid in methods, getters and setters until they return.
    [[nodiscard]] Caller caller() const;
    /// The call itself, for a reply that sdbus-c++ does not write.
    [[nodiscard]] Message call() const;
    /// For a call that is replied to later: to be held until then.
    [[nodiscard]] QuotaTicket enter();
    /// A connection has left the bus: drops its calls that are held.
    void left(const std::string& name);
    /// Calls are held.
    [[nodiscard]] bool busy() const;

private:
    /// What polkit has allowed: one call, about the job with this owner, if there is one.
    struct Approval {
        std::optional<uint32_t> owner;
    };
    struct SizedMessage {
        Message message;
        uint64_t size = 0;
    };
    struct HeldCall {
        SizedMessage content;
        std::string sender;
        QuotaTicket ticket;
        std::optional<Approval> approval;
    };
    /// A connection that has called us.
    struct Peer {
        std::optional<uint32_t> uid;
        std::vector<SizedMessage> calls;        ///< made before `uid` was known
        bool examined = false;                  ///< on the system bus: `sandbox` is known
        std::shared_ptr<const Sandbox> sandbox; ///< null: the peer is not confined
        std::optional<BootTime> examine_at;     ///< when to examine it again, with its next call
        size_t queued = 0;                      ///< calls in `queue_`
        AsyncCall uid_request;
        std::deque<HeldCall> waiting; ///< until the peer is examined, and has read more of our replies
        AsyncCall unread_request;

        [[nodiscard]] bool holds_calls() const { return !calls.empty() || !waiting.empty(); }
    };

    int on_message(sd_bus_message* message);
    int on_session_message(sd_bus_message* message);
    void sandbox_known(const std::string& name, const ProcessIdentity& found);
    static bool is_examined_again(Peer& peer);
    int resolve_user(Peer& peer, const std::string& name, sd_bus_message* message);
    void user_resolved(const std::string& name, sd_bus_message* reply);
    void examine(const std::string& name, uint32_t uid);
    void examined(const std::string& name, const ProcessIdentity& found);
    static void take_identity(Peer& peer, const ProcessIdentity& found);
    void enqueue(uint32_t uid, const std::string& name, SizedMessage content);
    int refuse_call(uint32_t uid, const std::string& name, sd_bus_message* message);
    void admit(uint32_t uid, HeldCall call);
    void ask_what_is_unread();
    void unread_known(const std::string& name, sd_bus_message* reply);
    void admit_waiting();
    void dispatch_soon();
    void release_next();
    std::optional<HeldCall> take_released(sd_bus_message* message);
    int authorize(sd_bus_message* message, const HeldCall& call);
    [[nodiscard]] std::optional<Refusal> refuse_confined(sd_bus_message* message, const Caller& caller) const;
    void authorized(HeldCall call, const Caller& caller, const std::string& id, std::optional<uint32_t> owner,
                    AuthorityReply reply);
    [[nodiscard]] Caller caller_of(sd_bus_message* message) const;
    [[nodiscard]] bool is_over_quota(uint32_t uid) const;
    [[nodiscard]] bool may_hold_unresolved(const Peer& peer, uint64_t size) const;

    Loop& loop_;
    sd_bus* bus_;
    daemon::Instance instance_;
    Authority& authority_;
    AppFinder& apps_;
    Hooks hooks_;
    std::map<std::string, Peer> peers_; ///< by unique name
    CallQuota quota_;
    CallQueue<HeldCall> queue_;
    UnreadReplies unread_;
    bool counts_unread_ = true; ///< the bus tells what is unread
    Source ask_again_;
    std::optional<HeldCall> released_; ///< in libsystemd's queue, to be dispatched again
    uint64_t dispatched_size_ = 0;     ///< of the call that is being dispatched
    BootTime slice_end_;
    Source next_slice_;
    sd_bus_slot* filter_ = nullptr;
};

} // namespace haulier::bus
