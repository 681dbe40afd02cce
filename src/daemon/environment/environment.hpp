// SPDX-License-Identifier: LGPL-2.1-or-later
// The state of network and power, combined from the kernel's routes and from what services on the system bus
// report. Calls back when the combination changes.
#pragma once

#include "job/conditions.hpp"

#include <functional>
#include <optional>
#include <utility>

namespace haulier::daemon {

/// What services on the system bus report; nothing = not reported.
struct ReportedConditions {
    std::optional<bool> connected; ///< NetworkManager: false while disconnected, asleep or behind a portal
    std::optional<job::Metered> metered;
    std::optional<bool> roaming;
    std::optional<bool> on_battery;
    std::optional<bool> power_saver;
    bool operator==(const ReportedConditions&) const = default;
};

/// `online`: the kernel has a route out of the machine. NetworkManager can report that it leads nowhere, but
/// cannot replace a missing one.
job::Conditions combined(bool online, const ReportedConditions& reported);

class Environment {
public:
    explicit Environment(std::function<void(const job::Conditions&)> changed)
        : changed_(std::move(changed)) {}

    /// Replaces everything that was reported before.
    void set_reported(const ReportedConditions& reported);
    [[nodiscard]] const ReportedConditions& reported() const { return reported_; }
    void set_online(bool online);
    [[nodiscard]] const job::Conditions& conditions() const { return conditions_; }

private:
    void update();

    std::function<void(const job::Conditions&)> changed_;
    bool online_ = true; ///< until the kernel says otherwise
    ReportedConditions reported_;
    job::Conditions conditions_;
};

} // namespace haulier::daemon
