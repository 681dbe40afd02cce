// SPDX-License-Identifier: LGPL-2.1-or-later
// What the services of the machine say of themselves, word by word, and what it means for jobs.
#pragma once

#include "daemon/environment/environment.hpp"

#include <cstdint>
#include <optional>
#include <string>

namespace haulier::daemon {

/// As it stands on the bus; nothing = not said, or nobody is there to say it.
struct RawProperties {
    // NetworkManager: NMState, NMConnectivityState, NMMetered
    std::optional<uint32_t> state;
    std::optional<uint32_t> connectivity;
    std::optional<uint32_t> metered;
    std::optional<bool> on_battery; ///< UPower
    // power-profiles-daemon, under its old name and its new one
    std::optional<std::string> profile;
    std::optional<std::string> old_profile;
    bool operator==(const RawProperties&) const = default;
};

daemon::ReportedConditions reported_conditions_of(const RawProperties& told);

} // namespace haulier::daemon
