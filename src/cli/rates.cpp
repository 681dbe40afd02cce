// SPDX-License-Identifier: LGPL-2.1-or-later
#include "cli/rates.hpp"

#include <algorithm>
#include <chrono>

namespace haulier::cli {

namespace {

using std::chrono::steady_clock;

/// The daemon announces bytes twice a second, so a shorter time would show nothing or twice as much.
constexpr std::chrono::milliseconds Interval{1000};

bool moves(const Json& properties) {
    return view_of(properties).state == "transferring";
}

/// Signals that arrive meanwhile do not matter.
Result<Done, Failure> pass_time(Client& client) {
    auto end = steady_clock::now() + Interval;
    for (;;) {
        auto wakeup = client.run_once(nullptr, end);
        if (!wakeup) return wakeup.error();
        if (*wakeup == Wakeup::Deadline) return Done{};
    }
}

} // namespace

Result<Rates, Failure> measure_rates(Client& client, std::vector<Json>& jobs,
                                     const std::function<Result<std::vector<Json>, Failure>()>& read) {
    Rates rates;
    if (std::none_of(jobs.begin(), jobs.end(), moves)) return rates;
    std::map<std::string, uint64_t> before;
    for (const auto& properties : jobs)
        if (auto job = view_of(properties); moves(properties)) before[job.id] = job.done;
    auto begin = steady_clock::now();
    if (auto passed = pass_time(client); !passed) return passed.error();
    auto after = read();
    if (!after) return after.error();
    auto seconds = std::chrono::duration<double>(steady_clock::now() - begin).count();
    for (const auto& properties : *after) {
        auto job = view_of(properties);
        auto first = before.find(job.id);
        if (first == before.end() || job.done < first->second) continue;
        rates[job.id] = static_cast<double>(job.done - first->second) / seconds;
    }
    jobs = std::move(*after);
    return rates;
}

} // namespace haulier::cli
