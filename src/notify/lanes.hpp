// SPDX-License-Identifier: LGPL-2.1-or-later
// The jobs that have a call to make: a queue for each recipient, ordered by when the call is due. So no
// recipient waits for another, and a long queue costs no more than a short one.
#pragma once

#include "base/clock.hpp"
#include "job/types.hpp"
#include "notify/recipients.hpp"

#include <map>
#include <set>
#include <utility>
#include <vector>

namespace haulier::notify {

/// The first call of a lane.
struct Turn {
    BootTime due;
    Recipient lane;
    job::Id job;
};

class Lanes {
public:
    /// Replaces an earlier place of the job.
    void place(const job::Id& id, const Recipient& lane, BootTime due);
    void remove(const job::Id& id);
    /// The first call of each lane, the earliest first.
    [[nodiscard]] std::vector<Turn> turns() const;

private:
    struct Place {
        Recipient lane;
        BootTime due;
    };
    std::map<Recipient, std::set<std::pair<BootTime, job::Id>>> lanes_; ///< none is empty
    std::map<job::Id, Place> places_;
};

} // namespace haulier::notify
