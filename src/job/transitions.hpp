// SPDX-License-Identifier: LGPL-2.1-or-later
// The small steps that decisions are made of. Private to the module.
#pragma once

#include "job/decide.hpp"
#include "job/file_state.hpp"

namespace haulier::job {

// ---- clocks ----

/// Updates what the clocks have counted, so that it is stored with the job.
void fold(Job& job, Now now);
/// Something happened to the job: the inactivity clock starts again.
void touch(Job& job, Now now);
Decision touched(const Job& job, Now now);
/// As touched(), but without activity: the job as it is now.
Decision untouched(const Job& job, Now now);

/// The wait for the next try is over or pointless.
void clear_retry(Job& job);
/// Like waits_for_event() for files: whether the job waits for its disks or its client.
bool waits_for_event(const Job& job);
/// The no-progress clock goes back to zero.
void reset_no_progress(Job& job);
/// Bytes have arrived.
void reset_failures(Job& job);
/// How long the job has been without progress.
Usec stalled_for(const Job& job, Now now);
/// BITS 3.2: the no-progress timeout is zero, or shorter than one retry delay.
bool has_zero_timeout(const Job& job);

/// Choice U-8: the no-progress clock stands while cost, power, a disk, the client or a bar keeps the job from
/// trying.
bool is_no_progress_paused(const Job& job);
/// The no-progress clock goes on from what it has counted, if it runs in the job's state.
void continue_no_progress(Job& job, Now now);

// ---- states ----

/// Can the job still be changed? Every command begins with this.
Status changeable(const Job& job);

/// Also checks that the job is a download.
Status downloads_only(const Job& job, std::string_view verb);
/// Fails with InvalidState for a file that has its own name or is getting it, which cannot be changed any
/// more, and for a file that was removed.
Status not_named(uint32_t index, const File& file);
Error pending(uint32_t index);

/// The only function that changes a state. It starts and stops the clocks that run in some states only.
void apply(Job& job, Event event, Now now);
/// Makes a running job continue with the new values. Not a request that a server would then carry out twice,
/// and not an upload, which would start from zero: for these, the values apply from the next start on.
void restart_transfers(Decision& d);
/// The active transfers of a running job are lost: it is queued again, or fails if its request cannot be
/// repeated.
void cut_off(Decision& d, Now now);
void fail_for_good(Decision& d, JobError error, Now now);
/// File `index` fails for good, and with it the job where OnFileError is stop. `file` is changed only.
void fail_file(Decision& d, uint32_t index, File& file, JobError error, Now now);
/// If no file may be tried now: the job waits, or fails if none is left to wait for. `files` are those before
/// the decision.
void settle(Decision& d, const std::vector<File>& files, const RestOf& rest_of, Now now);
/// The job fails because its client found the content invalid, or because AutoComplete could not publish it.
void reject(Decision& d, JobError error, Now now);
/// Every file has arrived: notifies the client, or starts to complete a job with AutoComplete, whose client
/// is notified when the files have their names.
void finish(Decision& d, Now now);
/// Whether every file is transferred, and none is still to get its name. `files` are those before the
/// decision.
bool is_over(const Decision& d, const std::vector<File>& files);
/// Calls finish() if that is so.
void finish_if_over(Decision& d, const std::vector<File>& files, Now now);
void start_publishing(Decision& d, Now now);
/// The job is cancelled, and all its files are deleted.
void end_cancelled(Decision& d, Now now);
/// A new client is notified again of how the transfer ended (BITS 5.3).
void repeat_notifications(Decision& d);
/// Notifies the client of a file that has arrived.
void say_file(Decision& d, uint32_t index);
/// If the client has been asked for another URL of `file`, its answer is no longer needed.
void withdraw_question(Decision& d, uint32_t index, const File& file);

// ---- failures ----

/// BITS 3.6: a failure counts when data was moving, or when it was a new try that failed. To be called before
/// the failure changes the job.
void count_error(Job& job);
/// Causes of the whole job, whatever OnFileError says.
bool is_cause_of_job(Cause cause);

// ---- kinds of jobs ----

/// With another method than GET, the job runs in the foreground, every failure is final, and every transfer
/// starts from zero (BITS 1.11).
bool has_custom_method(const Job& job);
bool starts_from_zero(const Job& job);

// ---- files ----

/// The file as the decision has changed it.
const File& file_after(const Decision& d, const std::vector<File>& files, uint32_t index);
/// A transferred file is to get its name now, whatever has prevented this before.
void start_naming(Job& job, File& file);
/// The bytes on disk are worthless.
void discard_progress(File& file);
/// The file's present source gets another URL, unless it is one that would be refused.
void rename_source(File& file, std::string remote);
/// On demand: the ranges on disk are worthless, and are requested again.
void requeue_filled(File& file);

} // namespace haulier::job
