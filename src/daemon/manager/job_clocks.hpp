// SPDX-License-Identifier: LGPL-2.1-or-later
// The timers of a job: next try, no progress, maximum time, inactivity and NotBefore. Each is set from the
// job's durable values and leads to a decision.
#pragma once

#include "daemon/manager/manager_context.hpp"

#include <functional>
#include <optional>

namespace haulier::daemon {

class JobClocks {
public:
    struct Events {
        /// The job's NotBefore has come.
        std::function<void()> date_reached;
        /// The client of an ended job was not told in time.
        std::function<void(JobRecord&)> undeliverable;
    };
    JobClocks(ManagerContext& context, Events events)
        : context_(context), expiries_(context.loop, [this](JobRecord& record) { expire(record); }),
          events_(std::move(events)) {}

    /// After each change of the durable values.
    void arm(JobRecord& record);
    /// The configured timeouts may be others.
    void watch_expiry(JobRecord& record);

private:
    [[nodiscard]] static std::optional<BootTime> end_of_patience(const JobRecord& record);
    [[nodiscard]] std::optional<BootTime> expiry_of(const job::Job& job) const;
    void expire(JobRecord& record);

    ManagerContext& context_;
    AlarmQueue expiries_;
    Events events_;
};

} // namespace haulier::daemon
