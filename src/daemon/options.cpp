// SPDX-License-Identifier: LGPL-2.1-or-later
#include "daemon/options.hpp"

#include "version.hpp"

#include <array>
#include <cstdlib>
#include <getopt.h>

namespace haulier::daemon {

namespace {

std::string environment(const char* name) {
    const char* value = std::getenv(name);
    return value ? value : "";
}

/// $VARIABLE/haulier, or the XDG default below the home directory.
std::string xdg(const char* variable, const char* fallback) {
    auto base = environment(variable);
    return (base.empty() ? environment("HOME") + fallback : base) + "/haulier";
}

Options defaults() {
    Options o;
    o.state_directory = environment("STATE_DIRECTORY");
    if (o.state_directory.empty()) o.state_directory = xdg("XDG_STATE_HOME", "/.local/state");
    o.config_file = xdg("XDG_CONFIG_HOME", "/.config") + "/haulier.conf";
    o.worker_program = HAULIER_WORKER;
    return o;
}

Error misused(const std::string& sentence) {
    return {Errc::InvalidArgument, sentence + "; see haulierd --help"};
}

enum Option : int { User = 1, System, StateDir, ConfigFile, Worker, Version, Help };

const std::array Known{
    option{"user", no_argument, nullptr, User},
    option{"system", no_argument, nullptr, System},
    option{"state-dir", required_argument, nullptr, StateDir},
    option{"config", required_argument, nullptr, ConfigFile},
    option{"worker", required_argument, nullptr, Worker},
    option{"version", no_argument, nullptr, Version},
    option{"help", no_argument, nullptr, Help},
    option{nullptr, 0, nullptr, 0},
};

} // namespace

Result<Options> parse_options(int argc, char** argv) {
    Options o = defaults();
    opterr = 0;
    for (int c = 0; (c = getopt_long(argc, argv, "", Known.data(), nullptr)) != -1;) {
        switch (c) {
        case User: o.user = true; break;
        case System: return misused("--system is not there yet, only --user is");
        case StateDir: o.state_directory = optarg; break;
        case ConfigFile: o.config_file = optarg; break;
        case Worker: o.worker_program = optarg; break;
        case Version: o.version = true; break;
        case Help: o.help = true; break;
        default:
            return misused("'" + std::string{argv[optind - 1]} + "' is not an option, or lacks its value");
        }
    }
    if (optind < argc) return misused("'" + std::string{argv[optind]} + "' is not an option");
    if (!o.user && !o.help && !o.version) return misused("say which bus: --user");
    return o;
}

std::string usage() {
    return "Usage: haulierd --user [OPTION...]\n"
           "Background transfers, as org.haulier.Haulier1 on D-Bus. Usually started by the bus.\n\n"
           "  --user            serve the session bus\n"
           "  --state-dir=DIR   where the database is (default: $XDG_STATE_HOME/haulier)\n"
           "  --config=FILE     instead of $XDG_CONFIG_HOME/haulier/haulier.conf\n"
           "  --worker=PROGRAM  instead of the installed haulier-worker\n"
           "  --version\n"
           "  --help\n";
}

} // namespace haulier::daemon
