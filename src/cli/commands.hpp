// SPDX-License-Identifier: LGPL-2.1-or-later
// One function for each command of haulierctl, with the options of that command. Results are printed on
// standard output, everything else on standard error.
#pragma once

#include "cli/access.hpp"
#include "cli/client.hpp"
#include "cli/failure.hpp"

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <unistd.h>
#include <vector>

namespace haulier::cli {

/// Options of all commands.
struct Common {
    Access access;
    bool json = false;
    bool quiet = false;
    bool on_terminal = isatty(STDERR_FILENO) != 0;        ///< a person reads the progress
    bool prints_on_terminal = isatty(STDOUT_FILENO) != 0; ///< and the results
    /// Tests replace this.
    std::function<Result<std::unique_ptr<Client>, Failure>(const Access&)> connect = connect_to_bus;
};

/// Options of all commands that create a job.
struct JobOptions {
    std::string name;
    std::string key;
    std::string description;
    std::string notify_service;
    std::string notify_path;
    std::vector<std::string> notify_flags;
    std::string priority;
    std::string limit_rate;
    std::optional<uint32_t> connections; ///< for each file
    std::string proxy;
    std::string authority; ///< file with certificate authorities; empty = the system's
    std::string login;     ///< user name for the servers; the password is asked for
    std::optional<int> password_fd;
    bool netrc = true;
    std::vector<std::string> headers;
    std::vector<std::string> properties; ///< Name=value
};

/// Options about one file.
struct FileOptions {
    std::string checksum; ///< KIND:HEX
    std::vector<std::string> mirrors;
    std::vector<std::string> ranges; ///< OFFSET:LENGTH
    bool no_clobber = false;         ///< files that are there stay as they are; for any number of files
    bool server_name = false;        ///< the server names the file in the directory; likewise
    [[nodiscard]] bool any() const { return !checksum.empty() || !mirrors.empty() || !ranges.empty(); }
};

/// Options of the commands that wait for the end of their job.
struct EndOptions {
    bool no_wait = false;
    bool no_complete = false;
    std::string retry_for; ///< time span, or "infinity"; empty = not given
    bool no_retry = false;
};

struct GetOptions {
    std::vector<std::string> words; ///< URL FILE, or URLs
    std::string file;
    std::string directory;
    std::string list;     ///< file with URLs
    std::string sums;     ///< file with checksums
    std::string metalink; ///< file with URLs, names, sizes and checksums
    FileOptions file_options;
    EndOptions end;
    JobOptions job;
};
Result<Exit, Failure> get(const Common& common, const GetOptions& options);

struct UploadOptions {
    std::string file;
    std::string url;
    std::string reply; ///< file for the server's reply; empty = the reply is not kept
    EndOptions end;
    JobOptions job;
};
Result<Exit, Failure> upload(const Common& common, const UploadOptions& options);

struct AddOptions {
    std::vector<std::string> words; ///< URL FILE URL FILE ...
    std::string metalink;           ///< a Metalink file instead
    std::string directory;          ///< for its files
    FileOptions file_options;       ///< only for a job of one file
    bool start = false;
    bool on_demand = false;
    JobOptions job;
};
Result<Exit, Failure> add(const Common& common, const AddOptions& options);

struct WaitOptions {
    std::vector<std::string> jobs;
    bool complete = false;
    bool any = false;    ///< end with the first of the jobs
    std::string timeout; ///< time span; empty = none
};
Result<Exit, Failure> wait(const Common& common, const WaitOptions& options);

struct ListOptions {
    std::vector<std::string> states; ///< empty = all
    bool watch = false;              ///< print again and again
};
Result<Exit, Failure> list(const Common& common, const ListOptions& options);

struct TopOptions {};
Result<Exit, Failure> top(const Common& common, const TopOptions& options);

struct HistoryOptions {
    std::string job;                  ///< part of a name, or beginning of an id; empty = all
    std::string since;                ///< time span or date; empty = all that is remembered
    std::vector<std::string> results; ///< empty = all
    bool forget = false;
};
Result<Exit, Failure> history(const Common& common, const HistoryOptions& options);

struct MetricsOptions {
    std::string file; ///< empty = standard output
};
Result<Exit, Failure> metrics(const Common& common, const MetricsOptions& options);

struct ShowOptions {
    std::string job;
    bool all = false; ///< also properties with default values
};
Result<Exit, Failure> show(const Common& common, const ShowOptions& options);

struct FilesOptions {
    std::string job;
};
Result<Exit, Failure> files(const Common& common, const FilesOptions& options);

struct CatOptions {
    std::string job;
    std::optional<uint32_t> index; ///< of the file; nothing = the only one
};
/// Writes the content of a transferred file to standard output.
Result<Exit, Failure> cat(const Common& common, const CatOptions& options);

struct ErrorsOptions {
    std::string job; ///< empty = all jobs
};
Result<Exit, Failure> errors(const Common& common, const ErrorsOptions& options);

struct ReplyOptions {
    std::string job;
};
Result<Exit, Failure> reply(const Common& common, const ReplyOptions& options);

struct HoldOptions {
    std::string span; ///< empty = until release
};
Result<Exit, Failure> hold(const Common& common, const HoldOptions& options);
struct ReleaseOptions {};
Result<Exit, Failure> release(const Common& common, const ReleaseOptions& options);
/// Whether the user's jobs are held, and until when.
std::string held_text(const Json& daemon);

struct LimitOptions {
    std::string rate;              ///< empty = only print the limits
    std::vector<std::string> jobs; ///< empty = all jobs of the user together
};
Result<Exit, Failure> limit(const Common& common, const LimitOptions& options);

struct PermitOptions {
    std::vector<std::string> command; ///< program and arguments
    std::string name;                 ///< empty = name of the program
    std::string priority;
    std::string network_cost;
    std::string power;
    std::string not_before;
    bool slot = false;
    bool check = false; ///< only report whether a permit would be granted
    bool stop = false;  ///< end the program when the permit is revoked, and run it again later
    bool pause = false; ///< stop all its processes while the permit is revoked
};
/// Returns the exit status of the program.
Result<Exit, Failure> permit(const Common& common, const PermitOptions& options);

struct StatusOptions {
    std::string job; ///< empty = the daemon
};
Result<Exit, Failure> status(const Common& common, const StatusOptions& options);

struct MonitorOptions {};
Result<Exit, Failure> monitor(const Common& common, const MonitorOptions& options);

struct SetOptions {
    std::string job;
    std::vector<std::string> assignments; ///< Name=value
    bool list = false;                    ///< describe the properties instead
};
Result<Exit, Failure> set(const Common& common, const SetOptions& options);
/// What can be set.
Result<Exit, Failure> list_properties(const Common& common);

struct CredentialsOptions {
    std::string job;
    std::string target;
    std::string scheme;
    std::string user;
    std::optional<int> password_fd;
};
Result<Exit, Failure> set_credentials(const Common& common, const CredentialsOptions& options);
Result<Exit, Failure> remove_credentials(const Common& common, const CredentialsOptions& options);

struct HeadersOptions {
    std::string job;
    std::vector<std::string> lines;
    std::optional<int> fd; ///< from which further lines are read
    bool write_only = false;
    bool clear = false;
};
/// Prints the headers if there are neither lines, nor a descriptor, nor `clear`.
Result<Exit, Failure> headers(const Common& common, const HeadersOptions& options);

struct RenameOptions {
    std::string job;
    std::vector<std::string> words; ///< INDEX URL, or OLD NEW
    bool prefix = false;
};
Result<Exit, Failure> rename(const Common& common, const RenameOptions& options);

struct RangesOptions {
    std::string job;
    uint32_t index = 0;
    std::vector<std::string> ranges; ///< to request; none = print what has arrived
    std::string from;                ///< request everything that is missing, beginning here
};
Result<Exit, Failure> ranges(const Common& common, const RangesOptions& options);

struct ValidateOptions {
    std::string job;
    uint32_t index = 0;
    std::string verdict; ///< yes or no
};
Result<Exit, Failure> validate(const Common& common, const ValidateOptions& options);

struct JobsOptions {
    std::vector<std::string> jobs;
    bool all = false;                ///< all jobs to which the command applies
    std::vector<std::string> states; ///< all jobs in these states
    std::vector<uint32_t> files;     ///< only these files of the job, for complete and cancel
};
/// These continue if one of several jobs is refused: they print all failures but return the first.
Result<Exit, Failure> suspend(const Common& common, const JobsOptions& options);
Result<Exit, Failure> resume(const Common& common, const JobsOptions& options);
Result<Exit, Failure> cancel(const Common& common, const JobsOptions& options);
Result<Exit, Failure> take(const Common& common, const JobsOptions& options);
Result<Exit, Failure> complete(const Common& common, const JobsOptions& options);

/// A connection, and the job that the user named.
struct OpenedJob {
    std::unique_ptr<Client> client;
    std::string id;
};
/// For commands that read a job.
Result<OpenedJob, Failure> open_job(const Common& common, const std::string& job);
/// For commands that change a job: it must not have ended.
Result<OpenedJob, Failure> open_unfinished(const Common& common, const std::string& job);

} // namespace haulier::cli
