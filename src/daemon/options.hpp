// SPDX-License-Identifier: LGPL-2.1-or-later
// The command line of haulierd; see haulierd(8).
#pragma once

#include "base/result.hpp"
#include "daemon/common/instance.hpp"

#include <string>

namespace haulier::daemon {

struct Options {
    bool help = false;
    bool version = false;
    Instance instance = Instance::Session;
    std::string state_directory; ///< holds the database and the lock
    std::string config_file;
    std::string runtime_directory; ///< system instance: where its workers find its socket
    std::string worker_program;    ///< started as a child process; empty = workers are systemd units
};

/// Defaults depend on the instance and the environment (STATE_DIRECTORY, RUNTIME_DIRECTORY; for the session
/// instance XDG_STATE_HOME, XDG_CONFIG_HOME, HOME).
Result<Options> parse_options(int argc, char** argv);
std::string usage();

} // namespace haulier::daemon
