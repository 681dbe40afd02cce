// SPDX-License-Identifier: LGPL-2.1-or-later
// Tells clients what happened to their jobs: every notification at least once and in order, without letting a
// client that does not reply delay the others (BITS 5.2 to 5.4; docs/decisions.md, Notification). A
// notification leaves the outbox when a client has acknowledged it.
#pragma once

#include "notify/call_slots.hpp"
#include "notify/delivery.hpp"
#include "notify/delivery_queue.hpp"
#include "notify/host.hpp"
#include "notify/launch_limiter.hpp"
#include "notify/outbox.hpp"
#include "notify/policy.hpp"
#include "notify/sender.hpp"
#include "notify/session_buses.hpp"

#include <cstdint>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <vector>

namespace haulier::notify {

class Notifier {
public:
    Notifier(Senders senders, Outbox& outbox, Host& host, const Policy& policy)
        : senders_(senders), outbox_(outbox), host_(host), policy_(policy), launches_(outbox) {}
    /// Applies to decisions from now on.
    void set_policy(const Policy& policy) { policy_ = policy; }

    // ---- jobs ----

    /// The job exists. `service` as stored with it.
    void add_job(const job::Id& id, uint32_t owner, const job::NotifyService& service);
    void set_service(const job::Id& id, const job::NotifyService& service);
    /// Nothing clears.
    void set_object(const job::Id& id, std::optional<Target> object);
    /// The job has another owner, and no client yet: the former owner's notifications leave the outbox
    /// undelivered.
    void change_owner(const job::Id& id, uint32_t owner);
    void add(const job::Id& id, const OutboxEntry& entry);
    /// Its `transferred` and `error` notifications are no longer true.
    void revoke_final(const job::Id& id);
    /// The job has ended: nothing more is said about it.
    void forget(const job::Id& id);

    // Progress is told only to a callback object that is there now (progress_news.hpp): no service is started
    // for it.

    /// A property of the job has changed.
    void modified(const job::Id& id, Usec interval);
    void ranges_filled(const job::Id& id, uint32_t index, const std::vector<job::Range>& ranges,
                       Usec interval);

    // ---- clients ----

    /// A client completed or cancelled a job: its service does what it is started for.
    void service_works(uint32_t owner, const job::NotifyService& service);
    void restore_launches(uint32_t owner, const job::NotifyService& service, uint32_t count);
    void connection_lost(const std::string& unique_name);
    /// All users who are logged in or linger.
    void set_active_users(std::set<uint32_t> uids);

    /// Makes all calls that are due.
    void run();

    // ---- state ----

    [[nodiscard]] std::optional<Target> object_of(const job::Id& id) const;
    /// Whether the job has undelivered notifications and a client to deliver them to. An automatically
    /// completed job stays that long.
    [[nodiscard]] bool owes(const job::Id& id) const;
    /// A call is in flight, or will be made without a new registration, or a callback object is registered,
    /// which would be forgotten if the process ended.
    [[nodiscard]] bool busy() const;
    /// Notifications wait for a service: a later run of the process can deliver them without a new
    /// registration.
    [[nodiscard]] bool has_work() const;

private:
    /// The next call about a job.
    struct NextCall {
        Target target;
        BootTime due;
        bool is_progress = false;
    };
    /// A call in flight.
    struct CallInFlight {
        Delivery delivery;
        std::optional<int64_t> row; ///< of the outbox; nothing for progress
        BootTime begun;
    };

    /// Nothing for a job that has ended.
    [[nodiscard]] DeliveryQueue* queue_of(const job::Id& id);
    [[nodiscard]] std::optional<NextCall> next_call(const DeliveryQueue& queue) const;
    [[nodiscard]] std::optional<NextCall> next_notification(const DeliveryQueue& queue) const;
    [[nodiscard]] static std::optional<NextCall> next_progress(const DeliveryQueue& queue);
    void start(const job::Id& id, DeliveryQueue& queue, const NextCall& next);
    void count_launch(const DeliveryQueue& queue, const Target& target);
    void finished(const CallInFlight& call, const DeliveryResult& result);
    void progress_sent(const CallInFlight& call, DeliveryQueue& queue, CallOutcome outcome);
    void judge_launch(const DeliveryQueue& queue, CallOutcome outcome);
    void accepted(const CallInFlight& call, DeliveryQueue& queue, const std::string& sender);
    void not_accepted(const CallInFlight& call, DeliveryQueue& queue, CallOutcome outcome);
    void no_bus(DeliveryQueue& queue);
    void lose_object(const job::Id& id, DeliveryQueue& queue);

    Senders senders_;
    Outbox& outbox_;
    Host& host_;
    Policy policy_;
    std::map<job::Id, DeliveryQueue> queues_;
    LaunchLimiter launches_;
    CallSlots slots_;
    SessionBuses session_buses_;
};

} // namespace haulier::notify
