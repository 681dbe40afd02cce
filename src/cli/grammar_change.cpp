// SPDX-License-Identifier: LGPL-2.1-or-later
// The commands that change jobs.
#include "cli/grammar.hpp"

namespace haulier::cli {

namespace {

using RunVerb = Result<Exit, Failure> (*)(const Common&, const JobsOptions&);

/// A command for one or more jobs.
Command<JobsOptions> add_verb(CLI::App& app, Invocation& invocation, const char* name, const char* help,
                              RunVerb run) {
    auto added = add_command(app, invocation, name, help, run);
    added.app->add_option("JOB", added.options->jobs, "ids, beginnings of ids, keys or names");
    return added;
}

/// The same, and the jobs can be selected by options.
void add_selecting_verb(CLI::App& app, Invocation& invocation, const char* name, const char* help,
                        RunVerb run, const char* all) {
    auto [command, options] = add_verb(app, invocation, name, help, run);
    auto* state = command->add_option("--state", options->states, "all jobs in these states, such as error")
                      ->type_name("STATE,...")
                      ->delimiter(',')
                      ->allow_extra_args(false);
    command->add_flag("--all", options->all, all)->excludes(state);
}

void add_set(CLI::App& app, Invocation& invocation) {
    auto [command, options] = add_command(app, invocation, "set", "Set properties of a job", set);
    command->add_option("JOB", options->job, "id, beginning of an id, key or name");
    command
        ->add_option("PROPERTIES", options->assignments,
                     "such as Priority=high BandwidthLimit=2M NotBefore=+2h")
        ->type_name("NAME=VALUE");
    command->add_flag("--list", options->list, "list the properties, their values and their defaults");
}

void add_ranges(CLI::App& app, Invocation& invocation) {
    auto [command, options] =
        add_command(app, invocation, "ranges",
                    "Print which ranges of an on-demand file have arrived, or request ranges", ranges);
    add_job_argument(*command, options->job);
    command->add_option("INDEX", options->index, "number of the file")->required();
    auto* wanted =
        command->add_option("RANGES", options->ranges, "ranges to request, downloaded in this order")
            ->type_name("OFFSET:[LENGTH]");
    command->add_option("--from", options->from, "request everything missing, beginning here")
        ->type_name("OFFSET")
        ->excludes(wanted);
}

void add_rename(CLI::App& app, Invocation& invocation) {
    auto [command, options] = add_command(app, invocation, "rename",
                                          "Change the URL of a file, or the beginning of all URLs", rename);
    add_job_argument(*command, options->job);
    command->add_option("WORDS", options->words, "INDEX and URL; with --prefix OLD and NEW")
        ->required()
        ->type_name("INDEX URL");
    command->add_flag("--prefix", options->prefix, "replace OLD in all URLs that begin with it");
}

void add_validate(CLI::App& app, Invocation& invocation) {
    auto [command, options] =
        add_command(app, invocation, "validate", "Accept or reject the content of a finished file", validate);
    add_job_argument(*command, options->job);
    command->add_option("INDEX", options->index, "number of the file")->required();
    command->add_option("VERDICT", options->verdict, "yes or no")->required();
}

void add_headers(CLI::App& app, Invocation& invocation) {
    auto [command, options] =
        add_command(app, invocation, "headers", "Set the headers that a job sends, or print them", headers);
    add_job_argument(*command, options->job);
    command->add_option("LINES", options->lines, "such as 'X-Reason: backup'")->type_name("'NAME: VALUE'");
    command->add_option("--from-fd", options->fd, "also read lines from this descriptor")
        ->type_name("N")
        ->check(CLI::NonNegativeNumber);
    command->add_flag("--write-only", options->write_only, "never allow the headers to be read back");
    command->add_flag("--clear", options->clear, "remove all headers");
}

void add_target(CLI::App& command, CredentialsOptions& options) {
    add_job_argument(command, options.job);
    command.add_option("TARGET", options.target, "server or proxy")->required();
    command.add_option("SCHEME", options.scheme, "basic, digest, ntlm, negotiate or bearer")->required();
}

void add_credentials(CLI::App& app, Invocation& invocation) {
    auto* parent = app.add_subcommand("credentials", "Set or remove credentials of a job");
    parent->fallthrough();
    parent->require_subcommand(1);
    auto setting = add_command(*parent, invocation, "set",
                               "Set credentials; the password is read from the terminal or a descriptor",
                               set_credentials);
    add_target(*setting.app, *setting.options);
    setting.app->add_option("--user", setting.options->user, "user name")->type_name("NAME");
    setting.app
        ->add_option("--password-fd", setting.options->password_fd,
                     "read the password or token from this descriptor")
        ->type_name("N")
        ->check(CLI::NonNegativeNumber);
    auto removing = add_command(*parent, invocation, "remove", "Remove credentials", remove_credentials);
    add_target(*removing.app, *removing.options);
}

} // namespace

void add_changing_commands(CLI::App& app, Invocation& invocation) {
    add_selecting_verb(app, invocation, "suspend", "Suspend jobs; transferred data is kept", suspend,
                       "all unfinished jobs");
    add_selecting_verb(app, invocation, "resume", "Start or continue jobs, or try again at once", resume,
                       "all jobs that are suspended, have failed or wait for a retry");
    add_selecting_verb(app, invocation, "complete", "End jobs and give finished files their final names",
                       complete, "all jobs that are transferred");
    add_selecting_verb(app, invocation, "cancel", "End jobs and delete downloaded data", cancel,
                       "all unfinished jobs");
    add_verb(app, invocation, "take", "Become the owner of jobs", take);
    add_set(app, invocation);
    add_ranges(app, invocation);
    add_rename(app, invocation);
    add_validate(app, invocation);
    add_headers(app, invocation);
    add_credentials(app, invocation);
}

} // namespace haulier::cli
