// SPDX-License-Identifier: LGPL-2.1-or-later
// The commands that change one thing of a job.
#include "cli/grammar.hpp"

#include <CLI/CLI.hpp>

namespace haulier::cli {

namespace {

void add_set(CLI::App& app, Request& r) {
    auto* command = subcommand(app, r, "set", "Set properties of a job",
                               [&r] { return set(r.common, r.job, r.assignments); });
    takes_job(*command, r.job);
    command->add_option("PROPERTIES", r.assignments, "as Priority=high BandwidthLimit=2M NotBefore=+2h")
        ->required()
        ->type_name("NAME=VALUE");
}

void add_target(CLI::App& command, CredentialsOptions& options) {
    takes_job(command, options.job);
    command.add_option("TARGET", options.target, "server or proxy")->required();
    command.add_option("SCHEME", options.scheme, "basic, digest, ntlm, negotiate or bearer")->required();
}

void add_credentials(CLI::App& app, Request& r) {
    auto* command = app.add_subcommand("credentials", "Set or remove what a job logs in with");
    command->fallthrough();
    command->require_subcommand(1);
    auto& options = r.credentials;
    auto* set_command = subcommand(*command, r, "set", "Ask for the password, or read it from a descriptor",
                                   [&r] { return set_credentials(r.common, r.credentials); });
    add_target(*set_command, options);
    set_command->add_option("--user", options.user, "user name")->type_name("NAME");
    set_command->add_option("--password-fd", options.password_fd, "read password or token here")
        ->type_name("N")
        ->check(CLI::NonNegativeNumber);
    auto* remove_command = subcommand(*command, r, "remove", "Forget the password",
                                      [&r] { return remove_credentials(r.common, r.credentials); });
    add_target(*remove_command, options);
}

void add_headers(CLI::App& app, Request& r) {
    auto* command = subcommand(app, r, "headers", "Set the headers that a job sends, or print them",
                               [&r] { return headers(r.common, r.headers); });
    takes_job(*command, r.headers.job);
    command->add_option("LINES", r.headers.lines, "as 'X-Reason: backup'")->type_name("'NAME: VALUE'");
    command->add_option("--from-fd", r.headers.fd, "read lines here, too")
        ->type_name("N")
        ->check(CLI::NonNegativeNumber);
    command->add_flag("--write-only", r.headers.write_only, "they can never be read back");
    command->add_flag("--clear", r.headers.clear, "remove all");
}

void add_ranges(CLI::App& app, Request& r) {
    auto* command = subcommand(app, r, "ranges", "Print what is here of an on-demand file, or ask for more",
                               [&r] { return ranges(r.common, r.ranges); });
    takes_job(*command, r.ranges.job);
    command->add_option("INDEX", r.ranges.index, "number of the file")->required();
    auto* pieces = command->add_option("PIECES", r.ranges.pieces, "to be fetched in this order")
                       ->type_name("OFFSET:[LENGTH]");
    command->add_option("--from", r.ranges.from, "fetch all that is missing, from here on first")
        ->type_name("OFFSET")
        ->excludes(pieces);
}

void add_rename(CLI::App& app, Request& r) {
    auto* command = subcommand(app, r, "rename", "Change the URL of a file, or the beginning of all",
                               [&r] { return rename(r.common, r.rename); });
    takes_job(*command, r.rename.job);
    command->add_option("WORDS", r.rename.words, "INDEX and URL; with --prefix OLD and NEW")
        ->required()
        ->type_name("INDEX URL");
    command->add_flag("--prefix", r.rename.prefix, "of all files whose URL begins with OLD");
}

void add_validate(CLI::App& app, Request& r) {
    auto* command = subcommand(app, r, "validate", "Say whether the content of a finished file is right",
                               [&r] { return validate(r.common, r.job, r.index, r.verdict); });
    takes_job(*command, r.job);
    command->add_option("INDEX", r.index, "number of the file")->required();
    command->add_option("VERDICT", r.verdict, "yes or no")->required();
}

} // namespace

void add_changers(CLI::App& app, Request& r) {
    add_set(app, r);
    add_ranges(app, r);
    add_rename(app, r);
    add_validate(app, r);
    add_headers(app, r);
    add_credentials(app, r);
}

} // namespace haulier::cli
