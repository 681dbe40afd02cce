// SPDX-License-Identifier: LGPL-2.1-or-later
#include "daemon/environment/reported_conditions.hpp"

namespace haulier::daemon {

namespace {

constexpr uint32_t StateAsleep = 10;
constexpr uint32_t StateDisconnected = 20;
constexpr uint32_t StateConnectedLocal = 50;
constexpr uint32_t ConnectivityPortal = 2;

/// In between, on the way up or down, the kernel knows better. Behind a portal every server seems to answer
/// with the portal's page, which nobody asked for.
std::optional<bool> connected(const RawProperties& told) {
    if (told.connectivity == ConnectivityPortal) return false;
    if (told.state == StateAsleep || told.state == StateDisconnected) return false;
    if (told.state >= StateConnectedLocal) return true;
    return std::nullopt;
}

std::optional<job::Metered> metered(const RawProperties& told) {
    if (!told.metered) return std::nullopt;
    switch (*told.metered) {
    case 1: return job::Metered::Yes;
    case 2: return job::Metered::No;
    case 3: return job::Metered::GuessYes;
    case 4: return job::Metered::GuessNo;
    default: return job::Metered::Unknown;
    }
}

std::optional<bool> saving_power(const RawProperties& told) {
    const auto& profile = told.profile ? told.profile : told.old_profile;
    if (!profile) return std::nullopt;
    return *profile == "power-saver";
}

} // namespace

daemon::ReportedConditions reported_conditions_of(const RawProperties& told) {
    daemon::ReportedConditions h;
    h.connected = connected(told);
    h.metered = metered(told);
    h.on_battery = told.on_battery;
    h.power_saver = saving_power(told);
    return h;
}

} // namespace haulier::daemon
