// SPDX-License-Identifier: LGPL-2.1-or-later
// What is remembered of ended jobs, and for how long. CommitQueue writes it with the end of each job.
#pragma once

#include "daemon/manager/manager_context.hpp"

namespace haulier::daemon {

class History {
public:
    explicit History(ManagerContext& context) : context_(context) {}

    /// At the start, and when the configuration has changed: forgets what is too old.
    void configure();
    /// A job has ended and is remembered.
    void grown();
    /// The newest first.
    void list(job::EndedFilter filter, const Callback<std::vector<job::EndedJob>>& reply);

private:
    [[nodiscard]] Usec keep() const { return context_.config.keep_history; }
    void expire();
    void wake_after(Usec span);

    ManagerContext& context_;
    Source timer_; ///< nothing is set if nothing is remembered
};

} // namespace haulier::daemon
