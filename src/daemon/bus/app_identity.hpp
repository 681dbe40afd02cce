// SPDX-License-Identifier: LGPL-2.1-or-later
// Which app a process belongs to, as its sandbox or the desktop that started it says.
#pragma once

#include "base/fd.hpp"
#include "job/options.hpp"

#include <string>
#include <string_view>

namespace haulier::bus {

struct AppIdentity {
    std::string id; ///< empty = not known
    job::AppIdSource source = job::AppIdSource::None;
    bool operator==(const AppIdentity&) const = default;
};

/// The id in the content of a sandbox's /.flatpak-info; empty if there is none.
std::string app_in_sandbox_info(std::string_view info);
/// The id in the content of /proc/PID/cgroup: in the name of the innermost unit that systemd's document on
/// desktop environments describes, `app[-LAUNCHER]-ID-RANDOM.scope` or `app[-LAUNCHER]-ID[@RANDOM].service`.
std::string app_in_cgroup(std::string_view cgroups);

/// The app of the process to which the descriptor belongs, if that still runs. No file system that could
/// keep us waiting is touched.
AppIdentity app_of_process(const Fd& process);

} // namespace haulier::bus
