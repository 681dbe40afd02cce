// SPDX-License-Identifier: LGPL-2.1-or-later
// Which words haulierctl understands. Only main.cpp and the grammar's own files know CLI11.
#pragma once

#include "cli/commands.hpp"

#include <cstdint>
#include <functional>
#include <string>
#include <vector>

namespace CLI {
class App;
}

namespace haulier::cli {

/// What the words of the command line have become.
struct Request {
    Common common;
    bool user = false;
    GetOptions get;
    std::string sha256;
    AddOptions add;
    UploadOptions upload;
    CredentialsOptions credentials;
    HeadersOptions headers;
    RenameOptions rename;
    RangesOptions ranges;
    std::vector<std::string> states;
    std::string job;
    std::vector<std::string> jobs;
    std::vector<std::string> assignments;
    uint32_t index = 0;
    std::string verdict;
    bool all = false;
    bool complete_after_wait = false;
    std::function<Outcome<Exit>()> run;
};

/// Everything.
void describe(CLI::App& app, Request& request);

// ---- its parts ----

CLI::App* subcommand(CLI::App& app, Request& request, const char* name, const char* does,
                     std::function<Outcome<Exit>()> run);
/// The argument that names a job.
void takes_job(CLI::App& command, std::string& job);
/// get, add, upload.
void add_makers(CLI::App& app, Request& request);
/// set, credentials, headers, and what changes files.
void add_changers(CLI::App& app, Request& request);

} // namespace haulier::cli
