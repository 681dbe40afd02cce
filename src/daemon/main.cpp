// SPDX-License-Identifier: LGPL-2.1-or-later
// haulierd: reads the configuration, opens the database and runs the process.
#include "base/event.hpp"
#include "base/log.hpp"
#include "base/process_limits.hpp"
#include "base/version.hpp"
#include "daemon/common/config.hpp"
#include "daemon/common/journal.hpp"
#include "daemon/exit_status.hpp"
#include "daemon/options.hpp"
#include "daemon/process.hpp"
#include "daemon/state_directory.hpp"
#include "store/store.hpp"

#include <cstdio>
#include <exception>
#include <systemd/sd-daemon.h>

namespace {

using namespace haulier;
using namespace haulier::daemon;

ExitStatus serve(const Options& options) {
    auto configuration = read_config(options.config_file);
    for (const auto& warning : configuration.warnings)
        journal::bad_setting(warning);
    auto lock = lock_state_directory(options.state_directory);
    if (!lock) {
        log::error(lock.error().message);
        return ExitStatus::StateDirectory;
    }
    // The migration of a large database can take a while.
    sd_notify(0, "STATUS=Opening the database\nEXTEND_TIMEOUT_USEC=600000000");
    std::string set_aside;
    auto store = store::Store::open(options.state_directory, &set_aside);
    if (!set_aside.empty()) journal::set_aside(set_aside);
    if (!store) {
        log::error(store.error().message);
        return ExitStatus::Database;
    }
    Process process{options, configuration.config, std::move(*store)};
    return process.run();
}

ExitStatus run(int argc, char** argv) {
    try {
        block_signals();
        relax_limits();
        auto options = parse_options(argc, argv);
        if (!options) {
            std::fprintf(stderr, "haulierd: %s\n", options.error().message.c_str());
            return ExitStatus::BadCommandLine;
        }
        if (options->help || options->version) {
            std::printf("%s", options->help ? usage().c_str() : "haulierd " HAULIER_VERSION "\n");
            return ExitStatus::Success;
        }
        return serve(*options);
    } catch (const std::exception& e) {
        log::error(std::string{"haulierd cannot continue: "} + e.what());
        return ExitStatus::InternalError;
    }
}

} // namespace

int main(int argc, char** argv) {
    return static_cast<int>(run(argc, argv));
}
