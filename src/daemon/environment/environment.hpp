// SPDX-License-Identifier: LGPL-2.1-or-later
// The state of network and power, combined from the kernel's routes and from what services on the system bus
// report. Calls back when the combination changes.
#pragma once

#include "job/conditions.hpp"

#include <functional>
#include <optional>
#include <set>
#include <string>
#include <utility>

namespace haulier::daemon {

/// The routes of the kernel.
struct Routes {
    bool lead_out = true;                     ///< there is a route out of the machine
    std::set<std::string> default_interfaces; ///< names of the interfaces that default routes use
    bool operator==(const Routes&) const = default;
};

/// What services on the system bus report; nothing = not reported.
struct ReportedConditions {
    std::optional<bool> connected; ///< NetworkManager: false while disconnected, asleep or behind a portal
    std::optional<std::set<std::string>> managed; ///< names of the interfaces that NetworkManager manages
    std::optional<job::Metered> metered;
    std::optional<bool> roaming;
    std::optional<bool> on_battery;
    std::optional<bool> power_saver;
    bool operator==(const ReportedConditions&) const = default;
};

/// NetworkManager can report that the routes lead nowhere, but cannot replace a missing one. It is
/// ignored if it manages no interface, or does not manage that of a default route.
job::Conditions combined(const Routes& routes, const ReportedConditions& reported);

class Environment {
public:
    explicit Environment(std::function<void(const job::Conditions&)> changed)
        : changed_(std::move(changed)) {}

    /// Replaces everything that was reported before.
    void set_reported(const ReportedConditions& reported);
    [[nodiscard]] const ReportedConditions& reported() const { return reported_; }
    void set_routes(const Routes& routes);
    [[nodiscard]] const job::Conditions& conditions() const { return conditions_; }

private:
    void update();

    std::function<void(const job::Conditions&)> changed_;
    Routes routes_;
    ReportedConditions reported_;
    job::Conditions conditions_;
};

} // namespace haulier::daemon
