// SPDX-License-Identifier: LGPL-2.1-or-later
// haulierctl wait.
#include "cli/measures.hpp"
#include "cli/output.hpp"
#include "cli/wait_for_end.hpp"

#include <algorithm>
#include <chrono>
#include <fmt/core.h>

namespace haulier::cli {

namespace {

constexpr uint64_t TimeoutUnit = 1'000'000;

Result<WaitMode, Failure> mode_of(const WaitOptions& options) {
    WaitMode mode{options.complete, options.any, std::nullopt};
    if (options.timeout.empty()) return mode;
    auto span = parse_span(options.timeout, TimeoutUnit);
    if (!span) return usage_error("--timeout: " + span.error().message);
    auto limit = std::chrono::microseconds{std::min<uint64_t>(*span, INT64_MAX / 4000)};
    mode.deadline = std::chrono::steady_clock::now() + limit;
    return mode;
}

/// Each job once, in the order of the command line.
Result<std::vector<std::string>, Failure> resolve_all(Client& client, const Common& common,
                                                      const std::vector<std::string>& jobs) {
    std::vector<std::string> ids;
    for (const auto& job : jobs) {
        auto id = resolve(client, job, common.access.all_users);
        if (!id) return id.error();
        // Subscribing never asks for a password. Reading the job does.
        if (common.access.all_users)
            if (auto allowed = client.properties(*id); !allowed) return allowed.error();
        if (std::find(ids.begin(), ids.end(), *id) == ids.end()) ids.push_back(*id);
    }
    return ids;
}

/// One object for one job, otherwise an array.
void print_json_of(const std::vector<JobEnd>& ends, bool several) {
    Json all = Json::array();
    for (const auto& end : ends)
        all.push_back(to_json(end.id, end.result));
    print_json(several ? all : all.front());
}

/// The exit code is that of the first job that has another one than 0.
Exit report_all(const Common& common, const std::vector<JobEnd>& ends) {
    auto code = Exit::Ok;
    for (const auto& end : ends) {
        auto one = report(common, end.id, end.result);
        if (code == Exit::Ok) code = one;
    }
    return code;
}

} // namespace

Result<Exit, Failure> wait(const Common& common, const WaitOptions& options) {
    auto mode = mode_of(options);
    if (!mode) return mode.error();
    auto client = common.connect(common.access);
    if (!client) return client.error();
    auto ids = resolve_all(**client, common, options.jobs);
    if (!ids) return ids.error();
    bool plain = ids->size() == 1 && !mode->deadline;
    std::vector<JobEnd> ends;
    if (plain) {
        auto ended = options.complete ? wait_and_complete(**client, common, ids->front())
                                      : wait_for_end(**client, common, ids->front());
        if (!ended) return ended.error();
        ends.push_back({ids->front(), *ended});
    } else {
        auto ended = wait_for_several(**client, common, *ids, *mode);
        if (!ended) return ended.error();
        ends = *ended;
    }
    if (common.json)
        print_json_of(ends, ids->size() > 1);
    else if (options.any && ids->size() > 1 && ends.front().result.end != End::TimedOut)
        print(ends.front().id + "\n");
    return report_all(common, ends);
}

} // namespace haulier::cli
