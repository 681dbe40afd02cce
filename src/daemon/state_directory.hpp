// SPDX-License-Identifier: LGPL-2.1-or-later
// The directory of the database, and the lock that keeps other daemons out of it.
#pragma once

#include "base/fd.hpp"
#include "base/result.hpp"

#include <string>

namespace haulier::daemon {

/// Creates the directory (mode 0700) if it is missing, and locks it for the lifetime of the descriptor. Waits
/// up to 15 seconds for a daemon that holds the lock and is about to exit.
Result<Fd> lock_state_directory(const std::string& path);

} // namespace haulier::daemon
