// SPDX-License-Identifier: LGPL-2.1-or-later
// Runs random schedules of the daemon's manager and notifier in simulated time. A fault prints the seed of
// its schedule, and '--seed N --trace' shows everything that happens in it.
#include "schedule.hpp"
#include "support/chance.hpp"

#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <ctime>
#include <fmt/core.h>
#include <string_view>

namespace {

struct Options {
    uint64_t seed = haulier::test::seed();
    uint64_t schedules = 1;
    double seconds = 0; ///< of CPU, instead of a number of schedules
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

/// Without the log of the simulated daemon, but with the reports of sanitizers.
void silence_log() {
    if (auto* null = std::fopen("/dev/null", "we")) stderr = null;
}

void print(uint64_t seed, const std::vector<std::string>& faults) {
    for (const auto& fault : faults)
        fmt::print("seed {}: {}\n", seed, fault);
    if (!faults.empty()) fmt::print("repeat with --seed {} --trace\n", seed);
    std::fflush(stdout);
}

} // namespace

int main(int argc, char** argv) {
    Options options;
    if (!parse(argc, argv, options)) {
        fmt::print("usage: simulation [--seed N] [--schedules N] [--seconds CPU] [--steps N] [--keep-going] "
                   "[--trace]\n");
        return 2;
    }
    if (auto rounds = haulier::test::rounds()) {
        options.schedules = *rounds;
        options.seconds = 0;
    }
    if (!options.trace) silence_log();
    fmt::print("seed {}\n", options.seed);
    std::fflush(stdout);
    uint64_t count = 0;
    uint64_t failed = 0;
    bool by_time = options.seconds > 0;
    while (by_time ? cpu_seconds() < options.seconds : count < options.schedules) {
        auto seed = options.seed + count++;
        auto faults = haulier::simulation::Schedule{seed, options.trace}.run(options.steps);
        print(seed, faults);
        failed += faults.empty() ? 0 : 1;
        if (failed > 0 && !options.keep_going) break;
    }
    fmt::print("{} schedules, {:.0f} a second of CPU, {} with faults\n", count,
               static_cast<double>(count) / cpu_seconds(), failed);
    return failed == 0 ? 0 : 1;
}
