// SPDX-License-Identifier: LGPL-2.1-or-later
#include "daemon/options.hpp"

#include "daemon/paths.hpp"

#include <array>
#include <cstdlib>
#include <getopt.h>
#include <optional>
#include <pwd.h>
#include <unistd.h>

namespace haulier::daemon {

namespace {

std::string environment(const char* name) {
    const char* value = std::getenv(name);
    return value ? value : "";
}

/// $HOME, or what the user database says if the variable is missing, as in some containers.
std::string home() {
    auto named = environment("HOME");
    if (named.starts_with('/')) return named;
    const passwd* user = getpwuid(getuid());
    return user && user->pw_dir ? user->pw_dir : "";
}

/// $VARIABLE/haulier, or the XDG default below the home directory. Relative paths are to be ignored.
std::string xdg(const char* variable, const char* fallback) {
    auto base = environment(variable);
    return (base.starts_with('/') ? base : home() + fallback) + "/haulier";
}

void set_default(std::string& option, const std::string& value) {
    if (option.empty()) option = value;
}

void set_session_defaults(Options& o) {
    set_default(o.state_directory, xdg("XDG_STATE_HOME", "/.local/state"));
    set_default(o.config_file, xdg("XDG_CONFIG_HOME", "/.config") + "/haulier.conf");
    set_default(o.worker_program, HAULIER_WORKER);
}

void set_system_defaults(Options& o) {
    set_default(o.state_directory, "/var/lib/haulier");
    set_default(o.config_file, "/etc/haulier/haulier.conf");
    set_default(o.runtime_directory, environment("RUNTIME_DIRECTORY"));
    set_default(o.runtime_directory, "/run/haulier");
}

void set_defaults(Options& o) {
    set_default(o.state_directory, environment("STATE_DIRECTORY"));
    o.instance == Instance::System ? set_system_defaults(o) : set_session_defaults(o);
}

Error usage_error(const std::string& message) {
    return {Errc::InvalidArgument, message + "; see haulierd --help"};
}

enum Option : int { User = 1, System, StateDir, RuntimeDir, ConfigFile, Worker, Version, Help };

const std::array LongOptions{
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

/// The options as given, and the instance, if one was.
struct CommandLine {
    Options options;
    std::optional<Instance> instance;
};

Result<CommandLine> read(int argc, char** argv) {
    CommandLine line;
    auto& o = line.options;
    opterr = 0;
    for (int c = 0; (c = getopt_long(argc, argv, "", LongOptions.data(), nullptr)) != -1;) {
        switch (c) {
        case User: line.instance = Instance::Session; break;
        case System: line.instance = Instance::System; break;
        case StateDir: o.state_directory = optarg; break;
        case RuntimeDir: o.runtime_directory = optarg; break;
        case ConfigFile: o.config_file = optarg; break;
        case Worker: o.worker_program = optarg; break;
        case Version: o.version = true; break;
        case Help: o.help = true; break;
        default:
            return usage_error("'" + std::string{argv[optind - 1]} +
                               "' is not an option, or lacks its value");
        }
    }
    return line;
}

} // namespace

Result<Options> parse_options(int argc, char** argv) {
    auto line = read(argc, argv);
    if (!line) return line.error();
    auto& o = line->options;
    if (optind < argc) return usage_error("'" + std::string{argv[optind]} + "' is not an option");
    if (o.help || o.version) return o;
    if (!line->instance) return usage_error("say which bus: --user or --system");
    o.instance = *line->instance;
    set_defaults(o);
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
           "  --worker=PROGRAM   start PROGRAM as a child process instead of the installed haulier-worker\n"
           "  --version\n"
           "  --help\n";
}

} // namespace haulier::daemon
