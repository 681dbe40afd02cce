// SPDX-License-Identifier: LGPL-2.1-or-later
// The commands that show jobs or wait for them.
#include "cli/grammar.hpp"
#include "cli/i18n.hpp"

namespace haulier::cli {

namespace {

void add_list(CLI::App& app, Invocation& invocation) {
    auto [command, options] = add_command(app, invocation, "list", _("List the unfinished jobs"), list);
    command->add_option("--state", options->states, _("only jobs in one of these states"))
        ->delimiter(',')
        ->allow_extra_args(false);
    command->add_flag("--watch", options->watch, _("print the list again every second, until Ctrl-C"));
}

void add_top(CLI::App& app, Invocation& invocation) {
    add_command(app, invocation, "top", _("Watch and control the unfinished jobs on the whole terminal"),
                top);
}

void add_history(CLI::App& app, Invocation& invocation) {
    auto [command, options] =
        add_command(app, invocation, "history", _("List jobs that have ended"), history);
    auto* job = command->add_option("JOB", options->job, _("part of a name, or the beginning of an id"));
    command
        ->add_option(
            "--since", options->since,
            _("only jobs that ended within this time, such as 2d, or since a date, today or yesterday"))
        ->type_name("SPAN|DATE");
    command->add_option("--result", options->results, _("only jobs with one of these results"))
        ->delimiter(',')
        ->allow_extra_args(false);
    command->add_flag("--forget", options->forget, _("delete what is remembered of them"))->excludes(job);
}

void add_metrics(CLI::App& app, Invocation& invocation) {
    auto [command, options] =
        add_command(app, invocation, "metrics", _("Print metrics in the text format of Prometheus"), metrics);
    command->add_option("--output", options->file, _("write them to this file, which is replaced at once"))
        ->type_name("FILE");
}

void add_show(CLI::App& app, Invocation& invocation) {
    auto [command, options] =
        add_command(app, invocation, "show", _("Show what a job does, its settings and its files"), show);
    add_job_argument(*command, options->job);
    command->add_flag("--all", options->all, _("show every property, and everything about each file"));
}

void add_errors(CLI::App& app, Invocation& invocation) {
    auto [command, options] = add_command(app, invocation, "errors", _("Explain why jobs fail"), errors);
    command->add_option("JOB", options->job, _("only this job"));
}

void add_wait(CLI::App& app, Invocation& invocation) {
    auto [command, options] = add_command(
        app, invocation, "wait", _("Wait until jobs are transferred, have failed or have ended"), wait);
    command->add_option("JOB", options->jobs, _("ids, beginnings of ids, keys or names"))->required();
    command->add_flag("--complete", options->complete, _("complete each job when it is transferred"));
    command->add_flag("--any", options->any, _("return when the first of several jobs has ended"));
    command->add_option("--timeout", options->timeout, _("wait no longer than this, such as 30s or 1h"))
        ->type_name("SPAN");
}

} // namespace

void add_reading_commands(CLI::App& app, Invocation& invocation) {
    add_list(app, invocation);
    add_top(app, invocation);
    add_history(app, invocation);
    add_show(app, invocation);
    auto listing = add_command(app, invocation, "files", _("List the files of a job"), files);
    add_job_argument(*listing.app, listing.options->job);
    auto printing_file =
        add_command(app, invocation, "cat", _("Print the content of a file that has arrived"), cat);
    add_job_argument(*printing_file.app, printing_file.options->job);
    printing_file.app->add_option("INDEX", printing_file.options->index,
                                  _("number of the file; not needed if the job has only one"));
    add_errors(app, invocation);
    auto asking =
        add_command(app, invocation, "status",
                    _("Show the state of the daemon: version, network, jobs; or that of a job"), status);
    asking.app->add_option("JOB", asking.options->job, _("show this job instead (see show)"));
    auto printing = add_command(app, invocation, "reply", _("Print the server's reply to an upload"), reply);
    add_job_argument(*printing.app, printing.options->job);
    add_wait(app, invocation);
    add_metrics(app, invocation);
    add_command(app, invocation, "monitor", _("Print signals and property changes until interrupted"),
                monitor);
}

} // namespace haulier::cli
