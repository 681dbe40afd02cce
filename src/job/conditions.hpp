// SPDX-License-Identifier: LGPL-2.1-or-later
// What the machine's environment allows (BITS 2.3, 4.5 to 4.7): pure functions of a job, the network, its
// cost and the power supply.
#pragma once

#include "job/reach.hpp"
#include "job/types.hpp"

#include <optional>
#include <set>
#include <string>
#include <string_view>

namespace haulier::job {

enum class Metered { Unknown, No, GuessNo, GuessYes, Yes };
/// "yes", "no" or "unknown"; a guess counts as its value.
std::string_view to_string(Metered metered);

struct Conditions {
    bool online = true;
    Metered metered = Metered::Unknown;
    bool roaming = false;
    bool on_battery = false;
    bool power_saver = false;
    std::set<std::string> ways_out{}; ///< interfaces of default routes; others mean another network
    bool operator==(const Conditions&) const = default;
};

/// The job's own setting, or the default of its priority (choice U-10): no-roaming in the foreground,
/// otherwise standard.
NetworkCost cost_of(const Job& job);

/// Why the job must not transfer data now; nothing = it may. `reach` is that of the farthest source. A
/// request through a proxy on this machine needs no network, but probably uses the one of the machine.
std::optional<Cause> blocked_by(const Job& job, Reach reach, const Conditions& conditions);

/// May a queued job run, apart from waiting for its turn?
enum class Readiness {
    Ready,
    Barred,         ///< jobs of its owner are held, or may not run at this hour
    NotBefore,      ///< its NotBefore has not come
    ForegroundOnly, ///< dynamic content, and not in the foreground (BITS 3.5)
    OwnerAway,      ///< its owner must be logged in (BITS 4.2)
};
Readiness readiness(const Job& job, WallTime now);

/// System users, which services run as, do not log in and count as always logged in (BITS 4.2). These are the
/// uids below 1000, nobody (65534), and systemd's dynamic users (61184 to 65519).
bool can_log_in(uint32_t uid);

} // namespace haulier::job
