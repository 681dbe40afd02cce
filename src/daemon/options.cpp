// SPDX-License-Identifier: LGPL-2.1-or-later
#include "daemon/options.hpp"

#include "daemon/paths.hpp"

#include <array>
#include <cstdlib>
#include <getopt.h>
#include <optional>

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

void fill(std::string& place, const std::string& value) {
    if (place.empty()) place = value;
}

void fill_for_session(Options& o) {
    fill(o.state_directory, xdg("XDG_STATE_HOME", "/.local/state"));
    fill(o.config_file, xdg("XDG_CONFIG_HOME", "/.config") + "/haulier.conf");
    fill(o.worker_program, HAULIER_WORKER);
}

void fill_for_system(Options& o) {
    fill(o.state_directory, "/var/lib/haulier");
    fill(o.config_file, "/etc/haulier/haulier.conf");
    fill(o.runtime_directory, environment("RUNTIME_DIRECTORY"));
    fill(o.runtime_directory, "/run/haulier");
}

void fill_up(Options& o) {
    fill(o.state_directory, environment("STATE_DIRECTORY"));
    o.instance == Instance::System ? fill_for_system(o) : fill_for_session(o);
}

Error misused(const std::string& message) {
    return {Errc::InvalidArgument, message + "; see haulierd --help"};
}

enum Option : int { User = 1, System, StateDir, RuntimeDir, ConfigFile, Worker, Version, Help };

const std::array Known{
    option{"user", no_argument, nullptr, User},
    option{"system", no_argument, nullptr, System},
    option{"state-dir", required_argument, nullptr, StateDir},
    option{"runtime-dir", required_argument, nullptr, RuntimeDir},
    option{"config", required_argument, nullptr, ConfigFile},
    option{"worker", required_argument, nullptr, Worker},
    option{"version", no_argument, nullptr, Version},
    option{"help", no_argument, nullptr, Help},
    option{nullptr, 0, nullptr, 0},
};

/// What was said, and which instance, if that was.
struct Said {
    Options options;
    std::optional<Instance> instance;
};

Result<Said> read(int argc, char** argv) {
    Said said;
    auto& o = said.options;
    opterr = 0;
    for (int c = 0; (c = getopt_long(argc, argv, "", Known.data(), nullptr)) != -1;) {
        switch (c) {
        case User: said.instance = Instance::Session; break;
        case System: said.instance = Instance::System; break;
        case StateDir: o.state_directory = optarg; break;
        case RuntimeDir: o.runtime_directory = optarg; break;
        case ConfigFile: o.config_file = optarg; break;
        case Worker: o.worker_program = optarg; break;
        case Version: o.version = true; break;
        case Help: o.help = true; break;
        default:
            return misused("'" + std::string{argv[optind - 1]} + "' is not an option, or lacks its value");
        }
    }
    return said;
}

} // namespace

Result<Options> parse_options(int argc, char** argv) {
    auto said = read(argc, argv);
    if (!said) return said.error();
    auto& o = said->options;
    if (optind < argc) return misused("'" + std::string{argv[optind]} + "' is not an option");
    if (o.help || o.version) return o;
    if (!said->instance) return misused("say which bus: --user or --system");
    o.instance = *said->instance;
    fill_up(o);
    return o;
}

std::string usage() {
    return "Usage: haulierd {--user | --system} [OPTION...]\n"
           "Background transfers, as org.haulier.Haulier1 on D-Bus. Usually started by the bus.\n\n"
           "  --user             serve the session bus\n"
           "  --system           serve the system bus\n"
           "  --state-dir=DIR    where the database is (default: $XDG_STATE_HOME/haulier, or "
           "/var/lib/haulier)\n"
           "  --runtime-dir=DIR  where the workers of the system service find it (default: /run/haulier)\n"
           "  --config=FILE      instead of $XDG_CONFIG_HOME/haulier/haulier.conf or "
           "/etc/haulier/haulier.conf\n"
           "  --worker=PROGRAM   start this as a child, and no haulier-worker that is installed\n"
           "  --version\n"
           "  --help\n";
}

} // namespace haulier::daemon
