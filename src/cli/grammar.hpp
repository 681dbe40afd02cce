// SPDX-License-Identifier: LGPL-2.1-or-later
// The command line of haulierctl. Only the grammar files and command_line.cpp use CLI11.
#pragma once

#include "cli/commands.hpp"

#include <CLI/CLI.hpp>
#include <functional>
#include <memory>
#include <string>

namespace haulier::cli {

/// What the command line asks for.
struct Invocation {
    Common common;
    std::function<Result<Exit, Failure>(const Common&)> run; ///< the command
};

/// Adds all commands and the options that they share. `invocation` must live as long as `app`.
void add_commands(CLI::App& app, Invocation& invocation);

// ---- for the grammar files ----

void add_creating_commands(CLI::App& app, Invocation& invocation);
void add_reading_commands(CLI::App& app, Invocation& invocation);
void add_changing_commands(CLI::App& app, Invocation& invocation);

/// The argument that names a job.
void add_job_argument(CLI::App& command, std::string& job);

/// Whether `text` is the number of a descriptor; otherwise a message. For CLI::Option::check().
std::string check_descriptor(const std::string& text);

/// Puts the command and its --help below the right headings.
void group_command(CLI::App& command);

/// A command, and its options, which live as long as the command.
template <class Options>
struct Command {
    CLI::App* app;
    std::shared_ptr<Options> options;
};

/// Adds a command that calls `run` with its options.
template <class Options>
Command<Options> add_command(CLI::App& app, Invocation& invocation, const char* name, const char* help,
                             Result<Exit, Failure> (*run)(const Common&, const Options&)) {
    auto options = std::make_shared<Options>();
    auto* command = app.add_subcommand(name, help);
    group_command(*command);
    command->fallthrough(); // options of all commands may also follow the command
    command->callback([&invocation, options, run] {
        invocation.run = [options, run](const Common& common) { return run(common, *options); };
    });
    return {command, options};
}

} // namespace haulier::cli
