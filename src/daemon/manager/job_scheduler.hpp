// SPDX-License-Identifier: LGPL-2.1-or-later
// Gives slots to jobs and takes them away: whose turn it is, which jobs the environment blocks, and whose
// owner has to log in first.
#pragma once

#include "daemon/common/instance.hpp"
#include "daemon/manager/job_index.hpp"
#include "daemon/manager/manager_context.hpp"
#include "daemon/manager/permit_table.hpp"
#include "daemon/manager/transfer_runner.hpp"
#include "job/bandwidth_hours.hpp"
#include "job/conditions.hpp"
#include "job/hold.hpp"
#include "job/schedule.hpp"

#include <cstdint>
#include <optional>
#include <set>
#include <vector>

namespace haulier::daemon {

class JobScheduler {
public:
    JobScheduler(ManagerContext& context, Instance instance, TransferRunner& runner, PermitTable& permits)
        : context_(context), instance_(instance), runner_(runner), permits_(permits) {}

    /// Something has changed that may let a job run, or stop one.
    void schedule_soon();
    /// Nothing is started until resume().
    void pause();
    void resume();

    /// The configuration has changed.
    void reconfigured();
    void set_conditions(const job::Conditions& conditions);
    [[nodiscard]] const job::Conditions& conditions() const { return conditions_; }
    /// Every job that these concern is changed at once.
    void set_holds(const job::Holds& holds);
    /// What the bandwidth schedule allows; likewise.
    void set_hour(const job::BandwidthHour& hour);
    /// What keeps the job from running at present, whatever its turn.
    [[nodiscard]] std::optional<job::Bar> bar_of(const job::Job& job) const;
    /// Grants a new permit at once if it needs no slot, and otherwise when it is its turn.
    void review_permits();
    /// Users who are logged in, or linger. None until the first call.
    void set_active_users(std::set<uint32_t> users);

private:
    void schedule();
    void review(Now now);
    void review(const job::Id& id, Now now);
    void review_all_soon();
    void look_at_permits(Now now);
    [[nodiscard]] std::vector<job::Waiting> first_in_line(Now now);
    [[nodiscard]] job::Schedule next_slots(Now now);
    void apply_environment(const JobRecord& record, Now now);
    bool apply_bar(const JobRecord& record, Now now);
    [[nodiscard]] bool is_away(uint32_t owner) const;
    bool apply_login_policy(const JobRecord& record, Now now);

    ManagerContext& context_;
    const Instance instance_;
    TransferRunner& runner_;
    PermitTable& permits_;
    job::Conditions conditions_;
    std::set<uint32_t> users_;
    job::Holds holds_;
    job::BandwidthHour hour_;
    job::Served served_;
    JobIndex index_;
    bool review_all_ = false; ///< something has changed that concerns any job
    bool paused_ = false;
    Source scheduled_;
    Source slice_;       ///< the end of the next time slice
    Source permit_date_; ///< when the NotBefore of the next permit is reached
};

} // namespace haulier::daemon
