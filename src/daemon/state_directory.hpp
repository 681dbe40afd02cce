// SPDX-License-Identifier: LGPL-2.1-or-later
// The directory with everything that must last, and the lock that says whose it is.
#pragma once

#include "base/fd.hpp"
#include "base/result.hpp"

#include <string>

namespace haulier::daemon {

/// Makes the directory (mode 0700) if it is missing and locks it as long as the descriptor lives. A daemon
/// that is just leaving may hold the lock for a moment: waits up to 15 seconds for it.
Result<Fd> own_state_directory(const std::string& path);

} // namespace haulier::daemon
