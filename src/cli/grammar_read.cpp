// SPDX-License-Identifier: LGPL-2.1-or-later
// The commands that show jobs or wait for them.
#include "cli/grammar.hpp"

namespace haulier::cli {

namespace {

void add_list(CLI::App& app, Invocation& invocation) {
    auto [command, options] = add_command(app, invocation, "list", "List the unfinished jobs", list);
    command->add_option("--state", options->states, "only jobs in one of these states")
        ->delimiter(',')
        ->allow_extra_args(false);
}

void add_show(CLI::App& app, Invocation& invocation) {
    auto [command, options] =
        add_command(app, invocation, "show", "Show the properties and the files of a job", show);
    add_job_argument(*command, options->job);
    command->add_flag("--all", options->all, "include properties with default values");
}

void add_errors(CLI::App& app, Invocation& invocation) {
    auto [command, options] = add_command(app, invocation, "errors", "Explain why jobs fail", errors);
    command->add_option("JOB", options->job, "only this job");
}

void add_wait(CLI::App& app, Invocation& invocation) {
    auto [command, options] = add_command(app, invocation, "wait",
                                          "Wait until a job is transferred, has failed or has ended", wait);
    add_job_argument(*command, options->job);
    command->add_flag("--complete", options->complete, "complete the job when it is transferred");
}

} // namespace

void add_reading_commands(CLI::App& app, Invocation& invocation) {
    add_list(app, invocation);
    add_show(app, invocation);
    auto listing = add_command(app, invocation, "files", "List the files of a job", files);
    add_job_argument(*listing.app, listing.options->job);
    add_errors(app, invocation);
    add_command(app, invocation, "status", "Show the state of the daemon: version, network, jobs", status);
    auto printing = add_command(app, invocation, "reply", "Print the server's reply to an upload", reply);
    add_job_argument(*printing.app, printing.options->job);
    add_wait(app, invocation);
    add_command(app, invocation, "monitor", "Print signals and property changes until interrupted", monitor);
}

} // namespace haulier::cli
