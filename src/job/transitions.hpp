// SPDX-License-Identifier: LGPL-2.1-or-later
// The small moves that decisions are made of; private to the room.
#pragma once

#include "job/decide.hpp"
#include "job/file_state.hpp"

namespace haulier::job {

// ---- clocks ----

/// Brings what the clocks have counted up to now, so that a stored job knows it.
void fold(Job& job, Now now);
/// Something happened to the job: the inactivity clock begins anew.
void touch(Job& job, Now now);
Decision touched(const Job& job, Now now);
/// As touched(), but nobody did anything: the job as it is now.
Decision untouched(const Job& job, Now now);

/// The wait for the next try is over or pointless.
void clear_retry(Job& job);
/// As is_waiting() of files, for a job that waits for its disks.
bool waits_for_storage(const Job& job);
/// The no-progress clock is back at zero.
void reset_no_progress(Job& job);
/// Bytes arrived.
void reset_failures(Job& job);
/// How long the job has been without progress.
Usec stalled_for(const Job& job, Now now);
/// BITS 3.2: no patience at all, or less than one wait.
bool has_zero_timeout(const Job& job);

/// Choice U-8: the no-progress clock stands while cost, power or a disk keeps the job from trying.
bool is_no_progress_paused(const Job& job);

// ---- states ----

/// Every verb and setter begins here: is the job still one that can be changed?
Status changeable(const Job& job);

/// The one door through which a state changes. The clocks that run in one state and not in another are
/// started and stopped here.
void apply(Job& job, Event event, Now now);
/// A running job goes on with other values than it was started with. Not what a server would then do twice,
/// nor an upload, which would begin from zero: there they hold from the next start on.
void restart_transfers(Decision& d);
/// What a running job has in flight is lost: it is queued again, or fails if that cannot be repeated.
void cut_off(Decision& d, Now now);
void fail_for_good(Decision& d, JobError error, Now now);
/// File `index` fails for good, and with it the job where OnFileError is stop. `file` is changed only.
void fail_file(Decision& d, uint32_t index, File& file, JobError error, Now now);
/// If no file may be tried now: the job waits, or fails if none is left to wait for. `files` are those before
/// the decision.
void settle(Decision& d, const std::vector<File>& files, const RestOf& rest_of, Now now);
/// To `error` because the client, or nobody's Complete, found something wrong.
void reject(Decision& d, JobError error, Now now);
/// Every file is here: says so, and starts to complete a job that does it by itself.
void finish(Decision& d, Now now);
void start_publishing(Decision& d, Now now);
/// The end that no file survives.
void end_cancelled(Decision& d, Now now);
/// A new listener hears again how the job ended its work (BITS 5.3).
void repeat_notifications(Decision& d);

// ---- kinds of jobs ----

/// Another method than GET: in the foreground, every failure is final, always from zero (BITS 1.11).
bool has_custom_method(const Job& job);
bool starts_from_zero(const Job& job);

// ---- files ----

/// What is on disk of it is worthless.
void discard_progress(File& file);
/// On-demand: what was filled is worthless, and as welcome as before.
void requeue_filled(File& file);

} // namespace haulier::job
