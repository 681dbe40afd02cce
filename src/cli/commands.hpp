// SPDX-License-Identifier: LGPL-2.1-or-later
// What haulierctl can do: one function a command. Results go to stdout, everything else to stderr.
#pragma once

#include "cli/access.hpp"
#include "cli/failure.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace haulier::cli {

enum class Verb;

/// Options that every command takes.
struct Common {
    Access access;
    bool json = false;
    bool quiet = false;
};

/// Options that every command that makes a job takes.
struct JobOptions {
    std::string name;
    std::string key;
    std::string description;
    std::string notify_service;
    std::string notify_path;
    std::vector<std::string> notify_flags;
    std::string priority;
    std::vector<std::string> headers;
    std::vector<std::string> properties; ///< Name=value
};

/// What is said of one file.
struct FileOptions {
    std::string checksum; ///< KIND:HEX
    std::vector<std::string> mirrors;
    std::vector<std::string> pieces; ///< OFFSET:LENGTH
    [[nodiscard]] bool any() const { return !checksum.empty() || !mirrors.empty() || !pieces.empty(); }
};

struct GetOptions {
    std::string url;
    std::string file;
    FileOptions about;
    bool no_wait = false;
    JobOptions job;
};
Outcome<Exit> get(const Common& common, const GetOptions& options);

struct UploadOptions {
    std::string file;
    std::string url;
    std::string reply; ///< where the server's answer goes; empty = it is not kept
    bool no_wait = false;
    JobOptions job;
};
Outcome<Exit> upload(const Common& common, const UploadOptions& options);

struct AddOptions {
    std::vector<std::string> words; ///< URL FILE URL FILE ...
    FileOptions about;              ///< with one file only
    bool start = false;
    bool on_demand = false;
    JobOptions job;
};
Outcome<Exit> add(const Common& common, const AddOptions& options);

Outcome<Exit> list(const Common& common, const std::vector<std::string>& states);
Outcome<Exit> show(const Common& common, const std::string& job, bool all);
Outcome<Exit> files(const Common& common, const std::string& job);
/// Why jobs fail; of all of them if `job` is empty.
Outcome<Exit> errors(const Common& common, const std::string& job);
Outcome<Exit> wait(const Common& common, const std::string& job, bool complete);
Outcome<Exit> monitor(const Common& common);
/// The daemon itself.
Outcome<Exit> status(const Common& common);

/// `assignments`: Name=value.
Outcome<Exit> set(const Common& common, const std::string& job, const std::vector<std::string>& assignments);

struct CredentialsOptions {
    std::string job;
    std::string target;
    std::string scheme;
    std::string user;
    std::optional<int> password_fd;
};
Outcome<Exit> set_credentials(const Common& common, const CredentialsOptions& options);
Outcome<Exit> remove_credentials(const Common& common, const CredentialsOptions& options);

struct HeadersOptions {
    std::string job;
    std::vector<std::string> lines;
    std::optional<int> fd; ///< where further lines are read
    bool write_only = false;
    bool clear = false;
};
/// Without lines, a descriptor and `clear`: prints what there is.
Outcome<Exit> headers(const Common& common, const HeadersOptions& options);

struct RenameOptions {
    std::string job;
    std::vector<std::string> words; ///< INDEX URL, or OLD NEW
    bool prefix = false;
};
Outcome<Exit> rename(const Common& common, const RenameOptions& options);

struct RangesOptions {
    std::string job;
    uint32_t index = 0;
    std::vector<std::string> pieces; ///< to be asked for; none = print what is there
    std::string from;                ///< ask for all that is missing, from here on first
};
Outcome<Exit> ranges(const Common& common, const RangesOptions& options);

Outcome<Exit> validate(const Common& common, const std::string& job, uint32_t index,
                       const std::string& verdict);
Outcome<Exit> reply(const Common& common, const std::string& job);

/// These go on when one of several jobs refuses; the first failure is the answer, the others are printed.
Outcome<Exit> command(const Common& common, const std::vector<std::string>& jobs, Verb verb);
Outcome<Exit> complete(const Common& common, const std::vector<std::string>& jobs);

} // namespace haulier::cli
