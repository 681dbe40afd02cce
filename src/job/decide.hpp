// SPDX-License-Identifier: LGPL-2.1-or-later
// What each request means for a job: pure functions from values to a Decision or a named error. They change
// nothing; the daemon stores the decision, adopts it, carries it out and announces it. What workers and
// clocks report is decided in outcomes.hpp.
#pragma once

#include "job/hosts.hpp"
#include "job/retry.hpp"
#include "job/settings_patch.hpp"
#include "job/types.hpp"

#include <functional>
#include <map>
#include <optional>
#include <string>
#include <vector>

namespace haulier::job {

/// What the daemon must do once a decision is durable.
enum class Effect {
    StopTransfers,     ///< stop all transfers of the job; a job that still runs starts new ones
    PublishFinished,   ///< give finished files their names, and the job stays as it is
    Publish,           ///< give finished files their names, then publish_succeeded or publish_failed
    DiscardAll,        ///< delete all temporary files
    DiscardUnfinished, ///< delete the temporary files of what is not transferred
};

struct Decision {
    Job job;                                 ///< as it will be
    bool settings_changed = true;            ///< otherwise only its progress need be stored
    std::map<uint32_t, File> files;          ///< changed or added files, as they will be, by index
    std::vector<Notification> notifications; ///< become outbox rows in the same transaction
    Revocation revoked;                      ///< leave the outbox, before `notifications` enter it
    std::vector<Effect> effects;
};

/// What CreateJob is asked for, already checked for its types.
struct Request {
    Type type = Type::Download;
    std::string key;
    std::string app_id;
    AppIdSource app_id_source = AppIdSource::None;
    std::optional<Grants> grants; ///< of the caller's sandbox
    std::vector<FileSpec> files;
    bool resume = false;
    SettingsPatch settings; ///< with a display name
};

/// What the server of a file asks for, if it rests.
using RestOf = std::function<std::optional<HostRest>(uint32_t index)>;

// ---- verbs ----

Result<Decision> create(const Id& id, uint32_t owner, const Request& request, const Limits& limits, Now now);
/// User names in URLs are moved to the job's credentials.
Result<Decision> add_files(const Job& job, const std::vector<FileSpec>& specs, const Limits& limits, Now now);
/// `files` must include all decisions so far; so everywhere below.
Result<Decision> resume(const Job& job, const std::vector<File>& files, Now now);
Result<Decision> suspend(const Job& job, Now now);
Result<Decision> cancel(const Job& job, Now now);
/// Starts the end: the job is acknowledged only by publish_succeeded (BITS 2.5). An upload must be
/// transferred.
Result<Decision> complete(const Job& job, Now now);
// A change of ownership in two steps (BITS 8.3), because each owner's worker has its own files.

/// First the job drops what its owner's worker has made: what was downloaded so far is lost.
Result<Decision> release_ownership(const Job& job, const std::vector<File>& files, Now now);
/// Then it belongs to `uid`. The key and the settings that do not pass to a new owner are reset.
Result<Decision> take_ownership(const Job& job, uint32_t uid, Now now);

// ---- properties ----

/// All of the patch, or none of it and the error of the first value that is refused.
Result<Decision> change(const Job& job, const std::vector<File>& files, const SettingsPatch& patch, Now now);
struct Removed {
    Decision decision;
    bool found = false;
};
Result<Removed> remove_credentials(const Job& job, Credentials::Target target, Credentials::Scheme scheme,
                                   Now now);
/// A callback object was registered: a job that has already ended its work says so again (BITS 5.3).
Result<Decision> renotify(const Job& job, Now now);

// ---- files ----

/// The index of a file that there is, or InvalidArgument.
Result<uint32_t> file_number(const Job& job, uint32_t index);
/// As file_number, of a job that can still be changed.
Result<uint32_t> file_to_change(const Job& job, uint32_t index);
Result<Decision> set_remote_name(const Job& job, uint32_t index, const File& file, const std::string& remote,
                                 Now now);
/// Takes the client's answer to RemoteNameExpired, while the file waits for it. If the URL is on another
/// server than the one that the client gave before, that server does not get the secrets of the job.
Result<Decision> renew_remote_name(const Job& job, uint32_t index, const File& file,
                                   const std::string& remote, Now now);
/// BITS 1.4; nothing matched: no file in the decision.
Result<Decision> replace_remote_prefix(const Job& job, const std::vector<File>& files,
                                       const std::string& from, const std::string& to, Now now);
/// BITS 1.7: Pending while the file is not transferred; false fails the job, and Resume fetches it anew.
Result<Decision> set_validation(const Job& job, uint32_t index, const File& file, bool valid, Now now);
/// Whether clients may open what was downloaded of the file.
Status check_open(const Job& job, const std::vector<File>& files, uint32_t index);
/// Gives these files their names while the job goes on: all of them, or none (Pending) if one is not
/// transferred.
Result<Decision> complete_files(const Job& job, const std::vector<File>& files,
                                const std::vector<uint32_t>& indexes, Now now);
/// Removes these files from the job, with what has been downloaded of them: all of them, or none
/// (InvalidState) if one has its name.
Result<Decision> remove_files(const Job& job, const std::vector<File>& files,
                              const std::vector<uint32_t>& indexes, Now now);
/// BITS 1.7; NotSupported without OnDemand.
Result<Decision> request_ranges(const Job& job, uint32_t index, const File& file,
                                const std::vector<Range>& ranges, const Limits& limits, Now now);
Result<std::vector<Range>> filled_ranges(const Job& job, const File& file);
/// Everything that is missing, from `offset` on first.
Result<Decision> update_position(const Job& job, uint32_t index, const File& file, uint64_t offset, Now now);

// ---- what a client is told ----

/// Why the job does not run now, and when it will be tried (0 = on an event). Never "unknown".
struct WaitReason {
    std::string_view word;
    WallTime until;
    bool operator==(const WaitReason&) const = default;
};
/// `storable`: whether changes of jobs can be stored at present.
WaitReason wait_reason(const Job& job, WallTime now, bool storable = true);
/// Of what Complete did (BITS 2.5.2).
struct EndResult {
    uint32_t kept = 0;
    uint32_t dropped = 0;
    [[nodiscard]] std::string_view word() const { return dropped == 0 ? "complete" : "partial"; }
};
EndResult end_result_of(const Job& job);
/// Of JobRemoved: "complete", "partial", "cancelled" or "expired".
std::string_view removal_result(const Job& job);

} // namespace haulier::job
