// SPDX-License-Identifier: LGPL-2.1-or-later
#include "job/conditions.hpp"

namespace haulier::job {

namespace {

bool allows(NetworkCost cost, const Conditions& conditions) {
    switch (cost) {
    case NetworkCost::Always: return true;
    case NetworkCost::NoRoaming: return !conditions.roaming;
    case NetworkCost::Standard: return !conditions.roaming && conditions.metered != Metered::Yes;
    case NetworkCost::Unmetered:
        // Unknown, as on machines without NetworkManager, counts as unmetered.
        return !conditions.roaming && conditions.metered != Metered::Yes &&
               conditions.metered != Metered::GuessYes;
    }
    return true;
}

bool allows(PowerPolicy policy, const Conditions& conditions) {
    switch (policy) {
    case PowerPolicy::Always: return true;
    case PowerPolicy::NoSaver: return !conditions.power_saver;
    case PowerPolicy::AcOnly: return !conditions.on_battery;
    }
    return true;
}

} // namespace

std::string_view to_string(Metered metered) {
    switch (metered) {
    case Metered::Unknown: return "unknown";
    case Metered::No:
    case Metered::GuessNo: return "no";
    case Metered::GuessYes:
    case Metered::Yes: return "yes";
    }
    return {};
}

NetworkCost cost_of(const Job& job) {
    auto by_priority = job.priority == Priority::Foreground ? NetworkCost::NoRoaming : NetworkCost::Standard;
    return job.network_cost.value_or(by_priority);
}

std::optional<Cause> blocked_by(const Job& job, Reach reach, const Conditions& conditions) {
    if (reach == Reach::Network && !conditions.online) return Cause::NetworkLost;
    if (reach != Reach::Machine && !allows(cost_of(job), conditions)) return Cause::BlockedByCost;
    if (!allows(job.power_policy, conditions)) return Cause::BlockedByPower;
    return std::nullopt;
}

Readiness readiness(const Job& job, WallTime now) {
    if (job.clocks.bar) return Readiness::Barred;
    if (start_date(job) > now) return Readiness::NotBefore;
    if (job.dynamic_content && job.priority != Priority::Foreground) return Readiness::ForegroundOnly;
    if (job.clocks.owner_away) return Readiness::OwnerAway;
    return Readiness::Ready;
}

bool can_log_in(uint32_t uid) {
    bool is_dynamic = uid >= 61184 && uid <= 65519;
    return uid >= 1000 && uid != 65534 && !is_dynamic;
}

} // namespace haulier::job
