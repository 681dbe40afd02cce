// SPDX-License-Identifier: LGPL-2.1-or-later
// Determines which app a process belongs to, according to its sandbox or to the desktop that started it, and
// what the sandbox permits. These are pure rules over what src/process has read.
#pragma once

#include "daemon/bus/access/sandbox.hpp"
#include "job/options.hpp"
#include "process/process_facts.hpp"

#include <string>
#include <string_view>

namespace haulier::bus {

struct AppIdentity {
    std::string id; ///< empty = not known
    job::AppIdSource source = job::AppIdSource::None;
    bool operator==(const AppIdentity&) const = default;
};

/// The id in the content of /proc/PID/cgroup: in the name of the innermost unit that systemd's document on
/// desktop environments describes, `app[-LAUNCHER]-ID-RANDOM.scope` or `app[-LAUNCHER]-ID[@RANDOM].service`.
std::string app_in_cgroup(std::string_view cgroups);

struct ProcessIdentity {
    AppIdentity app;
    Sandbox sandbox;
    bool is_final = true; ///< false: the process could not be examined now, but perhaps later
};
/// `label` is the security label of the process, as the bus knows it. If the process has ended, or could not
/// be examined, its sandbox is unknown.
ProcessIdentity identity_of(const process::ProcessFacts& facts, std::string_view label);
/// On the system bus, a process that could not be examined counts as outside sandboxes, unless Flatpak has
/// started it. One that has ended does not: another process may have its connection.
ProcessIdentity identity_on_system_bus(const process::ProcessFacts& facts, std::string_view label);
/// The identity of a process that cannot be examined.
ProcessIdentity unknown_process(std::string obstacle = {});

} // namespace haulier::bus
