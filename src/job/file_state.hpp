// SPDX-License-Identifier: LGPL-2.1-or-later
// Where one file of a job stands: a failure belongs to a file, with a count, a date and an error of its own
// (docs/decisions.md, Failures of files and hosts).
#pragma once

#include "job/types.hpp"

namespace haulier::job {

/// As clients see it.
enum class FileState { Queued, Transferring, TransientError, Error, Transferred, Removed };
template <>
struct Names<FileState> {
    static constexpr std::string_view what = "file state";
    static constexpr std::array rows{
        EnumName{FileState::Queued, "queued"},
        EnumName{FileState::Transferring, "transferring"},
        EnumName{FileState::TransientError, "transient-error"},
        EnumName{FileState::Error, "error"},
        EnumName{FileState::Transferred, "transferred"},
        EnumName{FileState::Removed, "removed"},
    };
};
/// `moving`: the file is in transfer.
FileState state_of(const Job& job, const File& file, bool moving);

/// Something of it is still to be transferred, and it has not failed for good.
bool is_unfinished(const Job& job, const File& file);
/// Whether there is no date for the next try.
constexpr bool waits_for_event(Wait wait) {
    return wait == Wait::Storage || wait == Wait::Client;
}
/// It waits for its next try, its disk or its client.
bool is_waiting(const File& file);
/// As far as it is up to the file, it may be tried now.
bool is_due(const File& file, BootTime now);

/// The next try may come at once; the count of failures stays.
void clear_retry(File& file);
/// The no-progress clock of the file is back at zero.
void reset_no_progress(File& file);
/// It has made progress, or its client has resumed the job.
void reset_failures(File& file);
/// How long it has been without progress.
Usec stalled_for(const File& file, Now now);

/// A file read from the store at start: waits go on.
void recover(File& file, Now now);

} // namespace haulier::job
