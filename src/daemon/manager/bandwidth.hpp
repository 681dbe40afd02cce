// SPDX-License-Identifier: LGPL-2.1-or-later
// Bandwidth limits of jobs, of users, of the machine, and of the schedule. Tells each worker what it may use,
// and divides the limit of the machine among the workers that have transfers, according to their needs.
#pragma once

#include "base/event.hpp"
#include "base/result.hpp"
#include "daemon/manager/manager_context.hpp"
#include "daemon/workers/orders.hpp"
#include "job/bandwidth_hours.hpp"

#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <utility>
#include <vector>

namespace haulier::daemon {

/// What all users together may use now. Nothing = no limit, 0 = no transfers.
struct MachineBandwidth {
    job::Allowance allowance;        ///< by configuration and schedule
    std::optional<WallTime> changes; ///< when the schedule changes the allowance
    bool operator==(const MachineBandwidth&) const = default;
};

class Bandwidth {
public:
    /// `hour_changed` is called with what the schedule allows from now on.
    Bandwidth(ManagerContext& context, std::function<void(const job::BandwidthHour&)> hour_changed)
        : context_(context), hour_changed_(std::move(hour_changed)) {}

    /// Is called before the jobs are restored.
    Status load();
    /// Reports that the configuration or the clock has changed.
    void review();

    /// Sets a limit; 0 = no limit. The reply comes after the commit.
    void limit_user(uint32_t owner, uint64_t limit, const Callback<Done>& reply);
    /// The limit as of the last commit.
    [[nodiscard]] uint64_t limit_of(uint32_t owner) const;
    [[nodiscard]] const MachineBandwidth& machine() const { return machine_; }
    /// The strictest of the limits that apply to the job; 0 = no limit.
    [[nodiscard]] uint64_t strictest(const job::Job& job) const;

    /// Reports that a transfer of this job is about to be ordered.
    void starting(const job::Job& job);
    void moved(const ActiveTransfer& transfer, uint64_t bytes);
    /// `was_last` is true if the job has no other transfer.
    void ended(const ActiveTransfer& transfer, const job::Id& job, bool was_last);
    /// The owners of transfers in the foreground. `on_activity` is called when there are others.
    [[nodiscard]] std::set<uint32_t> owners_in_foreground() const;
    /// Reports that the BandwidthLimit of a running job may have changed.
    void changed(const job::Job& job);

private:
    /// An owner's part of a limit that all owners share.
    struct Part {
        size_t transfers = 0;
        uint64_t share = 0;           ///< bytes per second; 0 = no limit
        bool counts = false;          ///< transferring since the beginning of this interval
        uint64_t moved = 0;           ///< in this interval
        std::optional<uint64_t> rate; ///< in the last interval
    };
    struct Owner {
        Part all;
        Part background;
        std::map<std::string, uint64_t> jobs; ///< those with a limit that have transfers
        BandwidthLimits told;
        [[nodiscard]] bool is_in_foreground() const { return all.transfers > background.transfers; }
    };
    Callback<Done> adopting(uint32_t owner, uint64_t limit, const Callback<Done>& reply);
    void deal();
    void deal(Part Owner::*part, std::optional<uint64_t> limit);
    void count();
    void count_later();
    void tell(uint32_t owner);

    ManagerContext& context_;
    std::function<void(const job::BandwidthHour&)> hour_changed_;
    std::map<uint32_t, uint64_t> users_;
    job::BandwidthHour hour_;
    MachineBandwidth machine_;
    std::map<uint32_t, Owner> owners_; ///< those who have had transfers
    Source change_;                    ///< the next change by the schedule
    Source counter_;
    BootTime counted_at_;
};

} // namespace haulier::daemon
