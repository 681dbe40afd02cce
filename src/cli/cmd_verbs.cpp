// SPDX-License-Identifier: LGPL-2.1-or-later
// haulierctl suspend, resume, cancel, take and complete, for one or more jobs.
#include "cli/commands.hpp"
#include "cli/i18n.hpp"
#include "cli/names.hpp"
#include "cli/output.hpp"
#include "cli/state_words.hpp"
#include "cli/wait_for_end.hpp"

#include <fmt/core.h>
#include <functional>

namespace haulier::cli {

namespace {

using Action = std::function<Result<Done, Failure>(Client&, const std::string& id)>;

Result<Done, Failure> act(const Common& common, Client& client, const std::string& job, Resolve resolve,
                          const Action& action) {
    auto id = resolve(client, job, common.access.all_users);
    if (!id) return id.error();
    return action(client, *id);
}

using States = std::vector<std::string>;

/// What --all means for a verb: the jobs on which it has an effect.
const States Unfinished; // without states, unfinished jobs are listed
const States Resumable{"suspended", "transient-error", "error"};
const States Completable{"transferred"};

Result<std::vector<std::string>, Failure> jobs_in(Client& client, const Common& common,
                                                  const States& states) {
    auto jobs = client.list(states, common.access.all_users);
    if (!jobs) return jobs.error();
    std::vector<std::string> ids;
    for (const auto& properties : *jobs) {
        auto job = view_of(properties);
        if (job.wait_reason != "empty" || states != Resumable) ids.push_back(job.id);
    }
    if (ids.empty() && !common.quiet) print_stderr(_("There are no such jobs.\n"));
    return ids;
}

Result<std::vector<std::string>, Failure> wanted_jobs(Client& client, const Common& common,
                                                      const JobsOptions& options, const States& all) {
    bool by_state = !options.states.empty();
    if (!by_state && !options.all) return options.jobs;
    return jobs_in(client, common, by_state ? options.states : all);
}

Result<Done, Failure> check_selection(const JobsOptions& options) {
    if (!options.files.empty() && options.jobs.size() != 1)
        return usage_error(_("--file can be used with one JOB only"));
    bool selects = options.all || !options.states.empty();
    if (selects == options.jobs.empty()) return Done{};
    return usage_error(selects ? _("--all and --state select the jobs; they cannot be used together with JOB")
                               : _("JOB is required, or --all, or --state"));
}

/// The message of a failure, with the job if it does not name it itself.
std::string failure_of(const std::string& job, const Failure& failure) {
    if (failure.message.find(job) != std::string::npos) return failure.message;
    return fmt::format("{}: {}", full_id(job) ? short_id(job) : job, failure.message);
}

/// Applies `action` to each job. Prints every failure if there are several jobs.
Result<Exit, Failure> for_each_job(const Common& common, const JobsOptions& options, const States& all,
                                   Resolve resolve, const Action& action) {
    if (auto valid = check_selection(options); !valid) return valid.error();
    auto client = common.connect(common.access);
    if (!client) return client.error();
    auto jobs = wanted_jobs(**client, common, options, all);
    if (!jobs) return jobs.error();
    auto code = Exit::Ok;
    for (const auto& job : *jobs) {
        auto done = act(common, **client, job, resolve, action);
        if (done) continue;
        if (jobs->size() == 1) return done.error();
        print_error(failure_of(job, done.error()));
        if (code == Exit::Ok) code = done.error().code;
    }
    return code;
}

/// `result`: for --json.
Result<Exit, Failure> command(const Common& common, const JobsOptions& options, const States& all, Verb verb,
                              const char* result) {
    return for_each_job(common, options, all, resolve_unfinished, [&](Client& client, const std::string& id) {
        auto done = client.command(id, verb);
        if (done && common.json) print_json_line({{"Id", id}, {"Result", result}});
        return done;
    });
}

using FileVerb = Result<Done, Failure> (Client::*)(const std::string& id,
                                                   const std::vector<uint32_t>& indexes);

/// Acts on single files of one job, which goes on.
Result<Exit, Failure> file_command(const Common& common, const JobsOptions& options, FileVerb verb,
                                   const char* result) {
    return for_each_job(common, options, {}, resolve_unfinished, [&](Client& client, const std::string& id) {
        auto done = (client.*verb)(id, options.files);
        if (done && common.json) print_json_line({{"Id", id}, {"Result", result}, {"Files", options.files}});
        return done;
    });
}

uint32_t file_count(const JobView& job) {
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
        return Completed{"complete", file_count(job), 0};
    }
    if (!has_ended(job)) return refusal;
    auto end = end_of(job);
    if (!job.auto_complete || end == End::Cancelled) return already_ended(id);
    auto kept = static_cast<uint32_t>(job.files_done);
    return Completed{end == End::Partial ? "partial" : "complete", kept, file_count(job) - kept};
}

Result<Completed, Failure> complete_once(const Common& common, Client& client, const std::string& id) {
    auto done = client.complete(id);
    if (done || done.error().code != Exit::Failed) return done;
    return completed_by_itself(common, client, id, done.error());
}

constexpr size_t MostNames = 5;

/// Names of the files that were dropped; the job can still be read for a while.
std::string dropped_names(Client& client, const std::string& id) {
    auto files = client.files(id);
    if (!files) return "";
    std::string names;
    size_t count = 0;
    for (const auto& properties : *files) {
        if (properties.value("Transferred", false) || properties.value("State", "") == "removed") continue;
        if (++count <= MostNames) names += (count > 1 ? ", " : "") + file_view_of(properties).local;
    }
    return count > MostNames ? translate("{} and {} more", names, count - MostNames) : names;
}

Failure without_all_files(Client& client, const std::string& id) {
    auto names = dropped_names(client, id);
    auto job = short_id(id);
    return {Exit::JobFailed, names.empty()
                                 ? translate("job {} was completed without all of its files", job)
                                 : translate("job {} was completed without these files: {}", job, names)};
}

} // namespace

Result<Exit, Failure> suspend(const Common& common, const JobsOptions& options) {
    return command(common, options, Unfinished, Verb::Suspend, "suspended");
}

Result<Exit, Failure> resume(const Common& common, const JobsOptions& options) {
    return command(common, options, Resumable, Verb::Resume, "resumed");
}

Result<Exit, Failure> cancel(const Common& common, const JobsOptions& options) {
    if (!options.files.empty()) return file_command(common, options, &Client::remove_files, "removed");
    return command(common, options, Unfinished, Verb::Cancel, "cancelled");
}

Result<Exit, Failure> take(const Common& common, const JobsOptions& options) {
    return command(common, options, Unfinished, Verb::TakeOwnership, "taken");
}

Result<Exit, Failure> complete(const Common& common, const JobsOptions& options) {
    if (!options.files.empty()) return file_command(common, options, &Client::complete_files, "complete");
    return for_each_job(
        common, options, Completable, resolve,
        [&](Client& client, const std::string& id) -> Result<Done, Failure> {
            auto done = complete_once(common, client, id);
            if (!done) return done.error();
            if (common.json)
                print_json_line(
                    {{"Id", id}, {"Result", done->result}, {"Kept", done->kept}, {"Dropped", done->dropped}});
            else if (!common.quiet)
                print(translate("{}  {}, {} kept, {} dropped\n", short_id(id), state_word(done->result),
                                done->kept, done->dropped));
            if (done->dropped > 0) return without_all_files(client, id);
            return Done{};
        });
}

} // namespace haulier::cli
