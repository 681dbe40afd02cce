// SPDX-License-Identifier: LGPL-2.1-or-later
// Translates errors of the bus and of the daemon to exit codes and messages.
#pragma once

#include "cli/access.hpp"
#include "cli/failure.hpp"

#include <string>

namespace haulier::cli {

/// The connection to the bus was lost.
Failure connection_lost();
/// The bus could not be opened.
Failure bus_unreachable(Scope scope, const std::string& name, const std::string& message);
/// A D-Bus error in reply to a call.
Failure bus_failure(const std::string& name, const std::string& message, const Access& access);

} // namespace haulier::cli
