// SPDX-License-Identifier: LGPL-2.1-or-later
// What the errors of the bus and of the daemon mean to a person, and to a script.
#pragma once

#include "cli/access.hpp"
#include "cli/failure.hpp"

#include <string>

namespace haulier::cli {

/// The connection broke.
Failure lost();
/// The bus of this scope could not be opened.
Failure no_bus(Scope scope, const std::string& name, const std::string& message);
/// A D-Bus error.
Failure refusal(const std::string& name, const std::string& message, const Access& access);

} // namespace haulier::cli
