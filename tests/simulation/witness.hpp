// SPDX-License-Identifier: LGPL-2.1-or-later
// Watches the daemon from outside, through all its runs, and knows what was promised: what was announced or
// answered is stored, what is said is so, and who is owed a notification gets it.
#pragma once

#include "daemon/manager/job_observer.hpp"
#include "daemon/manager/manager.hpp"
#include "simulated_workers.hpp"
#include "store/store.hpp"
#include "world.hpp"

#include <cstdint>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <utility>
#include <vector>

namespace haulier::simulation {

class Witness final : public daemon::JobObserver {
public:
    explicit Witness(World& world, const daemon::Config& config) : world_(world), config_(config) {}

    /// A notification that has to be told.
    struct Owed {
        BootTime since;
        uint64_t first_call = 0; ///< only this call and later ones count
    };
    using Event = std::pair<job::NotificationKind, uint32_t>; ///< and the file, for FileTransferred
    struct Job {
        job::Job job; ///< as announced
        bool removed = false;
        std::map<Event, Owed> owed;
        std::optional<notify::Target> object; ///< as registered; the program may have left
        BootTime object_since;
        uint64_t first_service_call = 0; ///< to the present service
        uint64_t last_failure = 0;       ///< of a call to it
        uint64_t open_call = 0;          ///< the last one, as long as it is in flight
        uint64_t commands = 0;           ///< verbs that were called
        BootTime called_until;
        bool may_ask = false; ///< Resume was called: one server that rests is asked
    };
    std::map<job::Id, Job> jobs;
    std::set<uint32_t> active_users;
    std::set<std::string> changeable_programs; ///< that have behaved otherwise once

    // ---- a run of the daemon ----

    void attach(daemon::Manager& manager, SimulatedWorkers& workers);
    void detach();
    /// The daemon has read the store; what it made of its jobs was announced to nobody.
    void started();
    /// The store after the end of a run. `shown`: what clients could read before, if the daemon did not die
    /// in the middle of something.
    void check_stored(const store::StoredJobs& stored, const std::optional<store::StoredJobs>& shown);
    [[nodiscard]] store::StoredJobs shown() const;

    // ---- what the daemon does ----

    void added(const daemon::JobRecord& record) override;
    void removed(const daemon::JobRecord& record, std::string_view result) override;
    void forgotten(const job::Id& id) override;
    void changed(const job::Job& before, const job::Job& after) override;
    void transfer_ended(const job::Job& job) override;
    void wait_reason_changed(const daemon::JobRecord&) override {}
    void progressed(const daemon::JobRecord&, bool) override {}
    void yielding_changed(const daemon::JobRecord&) override {}
    void file_transferred(const daemon::JobRecord& record, uint32_t index) override;
    void object_changed(const daemon::JobRecord&) override {}
    void ranges_filled(const daemon::JobRecord&, uint32_t, const std::vector<job::Range>&) override {}
    void conditions_changed() override {}
    void holds_changed(const job::Holds&) override {}
    void user_bandwidth_changed(uint32_t) override {}
    void machine_bandwidth_changed() override {}
    void permit_changed(const job::Permit&) override {}

    void ordered(const SimulatedWorkers::Transfer& transfer);
    void failed(const SimulatedWorkers::Transfer& transfer, const job::Failure& failure);
    void sent(const notify::Delivery& delivery);
    void ended(const notify::FakeBus::Ended& call);
    void second_call(const std::string& receiver);
    void network_changed() { rests_.clear(); }

    // ---- what clients do ----

    void registered(const job::Id& id, const std::optional<notify::Target>& object);

    // ---- promises ----

    /// Nothing is due now: what the daemon says of its jobs is so, and nothing is stuck.
    void check_quiet();
    /// All has been well for long.
    void check_end();
    /// The daemon has run for two hours more.
    void check_files();

    job::Holds holds;   ///< that were promised
    int open_holds = 0; ///< calls that change them and are not answered yet
    BootTime services_changed_at;
    BootTime disk_works_since;
    BootTime store_works_since;
    bool clock_has_jumped = false;
    bool is_ending = false; ///< the daemon halts everything, and starts nothing

private:
    /// A server that asks for no requests.
    struct Rest {
        BootTime told_at;
        BootTime until;
        BootTime until_before; ///< it asked again
    };
    void forget_unstored_rests();
    void compare(const store::StoredJob& shown, const store::StoredJob& stored);
    void expect(Job& seen, const Event& event);
    void follow(Job& seen, const job::Job& before, const job::Job& after);
    void forget_lost_files(Job& seen, const std::function<bool(uint32_t)>& is_here);
    void check_record(const daemon::JobRecord& record);
    void check_wait(const daemon::JobRecord& record, const job::WaitReason& reason);
    void check_held(const daemon::JobRecord& record, const job::WaitReason& reason);
    void check_holds();
    void check_turn(const daemon::JobRecord& record);
    void check_date(const job::Job& job, const job::WaitReason& reason);
    void check_transfers();
    void check_slots();
    void check_prompt(const job::Id& id, Job& seen);
    void check_final(const job::Id& id, const Job& seen);
    void check_named(const daemon::JobRecord& record);
    void check_rest(const SimulatedWorkers::Transfer& transfer, const daemon::JobRecord& record);
    void check_offset(const SimulatedWorkers::Transfer& transfer);
    void check_complete(const daemon::JobRecord& record, uint32_t index);
    [[nodiscard]] bool is_startable(const Job& seen) const;
    [[nodiscard]] bool is_healthy(const std::string& program) const;
    [[nodiscard]] bool has_present_object(const Job& seen) const;
    void fault(const job::Id& id, const std::string& what);

    World& world_;
    const daemon::Config& config_;
    daemon::Manager* manager_ = nullptr;
    SimulatedWorkers* workers_ = nullptr;
    BootTime attached_at_;
    uint64_t first_call_ = 0;                                        ///< of this run
    std::map<std::string, std::pair<std::string, BootTime>> owners_; ///< of names, and since when
    std::map<std::pair<uint32_t, std::string>, uint32_t> starts_in_vain_;
    std::map<std::pair<uint32_t, std::string>, Rest> rests_; ///< by owner and host
};

/// As it is stored.
job::Job without_clocks(job::Job job);

} // namespace haulier::simulation
