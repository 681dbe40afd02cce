// SPDX-License-Identifier: LGPL-2.1-or-later
// Which app a process belongs to, as its sandbox or the desktop that started it says, and what the sandbox
// lets it reach.
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
/// The process to which the descriptor belongs. `label` is that of its security module, as the bus knows it.
/// If the process has ended, it is not known whether it was in a sandbox. No file system that could keep us
/// waiting is touched.
ProcessIdentity identify(const Fd& process, std::string_view label);
/// Of a process that cannot be examined.
ProcessIdentity unknown_process();

} // namespace haulier::bus
