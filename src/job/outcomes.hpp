// SPDX-License-Identifier: LGPL-2.1-or-later
// What the reports of workers, the clocks and the machine's environment mean for a job. Each function returns
// nothing if the report no longer matters.
#pragma once

#include "job/conditions.hpp"
#include "job/decide.hpp"
#include "job/segments.hpp"

#include <chrono>
#include <optional>
#include <string>
#include <vector>

namespace haulier::job {

// ---- the scheduler ----

/// The job gets a slot.
std::optional<Decision> granted(const Job& job, Now now);
/// Its slot is gone through no fault of its own: pre-empted, its slice is over, its worker is lost.
std::optional<Decision> interrupted(const Job& job, Now now);
/// Nothing of the job is in transfer, and nothing may start now. Nothing happens if a file is due and its
/// server does not rest.
std::optional<Decision> deferred(const Job& job, const std::vector<File>& files, const RestOf& rest_of,
                                 Now now);

// ---- the worker ----

/// The part that all reports about a transfer have.
struct Report {
    uint64_t offset = 0; ///< bytes of the stream of segments
    Validators validators;
    uint64_t total = UnknownSize; ///< of the remote file
    bool advanced = true;         ///< so far that earlier failures of the file do not count any more
    std::vector<Range> pieces{};  ///< as File::pieces
};

struct Begun {
    Report report;
    bool restarted = false; ///< the bytes on disk belong to another version
    std::string headers;    ///< of the response
    std::string remote;     ///< where redirects ended, if the policy is to report it; else empty
    std::string upload_url;
    std::optional<SourceStamp> stamp;
    std::string origin;           ///< of the server that answered; empty = not known
    Inode folder;                 ///< that holds the temporary file
    bool if_range_broken = false; ///< the server mishandles If-Range
    std::string name;             ///< that the server gives the file; empty = none
};

/// Bytes arrive. `advanced` is as in Report.
std::optional<Decision> progressed(const Job& job, uint32_t index, const File& file, bool advanced, Now now);
std::optional<Decision> begun(const Job& job, uint32_t index, const File& file, const Begun& begun,
                              const Limits& limits, Now now);
/// `report.offset` bytes of `segments` are durable.
std::optional<Decision> checkpointed(const Job& job, uint32_t index, const File& file, const Report& report,
                                     const std::vector<Segment>& segments, Now now);
struct Fetched {
    Report report; ///< offset = all that was requested
    Inode inode;
    std::optional<uint64_t> reply; ///< size of an upload's reply
    std::string headers;           ///< of the final response, if it is not the one of Begun
    bool not_modified = false;     ///< according to the conditions of the file; nothing was fetched
    std::optional<Begun> begun;    ///< of a small file, if it was not reported before
};
/// `files`: all files of the job, because other files of an on-demand job may still be incomplete.
std::optional<Decision> fetched(const Job& job, uint32_t index, const std::vector<File>& files,
                                const Fetched& fetched, const std::vector<Segment>& segments,
                                const Limits& limits, Now now);
/// According to the conditions of the file, there is nothing to fetch, and the file with its name stays.
std::optional<Decision> not_modified(const Job& job, uint32_t index, const std::vector<File>& files, Now now);
struct Failure {
    JobError error;
    bool fatal = false;                 ///< see is_fatal() in retry.hpp
    std::chrono::seconds retry_after{}; ///< requested by the server
    bool void_offset = false;           ///< the bytes on disk are worthless
    std::string remote;                 ///< where a refused redirect led; else empty
    std::string origin;                 ///< of the server that answered or was asked; empty = not known
    bool by_proxy = false;              ///< the proxy answered in its place
    bool storage = false;               ///< time may cure the disk
    bool clock = false;                 ///< a wrong clock of this machine explains it
    bool http2 = false;                 ///< HTTP/2 failed
    bool again = false;                 ///< the next request avoids what failed, and comes at once
    bool name_taken = false;            ///< the temporary file's name is that of another user's file
    bool refused = false;               ///< by a server that had other requests of ours; it may bear no more
};
/// What else the job does at the time of a failure.
struct Around {
    bool others_move = false; ///< other files are in transfer
    RestOf rest_of;           ///< empty: no server rests
};
/// `files`: all of the job's.
std::optional<Decision> failed(const Job& job, uint32_t index, const std::vector<File>& files,
                               const Failure& failure, const Around& around, const RetryPolicy& policy,
                               Random& random, Now now);
/// The client was asked for another URL of file `index`, and has none: the file fails as it would have
/// without the question. If the job is suspended or has failed, the file is tried after Resume.
std::optional<Decision> not_renewed(const Job& job, uint32_t index, const std::vector<File>& files,
                                    const Around& around, Now now);
/// A refusal is no reason to wait, nor the end, if the server may only bear fewer connections.
bool is_refusal(const Failure& failure);
/// All files together are, or will be, larger than MaximumDownloadSize.
std::optional<Decision> too_large(const Job& job, uint64_t bytes, Now now);
/// An on-demand job that has a slot and no active transfer is suspended if all requested ranges are here.
/// This happens after a crash between the last checkpoint and the end of a file.
std::optional<Decision> settled(const Job& job, const std::vector<File>& files, Now now);
/// Bytes of an upload's reply have arrived.
std::optional<Decision> replied(const Job& job, uint64_t total, uint64_t transferred);

// ---- clocks and environment ----

std::optional<Decision> retry_due(const Job& job, Now now);
/// What the job and its files waited for may have gone by: all are tried at once.
std::optional<Decision> try_again(const Job& job, const std::vector<File>& files, Now now);
/// What files in state `wait` have waited for has arrived: their disks, or the right time. Applies to those
/// of these files that wait for it.
std::optional<Decision> wait_is_over(const Job& job, const std::vector<File>& files,
                                     const std::vector<uint32_t>& indexes, Wait wait, Now now);
/// The owner, without whom the job may not run, has logged in or out. Nothing if that was known or the job
/// has ended. A running job goes back to the queue (BITS 4.2).
std::optional<Decision> owner_is(const Job& job, bool away, Now now);
/// What keeps the owner's jobs from running is `bar` now, or nothing does. Nothing if that was known or the
/// job has ended. A running job goes back to the queue, unless its request could not be repeated.
std::optional<Decision> bar_is(const Job& job, const std::vector<File>& files, const std::optional<Bar>& bar,
                               Now now);
/// Of the job, or of files where OnFileError is continue.
std::optional<Decision> no_progress(const Job& job, const std::vector<File>& files, Now now);
std::optional<Decision> out_of_time(const Job& job, Now now);
/// The job was inactive for too long: it is cancelled, with `expired`.
std::optional<Decision> expired(const Job& job, Now now);
/// The job waits for its environment; `cause` as from blocked_by(). This does not count as an error
/// (BITS 3.6).
std::optional<Decision> blocked(const Job& job, Cause cause, Now now);
/// When the job will have been inactive for too long: after `empty` without files, otherwise after
/// `inactive`. Never while it runs or is barred, and the time before NotBefore does not count.
std::optional<BootTime> expiry_of(const Job& job, Usec empty, Usec inactive, Now now);
/// When MaximumDownloadTime ends, if the job runs.
std::optional<BootTime> end_of_time(const Job& job);

// ---- the end ----

/// File `index` has its name, which is `name` if it had to be another one.
std::optional<Decision> published(const Job& job, uint32_t index, const File& file,
                                  const std::string& name = {});
/// File `index`, which was to get its name while the job goes on, has it; see published().
std::optional<Decision> named(const Job& job, uint32_t index, const std::vector<File>& files,
                              const std::string& name, Now now);
/// File `index` cannot be given its name. With PublishFiles `each`, it has failed.
std::optional<Decision> unnamed(const Job& job, uint32_t index, const std::vector<File>& files,
                                const Error& why, Now now);
/// All finished files have their names: the job ends.
std::optional<Decision> publish_succeeded(const Job& job, Now now);
/// File `index` could not be given its name: Resume looks at its temporary file once more.
std::optional<Decision> unpublished(const Job& job, uint32_t index, const File& file);
/// The name of file `index` is taken; `why` is for users.
std::optional<Decision> name_taken(const Job& job, uint32_t index, const File& file, const std::string& why);
/// A file could not be renamed. The job is transferred, and Complete can be called again (BITS 2.5.4). With
/// AutoComplete no client has called it, so the job fails with `why`.
std::optional<Decision> publish_failed(const Job& job, const Error& why, Now now);

/// A job that was read from the store at start: active transfers were interrupted, and delays continue.
Decision recover(Job job, Now now);
/// What has to be done again for it, because it may not have been done then.
std::vector<Effect> effects_to_repeat(const Job& job);

} // namespace haulier::job
