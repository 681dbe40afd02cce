// SPDX-License-Identifier: LGPL-2.1-or-later
// The command line of haulierd, haulierd(8).
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
    std::string runtime_directory; ///< of the system instance: where its workers find its socket
    std::string worker_program;    ///< to be a child; empty = a unit of systemd's
};

/// What is not said comes from the instance and the environment (STATE_DIRECTORY, RUNTIME_DIRECTORY; of the
/// session instance XDG_STATE_HOME, XDG_CONFIG_HOME, HOME).
Result<Options> parse_options(int argc, char** argv);
std::string usage();

} // namespace haulier::daemon
