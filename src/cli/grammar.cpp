// SPDX-License-Identifier: LGPL-2.1-or-later
#include "cli/grammar.hpp"

#include "base/version.hpp"
#include "cli/client.hpp"

#include <CLI/CLI.hpp>
#include <utility>

namespace haulier::cli {

namespace {

void add_looking(CLI::App& app, Request& r) {
    auto* list_command =
        subcommand(app, r, "list", "List the unfinished jobs", [&r] { return list(r.common, r.states); });
    list_command->add_option("--state", r.states, "only those in one of these states")
        ->delimiter(',')
        ->allow_extra_args(false);
    auto* show_command = subcommand(app, r, "show", "Show what there is to know about a job and its files",
                                    [&r] { return show(r.common, r.job, r.all); });
    takes_job(*show_command, r.job);
    show_command->add_flag("--all", r.all, "also what is as it always is");
    auto* files_command =
        subcommand(app, r, "files", "List the files of a job", [&r] { return files(r.common, r.job); });
    takes_job(*files_command, r.job);
    auto* errors_command =
        subcommand(app, r, "errors", "Explain why jobs fail", [&r] { return errors(r.common, r.job); });
    errors_command->add_option("JOB", r.job, "only this one");
    subcommand(app, r, "status", "Show the daemon: version, network, jobs by state",
               [&r] { return status(r.common); });
    auto* reply_command = subcommand(app, r, "reply", "Print what the server answered to an upload",
                                     [&r] { return reply(r.common, r.job); });
    takes_job(*reply_command, r.job);
}

void add_waiting(CLI::App& app, Request& r) {
    auto* wait_command = subcommand(app, r, "wait", "Wait until a job is transferred, has failed or is gone",
                                    [&r] { return wait(r.common, r.job, r.complete_after_wait); });
    takes_job(*wait_command, r.job);
    wait_command->add_flag("--complete", r.complete_after_wait, "complete it when it is transferred");
    subcommand(app, r, "monitor", "Print all signals and changes until interrupted",
               [&r] { return monitor(r.common); });
}

void add_verb(CLI::App& app, Request& r, const char* name, const char* does,
              std::function<Outcome<Exit>()> run) {
    auto* command = subcommand(app, r, name, does, std::move(run));
    command->add_option("JOB", r.jobs, "ids, beginnings of ids, or keys")->required();
}

void add_verbs(CLI::App& app, Request& r) {
    add_verb(app, r, "suspend", "Pause jobs; what they have is kept",
             [&r] { return command(r.common, r.jobs, Verb::Suspend); });
    add_verb(app, r, "resume", "Start jobs, go on, or try again at once",
             [&r] { return command(r.common, r.jobs, Verb::Resume); });
    add_verb(app, r, "complete", "Give the files of finished jobs their names",
             [&r] { return complete(r.common, r.jobs); });
    add_verb(app, r, "cancel", "End jobs and delete what they have",
             [&r] { return command(r.common, r.jobs, Verb::Cancel); });
    add_verb(app, r, "take", "Become the owner of jobs",
             [&r] { return command(r.common, r.jobs, Verb::TakeOwnership); });
}

} // namespace

CLI::App* subcommand(CLI::App& app, Request& request, const char* name, const char* does,
                     std::function<Outcome<Exit>()> run) {
    auto* command = app.add_subcommand(name, does);
    command->fallthrough(); // options of all commands may stand behind the command too
    command->callback([&request, run = std::move(run)] { request.run = run; });
    return command;
}

void takes_job(CLI::App& command, std::string& job) {
    command.add_option("JOB", job, "id, beginning of an id, or key")->required();
}

void describe(CLI::App& app, Request& r) {
    app.add_flag("--user", r.user, "talk to the daemon of the session (default)");
    app.add_flag_callback(
           "--system", [&r] { r.common.access.scope = Scope::System; }, "talk to the daemon of the machine")
        ->excludes("--user");
    app.add_flag("--all-users", r.common.access.all_users, "others' jobs too, for administrators");
    app.add_flag_callback(
        "--no-ask-password", [&r] { r.common.access.ask_password = false; },
        "ask nobody for an administrator's password");
    app.add_flag("--json", r.common.json, "print results as JSON");
    app.add_flag("-q,--quiet", r.common.quiet, "no progress, no hints");
    app.add_flag("-v,--verbose", r.common.access.verbose, "say which daemon is talked to");
    app.set_version_flag("--version", "haulierctl " HAULIER_VERSION);
    app.require_subcommand(1);
    app.footer(
        "Exit codes: 0 done, 1 refused, 2 bad command line, 3 no such job, 4 job failed, 5 job cancelled,\n"
        "6 no bus or no daemon, 130 interrupted (the job goes on). More in haulierctl(1).");
    add_makers(app, r);
    add_looking(app, r);
    add_waiting(app, r);
    add_verbs(app, r);
    add_changers(app, r);
}

} // namespace haulier::cli
