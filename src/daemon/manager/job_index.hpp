// SPDX-License-Identifier: LGPL-2.1-or-later
// Which jobs run, could run, or wait for a date, so that the scheduler need not look at all jobs to find out.
// Its entries are true as of when each job was looked at; the scheduler looks at a job again when it has
// changed.
#pragma once

#include "daemon/manager/job_record.hpp"
#include "job/ready_queue.hpp"

#include <set>
#include <utility>
#include <vector>

namespace haulier::daemon {

class JobIndex {
public:
    /// Looks at the job. One that is changing does not count as ready.
    void place(const JobRecord& record, Now now);
    void erase(const job::Id& id);
    /// Those whose date has come, which are to be looked at again.
    [[nodiscard]] std::vector<job::Id> due(WallTime now) const;

    /// They have a slot.
    [[nodiscard]] const std::set<job::Id>& running() const { return running_; }
    /// Queued, and past their NotBefore.
    [[nodiscard]] const job::ReadyQueue& ready() const { return ready_; }

private:
    void set_date(const job::Id& id, std::optional<WallTime> date);

    std::set<job::Id> running_;
    job::ReadyQueue ready_;
    std::set<std::pair<WallTime, job::Id>> by_date_;
    job::ById<WallTime> dates_;
};

/// The server of all files that are left, if they are few and none of them waits; otherwise something unique.
std::string line_of(const JobRecord& record);

} // namespace haulier::daemon
