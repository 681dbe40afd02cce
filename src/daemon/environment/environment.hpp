// SPDX-License-Identifier: LGPL-2.1-or-later
// What is known of the network, the meter and the battery, gathered from the kernel and from whom the system
// bus has to tell of them. Says so when the sum of it changes.
#pragma once

#include "job/conditions.hpp"

#include <functional>
#include <optional>

namespace haulier::daemon {

/// What services on the system bus say; nothing = not said, or nobody is there to say it.
struct ReportedConditions {
    std::optional<bool> connected; ///< NetworkManager: false while disconnected, asleep or behind a portal
    std::optional<job::Metered> metered;
    std::optional<bool> roaming;
    std::optional<bool> on_battery;
    std::optional<bool> power_saver;
    bool operator==(const ReportedConditions&) const = default;
};

/// `routes`: the kernel knows a way out of the machine. NetworkManager may deny it, but nobody can make one.
job::Conditions merged(bool routes, const ReportedConditions& reported);

class Environment {
public:
    explicit Environment(std::function<void(const job::Conditions&)> changed)
        : changed_(std::move(changed)) {}

    /// Replaces all that was reported before.
    void set_reported(const ReportedConditions& reported);
    [[nodiscard]] const ReportedConditions& reported() const { return reported_; }
    void set_routes(bool routes);
    [[nodiscard]] const job::Conditions& conditions() const { return conditions_; }

private:
    void look();

    std::function<void(const job::Conditions&)> changed_;
    bool routes_ = true; ///< until the kernel says otherwise
    ReportedConditions reported_;
    job::Conditions conditions_;
};

} // namespace haulier::daemon
