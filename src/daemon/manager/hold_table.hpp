// SPDX-License-Identifier: LGPL-2.1-or-later
// The holds of users and administrators: changes them on request, and ends them at their dates.
#pragma once

#include "daemon/manager/manager_context.hpp"
#include "job/hold.hpp"

#include <functional>
#include <optional>

namespace haulier::daemon {

class HoldTable {
public:
    /// `apply`: jobs are to be held, or to go on, by these holds from now on.
    HoldTable(ManagerContext& context, std::function<void(const job::Holds&)> apply)
        : context_(context), apply_(std::move(apply)) {}

    /// Before the jobs are restored. Holds that have ended since the last run are forgotten.
    Status load();
    /// `until`: 0 = until it is released. The reply comes after the commit; so below.
    void hold(job::Scope scope, WallTime until, const Callback<Done>& reply);
    void release(job::Scope scope, const Callback<Done>& reply);
    /// As of the last commit.
    [[nodiscard]] const job::Holds& holds() const { return durable_; }

private:
    Callback<Done> adopting(const Callback<Done>& reply);
    void apply(const job::Holds& holds);
    void await_end();
    void end_due();

    ManagerContext& context_;
    std::function<void(const job::Holds&)> apply_;
    job::Holds working_;
    job::Holds durable_;
    Source end_; ///< of the next hold that has a date
};

} // namespace haulier::daemon
