// SPDX-License-Identifier: LGPL-2.1-or-later
// What has been counted and is not stored yet.
#pragma once

#include "daemon/manager/job_record.hpp"
#include "job/counters.hpp"

#include <cstdint>
#include <map>
#include <vector>

namespace haulier::daemon {

class Statistics {
public:
    void add(uint32_t owner, const job::Counters& more);
    /// What follows from a decision.
    void add(const JobChange& change);
    /// For the store. A new owner's statistics begin at `since`.
    [[nodiscard]] std::vector<job::Statistics> all(WallTime since) const;

private:
    std::map<uint32_t, job::Counters> owners_;
};

} // namespace haulier::daemon
