// SPDX-License-Identifier: LGPL-2.1-or-later
// The session bus of a user whose environment does not name it, as in cron jobs and after su.
#pragma once

#include <functional>
#include <string>
#include <sys/types.h>

namespace haulier::cli {

/// The address of the bus of `uid` in `run_directory` (/run/user). Empty if the library finds a bus by the
/// variables of the environment, or if there is no such socket of that user.
std::string own_bus_address(const std::function<const char*(const char*)>& lookup,
                            const std::string& run_directory, uid_t uid);

} // namespace haulier::cli
