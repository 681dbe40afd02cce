// SPDX-License-Identifier: LGPL-2.1-or-later
// haulierctl: the command line, haulierctl(1). The only file that knows CLI11.
#include "base/text.hpp"
#include "cli/client.hpp"
#include "cli/commands.hpp"
#include "cli/output.hpp"
#include "version.hpp"

#include <CLI/CLI.hpp>
#include <algorithm>
#include <exception>
#include <fcntl.h>
#include <fmt/core.h>
#include <functional>
#include <stdexcept>
#include <unistd.h>

namespace {

using namespace haulier::cli;

/// What the words of the command line have become.
struct Request {
    Common common;
    bool user = false;
    GetOptions get;
    std::string sha256;
    AddOptions add;
    std::vector<std::string> states;
    std::string job;
    std::vector<std::string> jobs;
    bool complete_after_wait = false;
    std::function<Outcome<Exit>()> run;
};

CLI::App* subcommand(CLI::App& app, Request& request, const char* name, const char* does,
                     std::function<Outcome<Exit>()> run) {
    auto* command = app.add_subcommand(name, does);
    command->fallthrough(); // options of all commands may stand behind the command too
    command->callback([&request, run = std::move(run)] { request.run = run; });
    return command;
}

void add_job_options(CLI::App& command, JobOptions& job) {
    command.add_option("--name", job.name, "what people will see (default: the file's name)");
    command.add_option("--key", job.key,
                       "your own name for the job; an unfinished job with it is not made twice");
    command.add_option("--description", job.description, "more about it");
    command
        .add_option("--notify-service", job.notify_service,
                    "bus service to start and tell when it is done or failed")
        ->type_name("NAME[:PATH]");
    command.add_option("--notify-path", job.notify_path,
                       "object in that service (default: made from its name)");
    command.add_option("--notify-flags", job.notify_flags, "events to tell it, as transferred,error")
        ->delimiter(',')
        ->allow_extra_args(false);
}

void add_get(CLI::App& app, Request& r) {
    auto* get_command =
        subcommand(app, r, "get", "Fetch one file: make the job, wait, complete it, print the path",
                   [&r] { return get(r.common, r.get); });
    get_command->add_option("URL", r.get.url, "http or https")->required();
    get_command->add_option("FILE", r.get.file, "where to put it, a file or a directory (default: here)");
    auto* checksum = get_command->add_option("--checksum", r.get.checksum, "what the file must have")
                         ->type_name("KIND:HEX");
    get_command->add_option("--sha256", r.sha256, "short for --checksum sha256:HEX")
        ->type_name("HEX")
        ->excludes(checksum);
    get_command->add_flag("--no-wait", r.get.no_wait, "start the job, print its id and leave");
    add_job_options(*get_command, r.get.job);
}

void add_add(CLI::App& app, Request& r) {
    auto* add_command = subcommand(app, r, "add", "Make a job of one file or more and print its id",
                                   [&r] { return add(r.common, r.add); });
    add_command->add_option("FILES", r.add.words, "pairs of URL and FILE")->required()->type_name("URL FILE");
    add_command->add_flag("--start,--resume", r.add.start, "start it at once (otherwise it is suspended)");
    add_job_options(*add_command, r.add.job);
}

void add_looking(CLI::App& app, Request& r) {
    auto* list_command =
        subcommand(app, r, "list", "List the unfinished jobs", [&r] { return list(r.common, r.states); });
    list_command->add_option("--state", r.states, "only those in one of these states")
        ->delimiter(',')
        ->allow_extra_args(false);
    auto* show_command = subcommand(app, r, "show", "Show all about a job and its files",
                                    [&r] { return show(r.common, r.job); });
    show_command->add_option("JOB", r.job, "id, beginning of an id, or key")->required();
    auto* wait_command = subcommand(app, r, "wait", "Wait until a job is transferred, has failed or is gone",
                                    [&r] { return wait(r.common, r.job, r.complete_after_wait); });
    wait_command->add_option("JOB", r.job, "id, beginning of an id, or key")->required();
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
}

void describe(CLI::App& app, Request& r) {
    app.add_flag("--user", r.user, "talk to the daemon of the session (default)");
    app.add_flag("--system", r.common.system, "talk to the daemon of the machine")->excludes("--user");
    app.add_flag("--json", r.common.json, "print results as JSON");
    app.add_flag("-q,--quiet", r.common.quiet, "no progress, no hints");
    app.set_version_flag("--version", "haulierctl " HAULIER_VERSION);
    app.require_subcommand(1);
    app.footer(
        "Exit codes: 0 done, 1 refused, 2 bad command line, 3 no such job, 4 job failed, 5 job cancelled,\n"
        "6 no bus or no daemon, 130 interrupted (the job goes on). More in haulierctl(1).");
    add_get(app, r);
    add_add(app, r);
    add_looking(app, r);
    add_verbs(app, r);
}

int misused(const std::string& sentence) {
    complain(sentence + " (see haulierctl --help)");
    return static_cast<int>(Exit::Usage);
}

/// A first word that is no command: CLI11 would only say that it did not expect it.
std::string unknown_command(const CLI::App& app, const std::vector<std::string>& words) {
    auto first =
        std::find_if(words.begin(), words.end(), [](const auto& word) { return !word.starts_with('-'); });
    if (first == words.end()) return "";
    std::vector<std::string> names;
    for (const auto* command : app.get_subcommands(nullptr))
        names.push_back(command->get_name());
    if (std::find(names.begin(), names.end(), *first) != names.end()) return "";
    auto meant = nearest(*first, names);
    return fmt::format("there is no command '{}'{}", *first,
                       meant ? fmt::format(", did you mean '{}'?", *meant) : "");
}

/// D-Bus carries UTF-8 alone.
bool is_utf8(std::string word) {
    std::replace_if(
        word.begin(), word.end(), [](unsigned char c) { return c < 0x20 || c == 0x7f; }, ' ');
    return haulier::printable(word, word.size()) == word;
}

/// Where one is closed, the bus connection would get its number, and our sentences.
void open_standard_descriptors() {
    for (int fd : {STDIN_FILENO, STDOUT_FILENO, STDERR_FILENO})
        if (fcntl(fd, F_GETFD) < 0 && open("/dev/null", O_RDWR | O_NOCTTY) != fd)
            throw std::runtime_error("the standard descriptors are closed");
}

int run(int argc, char** argv) {
    Request request;
    CLI::App app{"Background transfers that survive the program, the daemon and the network.", "haulierctl"};
    describe(app, request);
    std::vector<std::string> words(argv + 1, argv + argc);
    for (const auto& word : words)
        if (!is_utf8(word))
            return misused(fmt::format("'{}' is not UTF-8", haulier::printable(word, word.size())));
    if (auto wrong = unknown_command(app, words); !wrong.empty()) return misused(wrong);
    try {
        app.parse(argc, argv);
    } catch (const CLI::Success& wanted) {
        return app.exit(wanted);
    } catch (const CLI::ParseError& error) {
        return misused(error.what());
    }
    if (!request.sha256.empty()) request.get.checksum = "sha256:" + request.sha256;
    auto done = request.run();
    if (done) return static_cast<int>(*done);
    complain(done.error().sentence);
    return static_cast<int>(done.error().code);
}

} // namespace

int main(int argc, char** argv) {
    try {
        open_standard_descriptors();
        return run(argc, argv);
    } catch (const std::exception& error) {
        complain(error.what());
        return static_cast<int>(Exit::Failed);
    }
}
