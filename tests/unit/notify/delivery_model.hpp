// SPDX-License-Identifier: LGPL-2.1-or-later
// Which notifications are owed, to which client, and from when on: a model of the promises that shares no
// code with the notifier. It sees what clients do, which calls begin, and how they end.
#pragma once

#include "fake_bus.hpp"
#include "job/outcomes.hpp"
#include "notify/policy.hpp"

#include <deque>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <tuple>
#include <vector>

namespace haulier::notify {

class DeliveryModel {
public:
    explicit DeliveryModel(FakeBus& bus) : bus_(bus) {}

    struct Row {
        int64_t number = 0;
        job::Notification notification;
        BootTime since;
    };
    struct Job {
        job::Job job;
        std::vector<job::File> files;
        std::deque<Row> rows;
        std::optional<Target> object;
        job::NotifyService service;
        BootTime changed;              ///< when its target was registered or lost
        std::set<int64_t> passed_over; ///< rows about which the object has no method
        std::string receiver;          ///< who would get a call
        uint64_t call_number = 0;
        std::optional<Delivery> call; ///< to the present target
        std::optional<int64_t> called_about;
    };
    std::map<job::Id, Job> jobs;
    std::vector<std::string> faults;
    std::deque<std::string> trace; ///< the last events

    // ---- what happens ----

    /// For the trace only.
    void note(const std::string& what);
    void registered(const job::Id& id, const std::optional<Target>& object);
    void registered(const job::Id& id, const job::NotifyService& service);
    /// The daemon has learned that the connection has left.
    void lost(const std::string& unique_name);
    void late_reply(const std::string& unique_name);
    /// The service has ended a job.
    void works(const std::string& service);
    void begun(const Delivery& delivery);
    void ended(const FakeBus::Ended& call);
    void acknowledged(int64_t row);
    void second_call(const std::string& receiver);

    // ---- what is promised ----

    /// What a notification says must be so when it is said.
    void check_truth(const job::Id& id, const job::Notification& notification);
    /// Nobody has waited too long.
    void check_delays();
    /// Everything has been told to every client who can be told.
    void check_all_told();

private:
    struct Account {
        uint32_t count = 0;
        BootTime last;
        uint32_t since_other_target = 0; ///< of `count`; the notifier may have forgotten the others
    };
    using Attempt = std::tuple<job::Id, int64_t, std::string, std::string>;

    void fault(const std::string& what, const job::Id& id);
    [[nodiscard]] std::optional<Target> target_of(const Job& job) const;
    [[nodiscard]] std::string receiver_of(const Target& target) const;
    /// When the job's first notification may be told, or has to be.
    [[nodiscard]] BootTime due(const Job& job, const Target& target, const std::string& receiver,
                               bool at_the_latest);
    [[nodiscard]] bool is_occupied(const std::string& receiver) const;
    using Targets = std::map<job::Id, std::optional<Target>>;
    [[nodiscard]] Targets targets() const;
    void retarget_all(const Targets& before);
    void retarget(const job::Id& id, Job& job);
    void note_launch(const FakeBus::Ended& call);
    void forgive(const std::string& receiver);
    void forget_pauses(const job::Id& id);

    FakeBus& bus_;
    Policy policy_;
    int calls_ = 0;
    std::map<Attempt, Account> refusals_;
    std::map<std::string, Account> silences_;                      ///< by connection or name of a service
    std::map<std::pair<uint32_t, std::string>, Account> launches_; ///< in vain
    std::map<uint64_t, std::string> called_services_;              ///< by the number of the call
    std::map<std::string, BootTime> last_end_;                     ///< of a call, by connection or name
    std::optional<std::pair<job::Id, int64_t>> being_acknowledged_;
};

} // namespace haulier::notify
