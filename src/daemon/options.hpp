// SPDX-License-Identifier: LGPL-2.1-or-later
// The command line of haulierd, haulierd(8).
#pragma once

#include "base/result.hpp"

#include <string>

namespace haulier::daemon {

struct Options {
    bool help = false;
    bool version = false;
    bool user = false;
    std::string state_directory; ///< holds the database and the lock
    std::string config_file;
    std::string worker_program;
};

/// Defaults come from the environment (STATE_DIRECTORY, XDG_STATE_HOME, XDG_CONFIG_HOME, HOME).
Result<Options> parse_options(int argc, char** argv);
std::string usage();

} // namespace haulier::daemon
