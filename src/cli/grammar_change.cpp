// SPDX-License-Identifier: LGPL-2.1-or-later
// The commands that change jobs.
#include "cli/grammar.hpp"
#include "cli/i18n.hpp"

namespace haulier::cli {

namespace {

using RunVerb = Result<Exit, Failure> (*)(const Common&, const JobsOptions&);

/// A command for one or more jobs.
Command<JobsOptions> add_verb(CLI::App& app, Invocation& invocation, const char* name, const char* help,
                              RunVerb run) {
    auto added = add_command(app, invocation, name, help, run);
    added.app->add_option("JOB", added.options->jobs, _("ids, beginnings of ids, keys or names"));
    return added;
}

/// The same, and the jobs can be selected by options.
Command<JobsOptions> add_selecting_verb(CLI::App& app, Invocation& invocation, const char* name,
                                        const char* help, RunVerb run, const char* all) {
    auto added = add_verb(app, invocation, name, help, run);
    auto [command, options] = added;
    auto* state =
        command->add_option("--state", options->states, _("all jobs in these states, such as error"))
            ->type_name("STATE,...")
            ->delimiter(',')
            ->allow_extra_args(false);
    command->add_flag("--all", options->all, all)->excludes(state);
    return added;
}

void add_file_option(const Command<JobsOptions>& verb, const char* help) {
    verb.app->add_option("--file", verb.options->files, help)->type_name("INDEX")->allow_extra_args(false);
}

void add_hold(CLI::App& app, Invocation& invocation) {
    auto [command, options] =
        add_command(app, invocation, "hold", _("Let none of your jobs run for a while"), hold);
    command->add_option("SPAN", options->span, _("how long, such as 1h30min; otherwise until release"));
    add_command(app, invocation, "release", _("Let your jobs run again"), release);
}

void add_limit(CLI::App& app, Invocation& invocation) {
    auto [command, options] =
        add_command(app, invocation, "limit",
                    _("Limit the bandwidth of your jobs, or tell the limits that hold now"), limit);
    command->add_option("RATE", options->rate, _("bytes a second, such as 500K, or none"));
    command->add_option("--job", options->jobs, _("limit this job alone; can be repeated"))
        ->type_name("JOB")
        ->allow_extra_args(false);
}

void add_permit(CLI::App& app, Invocation& invocation) {
    auto [command, options] = add_command(
        app, invocation, "permit", _("Run a program that transfers data itself when a job might"), permit);
    command->add_option("COMMAND", options->command, _("the program and its arguments, after --"));
    command->add_option("--name", options->name, _("what it is for; otherwise the name of the program"))
        ->type_name("NAME");
    command->add_option("--priority", options->priority, _("foreground, high, normal or low"))
        ->type_name("WORD");
    command
        ->add_option("--network-cost", options->network_cost, _("always, no-roaming, standard or unmetered"))
        ->type_name("WORD");
    command->add_option("--power", options->power, _("always, no-saver or ac-only"))->type_name("WORD");
    command->add_option("--not-before", options->not_before, _("a date, or a time from now such as +2h"))
        ->type_name("DATE");
    command->add_flag("--slot", options->slot,
                      _("wait for a turn with the jobs, and take one of their places"));
    auto* check = command->add_flag("--check", options->check,
                                    _("run nothing; the exit status is 0 if it may run now"));
    auto* stop = command->add_flag("--stop", options->stop,
                                   _("end the program when it may not run any more, and run it again later"));
    auto* pause = command->add_flag("--pause", options->pause, _("stop its processes when it may not run"));
    check->excludes(stop)->excludes(pause);
    stop->excludes(pause);
}

void add_set(CLI::App& app, Invocation& invocation) {
    auto [command, options] = add_command(app, invocation, "set", _("Set properties of a job"), set);
    command->add_option("JOB", options->job, _("id, beginning of an id, key or name"));
    command
        ->add_option("PROPERTIES", options->assignments,
                     _("such as Priority=high BandwidthLimit=2M NotBefore=+2h"))
        ->type_name("NAME=VALUE");
    command->add_flag("--list", options->list, _("list the properties, their values and their defaults"));
}

void add_ranges(CLI::App& app, Invocation& invocation) {
    auto [command, options] =
        add_command(app, invocation, "ranges",
                    _("Print which ranges of an on-demand file have arrived, or request ranges"), ranges);
    add_job_argument(*command, options->job);
    command->add_option("INDEX", options->index, _("number of the file"))->required();
    auto* wanted =
        command->add_option("RANGES", options->ranges, _("ranges to request, downloaded in this order"))
            ->type_name("OFFSET:[LENGTH]");
    command->add_option("--from", options->from, _("request everything missing, beginning here"))
        ->type_name("OFFSET")
        ->excludes(wanted);
}

void add_rename(CLI::App& app, Invocation& invocation) {
    auto [command, options] = add_command(
        app, invocation, "rename", _("Change the URL of a file, or the beginning of all URLs"), rename);
    add_job_argument(*command, options->job);
    command->add_option("WORDS", options->words, _("INDEX and URL; with --prefix OLD and NEW"))
        ->required()
        ->type_name("INDEX URL");
    command->add_flag("--prefix", options->prefix, _("replace OLD in all URLs that begin with it"));
}

void add_validate(CLI::App& app, Invocation& invocation) {
    auto [command, options] = add_command(app, invocation, "validate",
                                          _("Accept or reject the content of a finished file"), validate);
    add_job_argument(*command, options->job);
    command->add_option("INDEX", options->index, _("number of the file"))->required();
    command->add_option("VERDICT", options->verdict, _("yes or no"))->required();
}

void add_headers(CLI::App& app, Invocation& invocation) {
    auto [command, options] = add_command(app, invocation, "headers",
                                          _("Set the headers that a job sends, or print them"), headers);
    add_job_argument(*command, options->job);
    command->add_option("LINES", options->lines, _("such as 'X-Reason: backup'"))->type_name("'NAME: VALUE'");
    command->add_option("--from-fd", options->fd, _("also read lines from this descriptor"))
        ->type_name("N")
        ->check(&check_descriptor);
    command->add_flag("--write-only", options->write_only, _("never allow the headers to be read back"));
    command->add_flag("--clear", options->clear, _("remove all headers"));
}

void add_target(CLI::App& command, CredentialsOptions& options) {
    add_job_argument(command, options.job);
    command.add_option("TARGET", options.target, _("server or proxy"))->required();
    command.add_option("SCHEME", options.scheme, _("basic, digest, ntlm, negotiate or bearer"))->required();
}

void add_credentials(CLI::App& app, Invocation& invocation) {
    auto* parent = app.add_subcommand("credentials", _("Set or remove credentials of a job"));
    group_command(*parent);
    parent->fallthrough();
    parent->require_subcommand(1);
    auto setting = add_command(*parent, invocation, "set",
                               _("Set credentials; the password is read from the terminal or a descriptor"),
                               set_credentials);
    add_target(*setting.app, *setting.options);
    setting.app->add_option("--user", setting.options->user, _("user name"))->type_name("NAME");
    setting.app
        ->add_option("--password-fd", setting.options->password_fd,
                     _("read the password or token from this descriptor"))
        ->type_name("N")
        ->check(&check_descriptor);
    auto removing = add_command(*parent, invocation, "remove", _("Remove credentials"), remove_credentials);
    add_target(*removing.app, *removing.options);
}

} // namespace

void add_changing_commands(CLI::App& app, Invocation& invocation) {
    add_selecting_verb(app, invocation, "suspend", _("Suspend jobs; transferred data is kept"), suspend,
                       _("all unfinished jobs"));
    add_selecting_verb(app, invocation, "resume", _("Start or continue jobs, or try again at once"), resume,
                       _("all jobs that are suspended, have failed or wait for a retry"));
    auto completing = add_selecting_verb(app, invocation, "complete",
                                         _("End jobs and give finished files their final names"), complete,
                                         _("all jobs that are transferred"));
    add_file_option(completing, _("only this file of the job, which goes on; can be repeated"));
    auto cancelling = add_selecting_verb(app, invocation, "cancel", _("End jobs and delete downloaded data"),
                                         cancel, _("all unfinished jobs"));
    add_file_option(cancelling, _("only this file of the job, which goes on; can be repeated"));
    add_hold(app, invocation);
    add_limit(app, invocation);
    add_permit(app, invocation);
    add_verb(app, invocation, "take", _("Become the owner of jobs"), take);
    add_set(app, invocation);
    add_ranges(app, invocation);
    add_rename(app, invocation);
    add_validate(app, invocation);
    add_headers(app, invocation);
    add_credentials(app, invocation);
}

} // namespace haulier::cli
