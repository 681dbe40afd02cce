// SPDX-License-Identifier: LGPL-2.1-or-later
// Parses a command line and runs the command.
#pragma once

#include "cli/commands.hpp"

#include <string>
#include <vector>

namespace haulier::cli {

/// Returns the exit code. `words`: the arguments without the name of the program. `common`: what the options
/// start from.
int run_command_line(const std::vector<std::string>& words, Common common = {});

} // namespace haulier::cli
