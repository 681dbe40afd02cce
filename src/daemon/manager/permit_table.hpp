// SPDX-License-Identifier: LGPL-2.1-or-later
// The permits that clients hold or wait for. They end with the connection of their client, so nothing of them
// is stored.
#pragma once

#include "daemon/manager/manager_context.hpp"
#include "job/permit.hpp"
#include "job/schedule.hpp"

#include <functional>
#include <map>
#include <vector>

namespace haulier::daemon {

class PermitTable {
public:
    explicit PermitTable(ManagerContext& context) : context_(context) {}

    /// Errors: TooManyJobs for a user who has PermitsPerUser already, and those of job::make_permit.
    Result<job::Id> add(uint32_t owner, const job::PermitRequest& request);
    void remove(const job::Id& id);
    [[nodiscard]] const job::Permit* find(const job::Id& id) const;
    [[nodiscard]] bool empty() const { return permits_.empty(); }

    // ---- for the scheduler ----

    /// `set_bars` sets what keeps such a job from running now, apart from its turn. Permits that may not be
    /// granted lose their slots.
    void review(const std::function<void(job::Job&)>& set_bars, const job::Conditions& conditions,
                WallTime now);
    /// Those that need nothing but a slot; of each owner the first of the highest priority, unless one of
    /// that priority has a slot.
    [[nodiscard]] std::vector<job::Waiting> waiting_for_slot(const job::Conditions& conditions,
                                                             WallTime now) const;
    [[nodiscard]] std::vector<job::Running> with_slot() const;
    /// These do nothing if there is no such permit.
    void grant_slot(const job::Id& id, BootTime now);
    void take_slot(const job::Id& id);
    /// Informs the observer about changes.
    void announce(const job::Conditions& conditions, WallTime now);
    /// The next NotBefore that a permit waits for; 0 = none.
    [[nodiscard]] WallTime next_date(WallTime now) const;

private:
    ManagerContext& context_;
    std::map<job::Id, job::Permit> permits_;
};

} // namespace haulier::daemon
