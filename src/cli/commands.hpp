// SPDX-License-Identifier: LGPL-2.1-or-later
// What haulierctl can do: one function a command. Results go to stdout, everything else to stderr.
#pragma once

#include "cli/bus.hpp"
#include "cli/failure.hpp"

#include <string>
#include <vector>

namespace haulier::cli {

enum class Verb;

/// Options that every command takes.
struct Common {
    bool system = false;
    bool json = false;
    bool quiet = false;
    [[nodiscard]] Scope scope() const { return system ? Scope::System : Scope::User; }
    /// For sentences that tell people what to type next.
    [[nodiscard]] std::string program() const { return system ? "haulierctl --system" : "haulierctl"; }
};

/// Options that every command that makes a job takes.
struct JobOptions {
    std::string name;
    std::string key;
    std::string description;
    std::string notify_service;
    std::string notify_path;
    std::vector<std::string> notify_flags;
};

struct GetOptions {
    std::string url;
    std::string file;
    std::string checksum; ///< KIND:HEX
    bool no_wait = false;
    JobOptions job;
};
Outcome<Exit> get(const Common& common, const GetOptions& options);

struct AddOptions {
    std::vector<std::string> words; ///< URL FILE URL FILE ...
    bool start = false;
    JobOptions job;
};
Outcome<Exit> add(const Common& common, const AddOptions& options);

Outcome<Exit> list(const Common& common, const std::vector<std::string>& states);
Outcome<Exit> show(const Common& common, const std::string& job);
Outcome<Exit> wait(const Common& common, const std::string& job, bool complete);
Outcome<Exit> monitor(const Common& common);

/// These go on when one of several jobs refuses; the first failure is the answer, the others are printed.
Outcome<Exit> command(const Common& common, const std::vector<std::string>& jobs, Verb verb);
Outcome<Exit> complete(const Common& common, const std::vector<std::string>& jobs);

} // namespace haulier::cli
