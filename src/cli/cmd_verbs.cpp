// SPDX-License-Identifier: LGPL-2.1-or-later
// haulierctl suspend, resume, cancel, take and complete, for one or more jobs.
#include "cli/commands.hpp"
#include "cli/output.hpp"
#include "cli/wait_for_end.hpp"

#include <fmt/core.h>
#include <functional>

namespace haulier::cli {

namespace {

using Action = std::function<Result<Done, Failure>(Client&, const std::string& id)>;

using Resolve = Result<std::string, Failure> (*)(Client&, const std::string&, bool);

Result<Done, Failure> act(const Common& common, Client& client, const std::string& job, Resolve resolve,
                          const Action& action) {
    auto id = resolve(client, job, common.access.all_users);
    if (!id) return id.error();
    return action(client, *id);
}

/// Applies `action` to each job. Prints every failure if there are several jobs.
Result<Exit, Failure> for_each_job(const Common& common, const std::vector<std::string>& jobs,
                                   Resolve resolve, const Action& action) {
    auto client = common.connect(common.access);
    if (!client) return client.error();
    auto code = Exit::Ok;
    for (const auto& job : jobs) {
        auto done = act(common, **client, job, resolve, action);
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
    return for_each_job(common, options.jobs, resolve_unfinished, [&](Client& client, const std::string& id) {
        auto done = client.command(id, verb);
        if (done && common.json) print_json_line({{"Id", id}, {"Result", result}});
        return done;
    });
}

uint32_t files_of(const JobView& job) {
    return static_cast<uint32_t>(job.files);
}

/// A job that completes itself may be doing so, or may have done so a short while ago.
Result<Completed, Failure> completed_by_itself(const Common& common, Client& client, const std::string& id,
                                               const Failure& refusal) {
    auto properties = client.properties(id);
    if (!properties) return refusal;
    auto job = view_of(*properties);
    if (job.auto_complete && job.wait_reason == "completing") {
        auto ended = wait_for_end(client, common, id);
        if (!ended) return ended.error();
        if (ended->end != End::Completed) return refusal;
        return Completed{"complete", files_of(job), 0};
    }
    if (!has_ended(job)) return refusal;
    auto end = end_of(job);
    if (!job.auto_complete || end == End::Cancelled) return already_ended(id);
    auto kept = static_cast<uint32_t>(job.files_done);
    return Completed{end == End::Partial ? "partial" : "complete", kept, files_of(job) - kept};
}

Result<Completed, Failure> complete_once(const Common& common, Client& client, const std::string& id) {
    auto done = client.complete(id);
    if (done || done.error().code != Exit::Failed) return done;
    return completed_by_itself(common, client, id, done.error());
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
        common, options.jobs, resolve, [&](Client& client, const std::string& id) -> Result<Done, Failure> {
            auto done = complete_once(common, client, id);
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
