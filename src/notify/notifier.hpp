// SPDX-License-Identifier: LGPL-2.1-or-later
// Tells clients what happened to their jobs: every notification at least once and in order, to the client
// that is registered now, and without letting a client that does not reply delay the others (BITS 5.2 to 5.4;
// docs/decisions.md, Notification). A notification leaves the outbox when a client has acknowledged it.
#pragma once

#include "notify/call_budget.hpp"
#include "notify/delivery.hpp"
#include "notify/delivery_queue.hpp"
#include "notify/host.hpp"
#include "notify/lanes.hpp"
#include "notify/launch_limiter.hpp"
#include "notify/outbox.hpp"
#include "notify/policy.hpp"
#include "notify/recipients.hpp"
#include "notify/sender.hpp"
#include "notify/service_owners.hpp"
#include "notify/session_buses.hpp"

#include <cstdint>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <tuple>
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
    /// A client has registered it, perhaps again: its pauses end.
    void set_service(const job::Id& id, const job::NotifyService& service);
    /// A client has registered it, perhaps again. Without an object, none is registered any more.
    void set_object(const job::Id& id, std::optional<Target> object);
    /// The job has another owner, and no client yet: the former owner's notifications leave the outbox
    /// undelivered.
    void change_owner(const job::Id& id, uint32_t owner);
    void add(const job::Id& id, int64_t row, const job::Notification& notification);
    /// These notifications of the job have left the outbox.
    void revoke(const job::Id& id, const job::Revocation& revoked);
    /// Until release(), no client is notified about the job.
    void hold(const job::Id& id);
    void release(const job::Id& id);
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
    /// The connection replied to a call that had counted as unanswered.
    void heard_from(const std::string& unique_name);
    /// The answer to Host::find_owner(). Empty: there is none.
    void owner_found(const std::string& name, const std::string& unique_name);
    /// The well-known name has another owner now, or none (empty).
    void owner_changed(const std::string& name, const std::string& unique_name);
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
    /// A call in flight.
    struct CallInFlight {
        Delivery delivery;
        Target target;              ///< as registered
        job::NotifyService service; ///< of the job
        std::optional<int64_t> row; ///< of the outbox; nothing for progress
        std::vector<Recipient> recipients;
        CallBudget::Kind kind = CallBudget::Kind::Ordinary;
        bool is_start = false; ///< the service was not running
        BootTime begun;
    };
    /// Where a call goes to, as far as is known.
    struct Route {
        Recipient recipient;
        std::string destination;
        bool is_start = false;
    };

    // ---- which call is next (notifier_schedule.cpp) ----

    /// Nothing for a job that has ended.
    [[nodiscard]] DeliveryQueue* queue_of(const job::Id& id);
    [[nodiscard]] std::optional<Target> target_of_queue(const DeliveryQueue& queue) const;
    [[nodiscard]] bool replies(const Target& object) const;
    void replan(const job::Id& id, DeliveryQueue& queue);
    void replan_jobs_of(const std::string& unique_name);
    [[nodiscard]] std::optional<BootTime> due_of(const DeliveryQueue& queue, const Target& target) const;
    [[nodiscard]] std::vector<Turn> turns() const;
    /// Makes the call if it may be made now. Otherwise returns when it may; nothing if an event comes first.
    std::optional<BootTime> take_turn(const Turn& turn);
    [[nodiscard]] std::optional<Route> route_of(const DeliveryQueue& queue, const Target& target);
    [[nodiscard]] BootTime not_before(const DeliveryQueue& queue, const Route& route) const;
    [[nodiscard]] CallBudget::Kind kind_of(const Route& route) const;

    // ---- calls and their outcomes ----

    void start(const job::Id& id, DeliveryQueue& queue, const Target& target, const Route& route);
    void finished(uint64_t number, const DeliveryResult& result);
    void note_recipient(const CallInFlight& call, const DeliveryResult& result);
    void note_launch(const CallInFlight& call, CallOutcome outcome);
    void conclude(const CallInFlight& call, DeliveryQueue& queue, const DeliveryResult& result);
    void acknowledged(const CallInFlight& call, DeliveryQueue& queue, const std::string& sender);
    [[nodiscard]] bool needs_pause(const CallInFlight& call, const DeliveryQueue& queue,
                                   DeliveryEvent event) const;
    [[nodiscard]] bool is_news(const CallInFlight& call, DeliveryEvent event) const;
    void answer(const CallInFlight& call, DeliveryQueue& queue, const std::string& text);
    void adopt_sender(const CallInFlight& call, DeliveryQueue& queue, const std::string& sender);
    std::optional<BootTime> end_old_questions();
    void end_old_questions(const job::Id& id, DeliveryQueue& queue, BootTime now);
    void assign_service(DeliveryQueue& queue, uint32_t owner, const job::NotifyService& service);
    void assign_object(const job::Id& id, DeliveryQueue& queue, std::optional<Target> object);
    void forget_launches_if_unused(uint32_t owner, const job::NotifyService& service);
    [[nodiscard]] bool is_used(uint32_t owner, const job::NotifyService& service) const;

    Senders senders_;
    Outbox& outbox_;
    Host& host_;
    Policy policy_;
    job::ById<DeliveryQueue> queues_;
    std::set<job::Id> owing_; ///< jobs with notifications for a service
    using OwnedService = std::tuple<uint32_t, job::ServiceBus, std::string>;
    std::map<OwnedService, uint32_t> services_; ///< how many jobs name each; none is 0
    std::set<job::Id> asking_;                  ///< jobs with questions
    std::optional<BootTime> look_at_questions_; ///< none ends before
    std::set<job::Id> held_;
    std::map<std::string, std::set<job::Id>> objects_of_; ///< jobs by the connection of their object
    std::map<uint64_t, CallInFlight> calls_;
    uint64_t last_call_ = 0;
    Lanes lanes_;
    Recipients recipients_;
    LaunchLimiter launches_;
    CallBudget budget_;
    ServiceOwners owners_;
    SessionBuses session_buses_;
    bool waits_for_owner_ = false; ///< a service on our bus is to be called
};

} // namespace haulier::notify
