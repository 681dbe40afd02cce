// SPDX-License-Identifier: LGPL-2.1-or-later
// What the commands need from the daemon. BusClient asks the daemon; tests use a fake. Methods wait for the
// reply, except read(), which is for wait loops.
#pragma once

#include "base/fd.hpp"
#include "cli/access.hpp"
#include "cli/failure.hpp"
#include "cli/listener.hpp"
#include "cli/names.hpp"
#include "cli/ranges.hpp"
#include "cli/values.hpp"
#include "cli/view.hpp"
#include "cli/wakeup.hpp"

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace haulier::cli {

class Interrupts;

struct NewFile {
    std::string remote;
    std::string local;
    std::string checksum; ///< "sha256:HEX" or the like, or empty
    std::vector<std::string> mirrors;
    std::vector<Range> ranges;    ///< empty = the whole file
    std::optional<uint64_t> size; ///< that the file must have
    std::string existing{};       ///< what becomes of a file with the name; empty = it is replaced
    bool server_name = false;     ///< the server gives the name
};

struct Credentials {
    std::string target; ///< "server" or "proxy"
    std::string scheme;
    std::string user;
    std::string password;
};

struct NewJob {
    std::string name;
    std::string type = "download";
    std::vector<NewFile> files;
    bool resume = false;
    std::string key;
    std::optional<Service> notify_service;
    std::vector<std::string> headers;
    std::vector<Credentials> credentials;
    Values properties;
};

struct Created {
    std::string id;
    bool created = false; ///< false: an unfinished job with this key existed
};

/// Which ended jobs are meant.
struct HistoryQuery {
    uint64_t since = 0;               ///< microseconds since the epoch
    std::vector<std::string> results; ///< empty = all
    bool all_users = false;
};

enum class Verb { Suspend, Resume, Cancel, TakeOwnership };

struct Completed {
    std::string result; ///< "complete" or "partial"
    uint32_t kept = 0;
    uint32_t dropped = 0;
};

class Client {
public:
    Client() = default;
    virtual ~Client() = default;
    Client(const Client&) = delete;
    Client& operator=(const Client&) = delete;

    virtual Result<Created, Failure> create(const NewJob& job) = 0;
    /// Properties of the caller's jobs, or of all users' with `all_users`, in one of `states`, oldest first;
    /// without `states`, of all unfinished jobs.
    virtual Result<std::vector<Json>, Failure> list(const std::vector<std::string>& states,
                                                    bool all_users) = 0;
    /// Properties of ended jobs, also of hidden ones, newest first.
    virtual Result<std::vector<Json>, Failure> history(const HistoryQuery& query) = 0;
    /// Returns how many were forgotten.
    virtual Result<uint32_t, Failure> forget_history(const HistoryQuery& query) = 0;
    /// Owner and counters of the caller, or of all users.
    virtual Result<std::vector<Json>, Failure> statistics(bool all_users) = 0;
    /// All jobs of the caller, or of all users, do not run until a date in microseconds (0 = until
    /// release()).
    virtual Result<Done, Failure> hold(uint64_t until, bool all_users) = 0;
    virtual Result<Done, Failure> release(bool all_users) = 0;
    /// Limits all jobs of the caller together, in bytes per second; 0 = no limit.
    virtual Result<Done, Failure> limit(uint64_t bytes_per_second) = 0;
    /// Requests a permit, which lasts as long as the connection, and returns its object path.
    virtual Result<std::string, Failure> request_permit(const std::string& name, const Values& options) = 0;
    /// Returns the properties of a permit.
    virtual Result<Json, Failure> permit(const std::string& path) = 0;
    /// Version, Features, Network, Metered, and, if the daemon has them, Held, HeldUntil, BandwidthLimit and
    /// MachineLimits.
    virtual Result<Json, Failure> daemon() = 0;
    virtual Result<Json, Failure> properties(const std::string& id) = 0;
    virtual Result<std::vector<Json>, Failure> files(const std::string& id) = 0;
    virtual Result<Done, Failure> command(const std::string& id, Verb verb) = 0;
    virtual Result<Completed, Failure> complete(const std::string& id) = 0;
    /// Gives these files their names while the job goes on.
    virtual Result<Done, Failure> complete_files(const std::string& id,
                                                 const std::vector<uint32_t>& indexes) = 0;
    virtual Result<Done, Failure> remove_files(const std::string& id,
                                               const std::vector<uint32_t>& indexes) = 0;

    /// Opens a transferred file for reading.
    virtual Result<Fd, Failure> open_file(const std::string& id, uint32_t index) = 0;

    virtual Result<Done, Failure> set(const std::string& id, const std::string& property,
                                      const Value& value) = 0;
    virtual Result<Done, Failure> set_credentials(const std::string& id, const Credentials& credentials) = 0;
    /// False if there were none.
    virtual Result<bool, Failure> remove_credentials(const std::string& id, const std::string& target,
                                                     const std::string& scheme) = 0;
    virtual Result<Done, Failure> set_headers(const std::string& id, const std::vector<std::string>& lines,
                                              bool write_only) = 0;

    virtual Result<Done, Failure> rename(const std::string& id, uint32_t index, const std::string& url) = 0;
    /// Returns how many URLs were changed.
    virtual Result<uint32_t, Failure> rename_all(const std::string& id, const std::string& from,
                                                 const std::string& to) = 0;
    virtual Result<Done, Failure> validate(const std::string& id, uint32_t index, bool valid) = 0;
    virtual Result<std::vector<Range>, Failure> filled_ranges(const std::string& id, uint32_t index) = 0;
    virtual Result<Done, Failure> request_ranges(const std::string& id, uint32_t index,
                                                 const std::vector<Range>& ranges) = 0;
    virtual Result<Done, Failure> request_from(const std::string& id, uint32_t index, uint64_t offset) = 0;
    virtual Result<std::string, Failure> reply(const std::string& id) = 0;

    /// Explains an error.
    virtual Result<std::string, Failure> describe(const std::string& name, int32_t code) = 0;

    /// Reads the properties of a job; `on_reply` is called from run_once. One call at a time for each job.
    virtual Result<Done, Failure> read(const std::string& id,
                                       std::function<void(Result<Json, Failure>)> on_reply) = 0;
    /// The same for all of its files.
    using Files = std::vector<Json>;
    virtual Result<Done, Failure> read_files(const std::string& id,
                                             std::function<void(Result<Files, Failure>)> on_reply) = 0;
    /// Drops what is pending for a job.
    virtual void stop_reading(const std::string& id) = 0;
    virtual std::unique_ptr<Listener> new_listener() = 0;
    /// Handles the messages that have arrived. If there are none, waits for one, for an interrupt (unless
    /// null) or for the deadline.
    virtual Result<Wakeup, Failure> run_once(const Interrupts* interrupts,
                                             std::optional<Deadline> deadline) = 0;
};

/// Connects to the bus; the daemon is started by the first call that needs it.
Result<std::unique_ptr<Client>, Failure> connect_to_bus(const Access& access);

/// The id of the job that the user calls `text` (see matching): one of the user's own, otherwise one of
/// another user if `all_users`, otherwise one that has ended and can still be read.
Result<std::string, Failure> resolve(Client& client, const std::string& text, bool all_users);
/// The same for a job that is to be changed: a job that has ended can still be shown, but not changed.
Result<std::string, Failure> resolve_unfinished(Client& client, const std::string& text, bool all_users);
using Resolve = Result<std::string, Failure> (*)(Client&, const std::string&, bool);
Failure already_ended(const std::string& id);

} // namespace haulier::cli
