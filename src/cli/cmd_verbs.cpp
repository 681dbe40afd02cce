// SPDX-License-Identifier: LGPL-2.1-or-later
// haulierctl suspend, resume, cancel, take and complete, for one or more jobs.
#include "cli/commands.hpp"
#include "cli/output.hpp"

#include <fmt/core.h>
#include <functional>

namespace haulier::cli {

namespace {

using Action = std::function<Result<Done, Failure>(Client&, const std::string& id)>;

Result<Done, Failure> act(const Common& common, Client& client, const std::string& job,
                          const Action& action) {
    auto id = resolve_unfinished(client, job, common.access.all_users);
    if (!id) return id.error();
    return action(client, *id);
}

/// Applies `action` to each job. Prints every failure if there are several jobs.
Result<Exit, Failure> for_each_job(const Common& common, const std::vector<std::string>& jobs,
                                   const Action& action) {
    auto client = common.connect(common.access);
    if (!client) return client.error();
    auto code = Exit::Ok;
    for (const auto& job : jobs) {
        auto done = act(common, **client, job, action);
        if (done) continue;
        if (jobs.size() == 1) return done.error();
        print_error(fmt::format("{}: {}", job, done.error().message));
        if (code == Exit::Ok) code = done.error().code;
    }
    return code;
}

/// `result`: for --json.
Result<Exit, Failure> command(const Common& common, const JobsOptions& options, Verb verb,
                              const char* result) {
    return for_each_job(common, options.jobs, [&](Client& client, const std::string& id) {
        auto done = client.command(id, verb);
        if (done && common.json) print_json_line({{"Id", id}, {"Result", result}});
        return done;
    });
}

} // namespace

Result<Exit, Failure> suspend(const Common& common, const JobsOptions& options) {
    return command(common, options, Verb::Suspend, "suspended");
}

Result<Exit, Failure> resume(const Common& common, const JobsOptions& options) {
    return command(common, options, Verb::Resume, "resumed");
}

Result<Exit, Failure> cancel(const Common& common, const JobsOptions& options) {
    return command(common, options, Verb::Cancel, "cancelled");
}

Result<Exit, Failure> take(const Common& common, const JobsOptions& options) {
    return command(common, options, Verb::TakeOwnership, "taken");
}

Result<Exit, Failure> complete(const Common& common, const JobsOptions& options) {
    return for_each_job(
        common, options.jobs, [&](Client& client, const std::string& id) -> Result<Done, Failure> {
            auto done = client.complete(id);
            if (!done) return done.error();
            if (common.json)
                print_json_line(
                    {{"Id", id}, {"Result", done->result}, {"Kept", done->kept}, {"Dropped", done->dropped}});
            else if (!common.quiet)
                print(fmt::format("{}  {}, {} kept, {} dropped\n", short_id(id), done->result, done->kept,
                                  done->dropped));
            return Done{};
        });
}

} // namespace haulier::cli
