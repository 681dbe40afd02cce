// SPDX-License-Identifier: LGPL-2.1-or-later
// The commands that create jobs.
#include "base/limits.hpp"
#include "cli/grammar.hpp"
#include "cli/i18n.hpp"

namespace haulier::cli {

namespace {

void add_job_options(CLI::App& command, JobOptions& job) {
    command.add_option("--name", job.name, _("name for display (default: name of the first file)"));
    command.add_option(
        "--key", job.key,
        _("your own identifier; no second job is created while one with this key is unfinished"));
    command.add_option("--description", job.description, _("longer description"));
    command.add_option("--priority", job.priority, _("foreground, high, normal (default) or low"));
    command.add_option("--limit-rate", job.limit_rate, _("at most so many bytes per second, such as 500k"))
        ->type_name("BYTES");
    command.add_option("-H,--header", job.headers, _("header to send, but not for secrets (see headers)"))
        ->type_name("'NAME: VALUE'")
        ->allow_extra_args(false);
    command.add_option("--set", job.properties, _("any other property, such as NetworkCost=always"))
        ->type_name("NAME=VALUE")
        ->allow_extra_args(false);
    command.add_option("-x,--proxy", job.proxy, _("proxy, instead of that of the environment"))
        ->type_name("[SCHEME://]HOST[:PORT]");
    command
        .add_option("--cacert", job.authority,
                    _("trust the certificate authorities in this file instead of those of the system"))
        ->type_name("FILE");
    auto* login =
        command.add_option("--login", job.login, _("user name for the server; the password is asked for"))
            ->type_name("USER");
    command
        .add_option("--password-fd", job.password_fd, _("read the password for --login from this descriptor"))
        ->type_name("N")
        ->check(&check_descriptor)
        ->needs(login);
    command.add_flag(
        "--no-netrc", [&job](int64_t) { job.netrc = false; }, _("do not use the passwords in ~/.netrc"));
    command
        .add_option("--notify-service", job.notify_service,
                    _("bus service to start and notify when the job is transferred or has failed"))
        ->type_name("[session:]NAME[:PATH]");
    command.add_option("--notify-path", job.notify_path,
                       _("object path in that service (default: derived from its name)"));
    command
        .add_option("--notify-flags", job.notify_flags,
                    _("events to notify about, such as transferred,error"))
        ->delimiter(',')
        ->allow_extra_args(false);
}

/// Adds the option to a command that downloads.
void add_connections(CLI::App& command, JobOptions& job) {
    command
        .add_option("--connections", job.connections,
                    _("fetch each file over up to N connections at a time, also from its mirrors"))
        ->type_name("N")
        ->check(CLI::Range(1U, MaxConnections));
}

CLI::Option* add_file_options(CLI::App& command, FileOptions& file) {
    auto* checksum = command.add_option("--checksum", file.checksum, _("checksum that the file must have"))
                         ->type_name("KIND:HEX");
    command.add_option("--mirror", file.mirrors, _("another URL of the same file; may be repeated"))
        ->type_name("URL")
        ->allow_extra_args(false);
    command.add_option("--range", file.ranges, _("download only this range; may be repeated"))
        ->type_name("OFFSET:LENGTH")
        ->allow_extra_args(false);
    command.add_flag("--no-clobber", file.no_clobber, _("leave files alone that are there already"));
    command.add_flag("-J,--remote-header-name", file.server_name,
                     _("name the file as the server does, without replacing another one"));
    return checksum;
}

/// Options of the commands that wait for the end of their job.
void add_end_options(CLI::App& command, EndOptions& end) {
    command.add_flag("--no-wait", end.no_wait, _("start the job, print its id and exit"));
    command.add_flag("--no-complete", end.no_complete,
                     _("the job does not complete itself; this command does, unless it is interrupted"));
    auto* span = command
                     .add_option("--retry-for", end.retry_for,
                                 _("fail after this time without progress, such as 10min (default: infinity "
                                   "on a terminal, otherwise 15min)"))
                     ->type_name("SPAN");
    command.add_flag("--no-retry", end.no_retry, _("fail at the first failure"))->excludes(span);
}

void add_get(CLI::App& app, Invocation& invocation) {
    auto [command, options] = add_command(
        app, invocation, "get", _("Download files: create a job, wait for its end and print the paths"), get);
    command->add_option("URL", options->words, _("http or https URLs, or one URL and a file or directory"))
        ->type_name("URL [FILE] | URL...");
    command->add_option("-o,--output", options->file, _("name of the file, for one URL"))->type_name("FILE");
    command->add_option("-d,--directory", options->directory, _("directory for the files"))->type_name("DIR");
    auto* list = command
                     ->add_option("-i,--input", options->list,
                                  _("file with URLs, one in each line; - is standard input"))
                     ->type_name("LIST");
    auto* sums =
        command->add_option("--sums", options->sums, _("file with the checksums, such as SHA256SUMS"))
            ->type_name("SUMS");
    command->add_option("--metalink", options->metalink, _("Metalink file with URLs, names and checksums"))
        ->type_name("FILE")
        ->excludes(list)
        ->excludes(sums);
    auto* checksum = add_file_options(*command, options->file_options);
    checksum->excludes(sums);
    command
        ->add_option_function<std::string>(
            "--sha256",
            [options = options](const std::string& hex) { options->file_options.checksum = "sha256:" + hex; },
            _("short for --checksum sha256:HEX"))
        ->type_name("HEX")
        ->excludes(checksum)
        ->excludes(sums);
    add_end_options(*command, options->end);
    add_job_options(*command, options->job);
    add_connections(*command, options->job);
}

void add_add(CLI::App& app, Invocation& invocation) {
    auto [command, options] =
        add_command(app, invocation, "add", _("Create a job of one or more files and print its id"), add);
    command->add_option("FILES", options->words, _("pairs of URL and FILE"))->type_name("URL FILE");
    command->add_option("--metalink", options->metalink, _("Metalink file with URLs, names and checksums"))
        ->type_name("FILE");
    command->add_option("-d,--directory", options->directory, _("directory for the files of --metalink"))
        ->type_name("DIR");
    command->add_flag("--start,--resume", options->start,
                      _("start the job at once (otherwise it is suspended)"));
    command->add_flag("--on-demand", options->on_demand, _("download only requested ranges (see ranges)"));
    add_file_options(*command, options->file_options);
    add_job_options(*command, options->job);
    add_connections(*command, options->job);
}

void add_upload(CLI::App& app, Invocation& invocation) {
    auto [command, options] = add_command(app, invocation, "upload",
                                          _("Upload one file: create a job and wait for its end"), upload);
    command->add_option("FILE", options->file, _("file to upload"))->required();
    command->add_option("URL", options->url, _("http or https"))->required();
    command->add_option("--reply", options->reply, _("store the server's reply in this file"))
        ->type_name("FILE");
    add_end_options(*command, options->end);
    add_job_options(*command, options->job);
}

} // namespace

void add_creating_commands(CLI::App& app, Invocation& invocation) {
    add_get(app, invocation);
    add_add(app, invocation);
    add_upload(app, invocation);
}

} // namespace haulier::cli
