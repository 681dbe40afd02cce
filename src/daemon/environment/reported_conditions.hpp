// SPDX-License-Identifier: LGPL-2.1-or-later
// The properties of NetworkManager, UPower and power-profiles-daemon as they are on the bus, and what they
// mean for jobs.
#pragma once

#include "daemon/environment/environment.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace haulier::daemon {

/// Nothing = not reported.
struct RawProperties {
    // NetworkManager: NMState, NMConnectivityState, NMMetered
    std::optional<uint32_t> state;
    std::optional<uint32_t> connectivity;
    std::optional<uint32_t> metered;
    std::optional<std::vector<std::string>> devices; ///< object paths
    std::optional<bool> on_battery;                  ///< UPower
    // power-profiles-daemon, by its new name and its old one
    std::optional<std::string> profile;
    std::optional<std::string> old_profile;
    bool operator==(const RawProperties&) const = default;
};

ReportedConditions reported_conditions_of(const RawProperties& raw);

} // namespace haulier::daemon
