// SPDX-License-Identifier: LGPL-2.1-or-later
// The voice: tells clients what happened to their jobs, at least once and in order, and lets no mute client
// delay the others (BITS 5.2 to 5.4; docs/decisions.md, Notification). A row leaves the outbox only when
// somebody acknowledged it.
#pragma once

#include "base/call_outcome.hpp"
#include "base/clock.hpp"
#include "job/types.hpp"

#include <cstdint>
#include <deque>
#include <functional>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <utility>

namespace haulier::notify {

/// Where to call: a connection's unique name, or a well-known one that the bus may have to start; that bus is
/// the owner's session bus if the name says so (job::is_in_session).
struct Target {
    std::string destination;
    std::string path;
    bool start = false;
    bool operator==(const Target&) const = default;
};

/// FilledRanges of a file that came in on-demand mode.
struct FilledRanges {
    uint32_t file = 0;
    std::vector<job::Range> ranges; ///< merged
    bool operator==(const FilledRanges&) const = default;
};

struct Call {
    job::Id job;
    std::optional<job::Notification>
        notification; ///< nothing: FileRangesTransferred with `pieces`, or JobModification
    std::optional<FilledRanges> pieces;
    Target target;
};

using CallOutcome = CallOutcome;

struct Reply {
    CallOutcome verdict = CallOutcome::Unanswered;
    std::string sender; ///< unique name of who answered, empty if nobody did on our own bus
};

/// What the notifier needs of the world around it.
class Outside {
public:
    virtual ~Outside() = default;
    /// `done` comes in a later turn of the loop, exactly once.
    virtual void call(const Call& call, std::function<void(const Reply&)> done) = 0;
    /// The row is told; it may leave the outbox.
    virtual void acknowledged(int64_t row) = 0;
    /// A notification did not get through, for the first time in a row; it is tried again.
    virtual void delivery_failed(const Call& call, CallOutcome verdict) = 0;
    /// The job's callback object is another one now, or none.
    virtual void object_changed(const job::Id& id) = 0;
    /// To be remembered across restarts; 0 = nothing to remember.
    virtual void launches_changed(uint32_t owner, const std::string& service, uint32_t count) = 0;
    [[nodiscard]] virtual BootTime now() const = 0;
    /// Call Notifier::run() then; replaces any earlier wish.
    virtual void wake_at(BootTime when) = 0;
    /// The connection may have left before anybody listened for that: if so, say connection_lost().
    virtual void make_sure(const std::string& unique_name) = 0;
};

struct Policy {
    Usec retry{5'000'000};           ///< after a refusal, doubling ...
    Usec retry_maximum{600'000'000}; ///< ... up to this
    uint32_t calls_in_flight = 4;    ///< per owner; and never more than one per destination
    Usec slow_after{
        2'000'000}; ///< a call that waits longer takes up no place any more: mute clients delay nobody
    uint32_t calls_at_most = 32;   ///< per owner, the slow ones included; far below a bus's 128 reply slots
    uint32_t unanswered = 3;       ///< in a row, then the callback object counts as gone
    Usec launch_delay{60'000'000}; ///< before a third start of a service that never ends a job, doubling
    Usec launch_delay_maximum{86'400'000'000};
};

class Notifier {
public:
    Notifier(Outside& outside, Policy policy) : outside_(outside), policy_(policy) {}
    /// For what is decided from now on.
    void set_policy(const Policy& policy) { policy_ = policy; }

    struct Row {
        int64_t row = 0;
        job::Notification notification;
    };

    // ---- what the daemon says ----

    /// The job exists. `service` as stored with it.
    void add_job(const job::Id& id, uint32_t owner, const job::NotifyService& service);
    void set_service(const job::Id& id, const job::NotifyService& service);
    /// Nothing clears.
    void set_object(const job::Id& id, std::optional<Target> object);
    /// Another user's from now on, with nobody to tell: the former owner's rows leave the outbox untold.
    void change_owner(const job::Id& id, uint32_t owner);
    void add(const job::Id& id, const Row& row);
    /// `transferred` and `error` rows are no longer true.
    void revoke_final(const job::Id& id);
    // Best effort: said to a callback object that is there now, at most once per `interval`, never repeated.
    // Nothing of it is worth starting a program for.

    /// Something else changed; for whoever wants JobModification.
    void modified(const job::Id& id, Usec interval);
    /// FilledRanges of a file are here; for whoever wants FileRangesTransferred.
    void ranges_filled(const job::Id& id, uint32_t index, const std::vector<job::Range>& ranges,
                       Usec interval);

    /// Has it undelivered rows, and somebody to tell them to? An automatically completed job stays that long.
    [[nodiscard]] bool owes(const job::Id& id) const;
    /// The job has ended: nothing more is said of it.
    void forget(const job::Id& id);
    /// A client completed or cancelled a job: its service does what it is started for.
    void service_works(uint32_t owner, const std::string& service);
    void restore_launches(uint32_t owner, const std::string& service, uint32_t count);
    void connection_lost(const std::string& unique_name);
    /// All users who are logged in or linger: those have a session bus, or will have one soon.
    void set_active_users(std::set<uint32_t> uids);

    /// Calls whatever is due.
    void run();

    // ---- what the daemon asks ----

    [[nodiscard]] std::optional<Target> object_of(const job::Id& id) const;
    /// Something is under way, or will be without a new registration, or a callback object is registered,
    /// which would be forgotten if the process ended.
    [[nodiscard]] bool busy() const;
    /// Rows that wait for a service: a later run of the process can deliver them with no new registration.
    [[nodiscard]] bool has_work() const;

private:
    /// FilledRanges that wait to be told, of all files of a job in turn.
    struct Filled {
        std::map<uint32_t, std::vector<job::Range>> files;
        uint32_t told = 0; ///< the file that was last
        BootTime due;
        BootTime last;
        Usec interval{};
    };
    /// All that waits to be told about one job.
    struct DeliveryQueue {
        uint32_t owner = 0;
        job::NotifyService service;
        std::optional<Target> object;
        std::deque<Row> rows;
        std::optional<BootTime> modification_due;
        BootTime modification_last;
        Filled filled;
        bool in_flight = false;
        uint32_t refusals = 0;
        uint32_t unanswered = 0;
        BootTime not_before;
    };
    /// How often a service had to be started without ending a job.
    struct Launches {
        uint32_t count = 0;
        BootTime last;
    };
    using ServiceKey = std::pair<uint32_t, std::string>;

    struct Due {
        Call call;
        BootTime when;
    };
    /// Nothing for a job that has ended.
    DeliveryQueue* queue_of(const job::Id& id);
    [[nodiscard]] std::optional<Due> due(const job::Id& id, const DeliveryQueue& queue) const;
    [[nodiscard]] std::optional<Due> notification_due(const job::Id& id, const DeliveryQueue& queue) const;
    [[nodiscard]] static std::optional<Due> news_due(const job::Id& id, const DeliveryQueue& queue);
    [[nodiscard]] BootTime launch_time(const DeliveryQueue& queue) const;
    /// When the call may be made: now, once an older one counts as slow, or (nothing) when one has ended.
    [[nodiscard]] std::optional<BootTime> place_for(const DeliveryQueue& queue,
                                                    const std::string& destination, BootTime now) const;
    [[nodiscard]] bool is_running(const std::string& service) const;
    [[nodiscard]] bool waits_for_bus(const DeliveryQueue& queue) const;
    void no_bus(DeliveryQueue& queue);
    void start(DeliveryQueue& queue, const Call& call);
    static void take_news(DeliveryQueue& queue, const Call& call, BootTime now);
    static void drop_news(DeliveryQueue& queue);
    void count_launch(const DeliveryQueue& queue);
    void judge_launch(const DeliveryQueue& queue, CallOutcome verdict);
    void finished(const Call& call, int64_t row, uint32_t owner, const Reply& reply);
    void accepted(DeliveryQueue& queue, int64_t row);
    void not_accepted(DeliveryQueue& queue, const Call& call, CallOutcome verdict);
    void answered_by(DeliveryQueue& queue, const Call& call, const std::string& sender);
    void lose_object(const job::Id& id, DeliveryQueue& queue);
    [[nodiscard]] BootTime back_off(DeliveryQueue& queue) const;

    Outside& outside_;
    Policy policy_;
    std::map<job::Id, DeliveryQueue> queues_;
    std::map<ServiceKey, Launches> launches_;
    std::map<std::string, std::string> running_; ///< service → the connection that answered for it
    std::map<uint32_t, std::multiset<BootTime>> in_flight_; ///< when the calls of each owner began
    std::set<std::pair<uint32_t, std::string>> called_;     ///< destinations with a call in flight
    std::set<uint32_t> users_;                              ///< who are there, as far as is known
    std::set<uint32_t>
        owners_without_bus_; ///< owners whose session services wait until they come, or register again
};

} // namespace haulier::notify
