// SPDX-License-Identifier: LGPL-2.1-or-later
// Determines which app a process belongs to, according to its sandbox or to the desktop that started it, and
// what the sandbox permits.
#pragma once

#include "base/fd.hpp"
#include "daemon/bus/access/sandbox.hpp"
#include "job/options.hpp"

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
};
/// Examines the process of this pidfd. `label` is its security label, as the bus knows it. If the process has
/// ended, its sandbox is unknown. The function accesses no file system that could block.
ProcessIdentity identify(const Fd& process, std::string_view label);
/// The identity of a process that cannot be examined.
ProcessIdentity unknown_process();

} // namespace haulier::bus
