// SPDX-License-Identifier: LGPL-2.1-or-later
// What is known of the network, the meter and the battery, gathered from the kernel and from whom the system
// bus has to tell of them. Says so when the sum of it changes.
#pragma once

#include "job/conditions.hpp"

#include <functional>
#include <optional>

namespace haulier::daemon {

/// What services on the system bus say; nothing = not said, or nobody is there to say it.
struct Hearsay {
    std::optional<bool> connected; ///< NetworkManager: false while disconnected, asleep or behind a portal
    std::optional<job::Metered> metered;
    std::optional<bool> roaming;
    std::optional<bool> on_battery;
    std::optional<bool> power_saver;
    bool operator==(const Hearsay&) const = default;
};

/// `routes`: the kernel knows a way out of the machine. NetworkManager may deny it, but nobody can make one.
job::Conditions merged(bool routes, const Hearsay& hearsay);

class Surroundings {
public:
    explicit Surroundings(std::function<void(const job::Conditions&)> changed)
        : changed_(std::move(changed)) {}

    /// Replaces all that was heard before.
    void hear(const Hearsay& hearsay);
    [[nodiscard]] const Hearsay& heard() const { return hearsay_; }
    void set_routes(bool routes);
    [[nodiscard]] const job::Conditions& conditions() const { return conditions_; }

private:
    void look();

    std::function<void(const job::Conditions&)> changed_;
    bool routes_ = true; ///< until the kernel says otherwise
    Hearsay hearsay_;
    job::Conditions conditions_;
};

} // namespace haulier::daemon
