// SPDX-License-Identifier: LGPL-2.1-or-later
#include "daemon/environment/reported_conditions.hpp"

namespace haulier::daemon {

namespace {

constexpr uint32_t StateAsleep = 10;
constexpr uint32_t StateDisconnected = 20;
constexpr uint32_t StateConnectedLocal = 50;
constexpr uint32_t ConnectivityPortal = 2;

/// In the states between, while a connection goes up or down, the kernel's routes decide. Behind a portal,
/// requests to any server get the portal's page.
std::optional<bool> connected(const RawProperties& raw) {
    if (raw.connectivity == ConnectivityPortal) return false;
    if (raw.state == StateAsleep || raw.state == StateDisconnected) return false;
    if (raw.state >= StateConnectedLocal) return true;
    return std::nullopt;
}

std::optional<job::Metered> metered(const RawProperties& raw) {
    if (!raw.metered) return std::nullopt;
    switch (*raw.metered) {
    case 1: return job::Metered::Yes;
    case 2: return job::Metered::No;
    case 3: return job::Metered::GuessYes;
    case 4: return job::Metered::GuessNo;
    default: return job::Metered::Unknown;
    }
}

std::optional<bool> saving_power(const RawProperties& raw) {
    const auto& profile = raw.profile ? raw.profile : raw.old_profile;
    if (!profile) return std::nullopt;
    return *profile == "power-saver";
}

} // namespace

ReportedConditions reported_conditions_of(const RawProperties& raw) {
    ReportedConditions reported;
    reported.connected = connected(raw);
    reported.metered = metered(raw);
    reported.on_battery = raw.on_battery;
    reported.power_saver = saving_power(raw);
    return reported;
}

} // namespace haulier::daemon
