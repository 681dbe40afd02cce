// SPDX-License-Identifier: LGPL-2.1-or-later
// Runs random schedules of the daemon's manager and notifier in simulated time. A fault prints the seed of
// its schedule, and '--seed N --trace' shows everything that happens in it.
#include "schedule.hpp"

#include <chrono>
#include <cstdint>
#include <cstdlib>
#include <ctime>
#include <fcntl.h>
#include <fmt/core.h>
#include <string_view>
#include <unistd.h>

namespace {

struct Options {
    uint64_t seed = 0;
    uint64_t schedules = 1;
    double seconds = 0; ///< of CPU; 0 = no limit
    int steps = 40;
    bool trace = false;
    bool keep_going = false; ///< after a fault
};

double cpu_seconds() {
    return static_cast<double>(std::clock()) / CLOCKS_PER_SEC;
}

bool parse(int argc, char** argv, Options& options) {
    for (int i = 1; i < argc; ++i) {
        std::string_view name = argv[i];
        if (name == "--trace") {
            options.trace = true;
            continue;
        }
        if (name == "--keep-going") {
            options.keep_going = true;
            continue;
        }
        if (i + 1 == argc) return false;
        const char* value = argv[++i];
        if (name == "--seed")
            options.seed = std::strtoull(value, nullptr, 10);
        else if (name == "--schedules")
            options.schedules = std::strtoull(value, nullptr, 10);
        else if (name == "--seconds")
            options.seconds = std::strtod(value, nullptr);
        else if (name == "--steps")
            options.steps = std::atoi(value);
        else
            return false;
    }
    return true;
}

/// The log of the simulated daemon.
void silence_stderr() {
    int null = open("/dev/null", O_WRONLY | O_CLOEXEC);
    if (null < 0) return;
    dup2(null, STDERR_FILENO);
    close(null);
}

} // namespace

int main(int argc, char** argv) {
    Options options;
    options.seed =
        static_cast<uint64_t>(std::chrono::system_clock::now().time_since_epoch().count()) % 1'000'000'000;
    if (!parse(argc, argv, options)) {
        fmt::print("usage: simulation [--seed N] [--schedules N] [--seconds CPU] [--steps N] [--keep-going] "
                   "[--trace]\n");
        return 2;
    }
    if (!options.trace) silence_stderr();
    fmt::print("seed {}\n", options.seed);
    std::fflush(stdout);
    uint64_t count = 0;
    uint64_t failed = 0;
    bool by_time = options.seconds > 0;
    while (by_time ? cpu_seconds() < options.seconds : count < options.schedules) {
        auto seed = options.seed + count++;
        auto faults = haulier::simulation::Schedule{seed, options.trace}.run(options.steps);
        if (faults.empty()) continue;
        ++failed;
        for (const auto& fault : faults)
            fmt::print("seed {}: {}\n", seed, fault);
        std::fflush(stdout);
        if (!options.keep_going) break;
    }
    fmt::print("{} schedules, {:.0f} a second of CPU, {} with faults\n", count,
               static_cast<double>(count) / cpu_seconds(), failed);
    return failed == 0 ? 0 : 1;
}
