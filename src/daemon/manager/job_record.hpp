// SPDX-License-Identifier: LGPL-2.1-or-later
// A job in memory: its values, and what only this run of the daemon knows about it.
//
// The values exist twice. Decisions read and replace the working ones. A commit makes them durable, and a
// failed commit puts the durable ones back. Clients are only ever shown durable values. What has not changed
// since the last commit is held once.
#pragma once

#include "base/event.hpp"
#include "daemon/manager/alarm.hpp"
#include "daemon/manager/alarm_queue.hpp"
#include "daemon/manager/rate_window.hpp"
#include "daemon/manager/usage_accounting.hpp"
#include "daemon/workers/orders.hpp"
#include "job/decide.hpp"
#include "job/hosts.hpp"
#include "job/reach.hpp"
#include "job/segments.hpp"
#include "job/types.hpp"

#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <utility>
#include <vector>

namespace haulier::daemon {

/// A file being fetched or sent.
struct ActiveTransfer {
    Ticket ticket = 0;
    uint32_t owner = 0; ///< whose worker transfers it; the job may have another owner by now
    std::vector<job::Segment> segments;
    uint64_t before = 0; ///< bytes that were here and are not part of this stream
    uint64_t base = 0;   ///< of `moved`, when the server answered
    uint64_t moved = 0;  ///< to be shown; the durable bytes are in the file
    uint64_t seen = 0;   ///< of the stream; see note_bytes()
    RateWindow flow;
    job::Host host; ///< where it is counted, see job/hosts.hpp
    BootTime started_at;
    bool background = false; ///< the job was not in the foreground when the transfer began
    bool peer = false;       ///< nothing is learnt from the server
    bool answered = false;
    bool repeated = false; ///< the server had refused the file while it had other requests of ours
    bool halting = false;
    bool ignored = false; ///< its results do not count any more
    bool yields = false;  ///< slow because other traffic needs the network
};

/// What a decision brought that clients are told of besides the new values.
struct Arrivals {
    std::vector<uint32_t> files;                        ///< transferred now
    std::map<uint32_t, std::vector<job::Range>> ranges; ///< filled now, of on-demand files
};

/// One decision about a job.
struct JobChange {
    std::shared_ptr<const job::Job> before; ///< nothing: the job is new
    std::shared_ptr<const job::Job> after;
    Arrivals arrivals;
    bool changed_files = false;
    std::vector<uint32_t> to_be_named; ///< files that are to get their names while the job goes on
    std::vector<uint32_t> needless;    ///< files whose temporary files are not needed any more
    uint64_t discarded = 0;            ///< bytes that have to be transferred again
    uint64_t restarted = 0;            ///< files that started again because another version was found
};

/// What the files of a job add up to.
struct FileSums {
    uint64_t known = 0;   ///< sizes, where they are known
    uint32_t unsized = 0; ///< files without a known size
    uint64_t stored = 0;  ///< durable bytes
    void add(const job::File& file);
    void take(const job::File& file);
    bool operator==(const FileSums&) const = default;
};

/// The key by which a client finds its job again. Confined apps have keys of their own.
struct KeyName {
    uint32_t owner = 0;
    std::string app; ///< a confined app, or empty
    std::string key;
    auto operator<=>(const KeyName&) const = default;
};

/// The file has no temporary file, unless that could not be deleted.
bool is_needless(const job::File& file);

/// What a job contributes to the sums of its owner.
struct Contribution {
    uint32_t owner = 0;
    uint64_t known = 0;
    uint64_t stored = 0;
    bool runs = false;
    bool needs_someone = false;
};

/// A file that is being given its name while its job goes on.
struct Naming {
    std::string local;
    bool ordered = false; ///< otherwise it waits for another file of that name, or for a free place
    std::vector<Callback<Done>> waiting;
};

/// How far a job is from being forgotten.
enum class Phase {
    Kept,             ///< it has not ended, or its end has yet to be carried out
    Ending,           ///< files are being renamed or deleted
    AwaitingDelivery, ///< it has ended, and its client has yet to be told
    Removed,          ///< it is in the store no more, and stays readable for a while
};

class JobRecord {
public:
    /// A new job, of which nothing is durable yet.
    JobRecord() = default;
    /// A job of the store.
    JobRecord(job::Job job, std::vector<job::File> files);
    JobRecord(const JobRecord&) = delete;
    JobRecord& operator=(const JobRecord&) = delete;

    // ---- values ----

    /// False until the first commit: the job does not exist for clients.
    [[nodiscard]] bool is_durable() const { return durable_ != nullptr; }
    [[nodiscard]] const job::Job& durable() const { return *durable_; }
    [[nodiscard]] const job::File& durable_file(uint32_t index) const;
    [[nodiscard]] uint32_t durable_file_count() const { return durable_count_; }
    /// Of the durable files.
    [[nodiscard]] const FileSums& sums() const { return sums_; }

    [[nodiscard]] const job::Job& working() const { return *working_; }
    [[nodiscard]] const std::vector<job::File>& working_files() const { return files_; }

    /// Do working and durable values differ?
    [[nodiscard]] bool is_changing() const { return working_ != durable_; }
    [[nodiscard]] bool is_changing(uint32_t index) const;
    /// Orders for files that are not changing can be made from the working values: whatever else of the job
    /// changes is not durable yet, but has no effect on them.
    [[nodiscard]] bool only_progresses() const;

    /// The decision's values are the working ones from now on.
    JobChange replace(job::Decision decision);
    void make_durable();
    /// Not for a job that was never durable.
    void roll_back();

    /// Files that wait for their next try, or are without progress.
    [[nodiscard]] const std::set<uint32_t>& waiting_files() const { return waiting_; }

    /// Text in memory of the job and all files, or of the job and those that `files` names.
    [[nodiscard]] uint64_t memory_size() const;
    [[nodiscard]] uint64_t memory_size_of(const std::map<uint32_t, job::File>& files) const;

    // ---- of this run of the daemon ----

    Phase phase = Phase::Kept;
    std::map<uint32_t, ActiveTransfer> transfers; ///< by file index
    size_t cursor = 0;                            ///< every file before it is transferred
    uint32_t small_in_a_row = 0;                  ///< see job/files_in_flight.hpp
    uint64_t queued_since = 0;                    ///< order of arrival in the queue
    job::Reach reach = job::Reach::Machine;       ///< of its farthest source
    bool changing_owner = false;                  ///< another user is taking it; nothing is started meanwhile
    bool may_ask = false;                         ///< Resume was called: servers that rest are asked once
    bool has_asked = false;                       ///< a job in the foreground asks a server that rests once
    bool progress_missed = false;                 ///< an announcement was withheld

    Charge charge;
    std::optional<Contribution> counted; ///< while it is durable and unfinished
    bool counts_as_work = false;         ///< see JobTable::has_work()
    bool is_listed = false;              ///< in JobTable::list()
    /// By which JobTable finds it; nothing if its key is empty.
    KeyName key_name;
    Callback<job::EndResult> on_end;    ///< the reply to Complete or Cancel, until they are carried out
    std::map<uint32_t, Naming> namings; ///< by file index
    std::set<std::string> names_in_use; ///< names of the files that are ordered
    Alarm retry;
    Alarm next_file; ///< while it runs: one more may be started
    Alarm stall;
    Alarm storage;        ///< the next look at disks that files wait for
    Usec storage_pause{}; ///< before that
    bool checking_storage = false;
    Alarm end_of_time;
    AlarmQueue::Place expiry;
    Source not_before;
    Source publishing; ///< once more, because the store failed meanwhile
    Source retention;
    Source progress_timer; ///< armed while a progress announcement would be too early
    RateWindow flow;
    uint64_t rate = 0;   ///< bytes per second, as last announced
    bool yields = false; ///< whether one of its transfers yields, as last announced
    Source rate_timer;   ///< while the rate is not 0, to announce it even if no bytes arrive
    FileSums announced;

private:
    void note_sources();
    void note_waiting(uint32_t index);

    std::shared_ptr<const job::Job> durable_;
    std::shared_ptr<const job::Job> working_;
    std::vector<job::File> files_;
    std::map<uint32_t, job::File> durable_files_; ///< of those that are changing
    uint32_t durable_count_ = 0;
    std::set<uint32_t> waiting_;
    FileSums sums_;
};

/// Sizes as clients see them: durable or displayed bytes of all files. Costs as much as there are transfers.
struct Tally {
    uint64_t total = 0; ///< UnknownSize if one file's size is not known
    uint64_t transferred = 0;
};
Tally tally_of(const JobRecord& record);
/// Bytes a second that clients see: 0 unless the job runs.
uint64_t rate_of(const JobRecord& record, const job::Job& job);
/// Is the job slow because it yields, as clients see it?
bool yields_of(const JobRecord& record, const job::Job& job);
/// `moved` bytes of the stream of this transfer have come so far: what is new of them counts for the rates,
/// and is returned.
uint64_t note_bytes(JobRecord& record, ActiveTransfer& transfer, uint64_t moved, BootTime now);
/// Bytes of one file, in transfer or not.
uint64_t transferred_of(const JobRecord& record, uint32_t index);

} // namespace haulier::daemon
