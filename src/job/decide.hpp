// SPDX-License-Identifier: LGPL-2.1-or-later
// What each request and each outcome means for a job: pure functions from values to a Decision or a named
// error. Nothing has happened when they return; the daemon persists the decision, adopts it, acts on it and
// tells.
#pragma once

#include "job/retry.hpp"
#include "job/types.hpp"

#include <map>
#include <optional>
#include <string>
#include <vector>

namespace haulier::job {

/// What the daemon must do once a decision is durable.
enum class Effect {
    StopTransfers,     ///< halt every file of the job that is in flight
    Publish,           ///< give finished files their names, then publish_succeeded or publish_failed
    DiscardAll,        ///< delete all temporary files
    DiscardUnfinished, ///< delete the temporary files of what is not transferred
};

struct Decision {
    Job job;                        ///< as it will be
    std::map<uint32_t, File> files; ///< changed or added files, as they will be, by index
    std::vector<Notice> notices;    ///< become outbox rows in the same transaction
    bool void_notices = false;      ///< undelivered notices of the job are no longer true; drop them first
    std::vector<Effect> effects;
};

/// Options of CreateJob, already checked for their types.
struct Request {
    std::string display_name;
    Type type = Type::Download;
    std::string key;
    std::vector<FileSpec> files;
    bool resume = false;
    std::optional<std::string> description;
    std::optional<NotifyFlags> notify_flags;
    std::optional<NotifyService> notify_service;
    std::optional<std::chrono::seconds> minimum_retry_delay;
    std::optional<std::chrono::seconds> no_progress_timeout;
    std::optional<std::chrono::milliseconds> minimum_notification_interval;
};

// ---- verbs ----

Result<Decision> create(const Id& id, uint32_t owner, const Request& request, const Limits& limits, Now now);
Result<Decision> add_files(const Job& job, const std::vector<FileSpec>& specs, const Limits& limits, Now now);
/// `files` must hold all that was decided of them so far.
Result<Decision> resume(const Job& job, const std::vector<File>& files, Now now);
Result<Decision> suspend(const Job& job, Now now);
Result<Decision> cancel(const Job& job, Now now);
/// Starts the end: the job is acknowledged only by publish_succeeded (BITS 2.5).
Result<Decision> complete(const Job& job, Now now);

// ---- properties ----

Result<Decision> set_display_name(const Job& job, const std::string& name, Now now);
Result<Decision> set_description(const Job& job, const std::string& text, Now now);
Result<Decision> set_minimum_retry_delay(const Job& job, std::chrono::seconds delay, Now now);
Result<Decision> set_no_progress_timeout(const Job& job, std::chrono::seconds timeout, Now now);
Result<Decision> set_minimum_notification_interval(const Job& job, std::chrono::milliseconds interval,
                                                   Now now);
Result<Decision> set_notify_flags(const Job& job, const NotifyFlags& flags, Now now);
Result<Decision> set_notify_service(const Job& job, const NotifyService& service, Now now);
/// A callback object was registered: a job that has already ended its work says so again (BITS 5.3).
Result<Decision> renotify(const Job& job, Now now);

// ---- outcomes ----

/// The scheduler gives the job a slot.
std::optional<Decision> granted(const Job& job);
/// Its slot is gone through no fault of its own.
std::optional<Decision> interrupted(const Job& job);
/// Bytes of file `index` will come from `offset` on; `restarted`: what was there belongs to another version.
/// Bytes arrive: the row of failures is over.
std::optional<Decision> progressed(const Job& job);
std::optional<Decision> begun(const Job& job, uint32_t index, const File& file, uint64_t offset,
                              bool restarted, const Validators& validators, uint64_t total,
                              const Limits& limits, Now now);
/// `offset` bytes of file `index` are durable.
std::optional<Decision> checkpointed(const Job& job, uint32_t index, const File& file, uint64_t offset,
                                     const Validators& validators, uint64_t total, Now now);
std::optional<Decision> fetched(const Job& job, uint32_t index, const File& file, uint64_t size,
                                const Validators& validators, Inode inode, Now now);
struct Failure {
    JobError error;
    bool fatal = false;                 ///< see classify() in retry.hpp
    std::chrono::seconds retry_after{}; ///< what the server asked for
    bool void_offset = false;           ///< the bytes on disk are worthless
};
std::optional<Decision> failed(const Job& job, uint32_t index, const File& file, const Failure& failure,
                               const RetryPolicy& policy, Random& random, Now now);
std::optional<Decision> retry_due(const Job& job);
std::optional<Decision> no_progress(const Job& job, Now now);
/// File `index` has its name.
std::optional<Decision> published(const Job& job, uint32_t index, const File& file);
/// All finished files have their names: the end.
std::optional<Decision> publish_succeeded(const Job& job, Now now);
/// One could not be renamed: the job stays, transferred, and Complete may be called again (BITS 2.5.4).
std::optional<Decision> publish_failed(const Job& job, Now now);

/// A job read from the store at start: what was in flight is queued again, waits go on.
Decision recover(const Job& job, Now now);

// ---- what a client is told ----

/// Why the job does not run now, and when it will be tried (0 = on an event). Never "unknown".
struct WaitReason {
    std::string_view word;
    WallTime until;
    bool operator==(const WaitReason&) const = default;
};
WaitReason wait_reason(const Job& job);
/// Of what Complete did (BITS 2.5.2).
struct Outcome {
    uint32_t kept = 0;
    uint32_t dropped = 0;
    [[nodiscard]] std::string_view word() const { return dropped == 0 ? "complete" : "partial"; }
};
Outcome outcome_of(const Job& job);

} // namespace haulier::job
