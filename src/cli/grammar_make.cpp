// SPDX-License-Identifier: LGPL-2.1-or-later
// The commands that make jobs.
#include "cli/grammar.hpp"

#include <CLI/CLI.hpp>

namespace haulier::cli {

namespace {

void add_job_options(CLI::App& command, JobOptions& job) {
    command.add_option("--name", job.name, "what people will see (default: the file's name)");
    command.add_option("--key", job.key,
                       "your own name for the job; an unfinished job with it is not made twice");
    command.add_option("--description", job.description, "more about it");
    command.add_option("--priority", job.priority, "foreground, high, normal (default) or low");
    command.add_option("--header", job.headers, "a header to send, not for secrets (see headers)")
        ->type_name("'NAME: VALUE'")
        ->allow_extra_args(false);
    command.add_option("--set", job.properties, "any other property, as NetworkCost=always")
        ->type_name("NAME=VALUE")
        ->allow_extra_args(false);
    command
        .add_option("--notify-service", job.notify_service,
                    "bus service to start and tell when it is done or failed")
        ->type_name("[session:]NAME[:PATH]");
    command.add_option("--notify-path", job.notify_path,
                       "object in that service (default: made from its name)");
    command.add_option("--notify-flags", job.notify_flags, "events to tell it, as transferred,error")
        ->delimiter(',')
        ->allow_extra_args(false);
}

CLI::Option* add_file_options(CLI::App& command, FileOptions& about) {
    auto* checksum =
        command.add_option("--checksum", about.checksum, "what the file must have")->type_name("KIND:HEX");
    command.add_option("--mirror", about.mirrors, "another URL of the same file, once or more")
        ->type_name("URL")
        ->allow_extra_args(false);
    command.add_option("--range", about.pieces, "fetch this piece only, once or more")
        ->type_name("OFFSET:LENGTH")
        ->allow_extra_args(false);
    return checksum;
}

void add_get(CLI::App& app, Request& r) {
    auto* command =
        subcommand(app, r, "get", "Fetch one file: make the job, wait, complete it, print the path",
                   [&r] { return get(r.common, r.get); });
    command->add_option("URL", r.get.url, "http or https")->required();
    command->add_option("FILE", r.get.file, "where to put it, a file or a directory (default: here)");
    auto* checksum = add_file_options(*command, r.get.about);
    command->add_option("--sha256", r.sha256, "short for --checksum sha256:HEX")
        ->type_name("HEX")
        ->excludes(checksum);
    command->add_flag("--no-wait", r.get.no_wait, "start the job, print its id and leave");
    add_job_options(*command, r.get.job);
}

void add_add(CLI::App& app, Request& r) {
    auto* command = subcommand(app, r, "add", "Make a job of one file or more and print its id",
                               [&r] { return add(r.common, r.add); });
    command->add_option("FILES", r.add.words, "pairs of URL and FILE")->required()->type_name("URL FILE");
    command->add_flag("--start,--resume", r.add.start, "start it at once (otherwise it is suspended)");
    command->add_flag("--on-demand", r.add.on_demand, "fetch only what is asked for by ranges");
    add_file_options(*command, r.add.about);
    add_job_options(*command, r.add.job);
}

void add_upload(CLI::App& app, Request& r) {
    auto* command = subcommand(app, r, "upload", "Send one file: make the job, wait, complete it",
                               [&r] { return upload(r.common, r.upload); });
    command->add_option("FILE", r.upload.file, "what to send")->required();
    command->add_option("URL", r.upload.url, "where to, http or https")->required();
    command->add_option("--reply", r.upload.reply, "keep the server's answer in this file")
        ->type_name("FILE");
    command->add_flag("--no-wait", r.upload.no_wait, "start the job, print its id and leave");
    add_job_options(*command, r.upload.job);
}

} // namespace

void add_makers(CLI::App& app, Request& r) {
    add_get(app, r);
    add_add(app, r);
    add_upload(app, r);
}

} // namespace haulier::cli
