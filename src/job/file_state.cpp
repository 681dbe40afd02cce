// SPDX-License-Identifier: LGPL-2.1-or-later
#include "job/file_state.hpp"

#include "job/segments.hpp"

#include <algorithm>

namespace haulier::job {

FileState state_of(const Job& job, const File& file, bool moving) {
    if (file.removed) return FileState::Removed;
    if (file.failed) return FileState::Error;
    if (file.transferred) return FileState::Transferred;
    if (moving) return FileState::Transferring;
    return is_waiting(file) && is_active(job.state) ? FileState::TransientError : FileState::Queued;
}

bool is_unfinished(const Job& job, const File& file) {
    if (file.failed) return false;
    return job.on_demand ? lacks_ranges(file) : !file.transferred;
}

bool is_waiting(const File& file) {
    return file.clocks.retry_at.has_value() || waits_for_event(file.wait);
}

bool is_due(const File& file, BootTime now) {
    if (file.failed || waits_for_event(file.wait)) return false;
    return !file.clocks.retry_at || *file.clocks.retry_at <= now;
}

void clear_retry(File& file) {
    file.wait = Wait::Retry;
    file.retry_wait = {};
    file.retry_date = {};
    file.clocks.retry_at.reset();
    file.clocks.refused_at.reset();
}

void reset_no_progress(File& file) {
    file.stalled_for = {};
    file.clocks.stalled_since.reset();
}

void reset_failures(File& file) {
    file.failures = 0;
    file.renewal_asked = false;
    file.error.reset();
    clear_retry(file);
    reset_no_progress(file);
}

Usec stalled_for(const File& file, Now now) {
    const auto& since = file.clocks.stalled_since;
    return since ? std::max(Usec{0}, now.boot - *since) : file.stalled_for;
}

void recover(File& file, Now now) {
    file.clocks = {};
    if (file.retry_date != WallTime{}) {
        // A wall clock that was set back must not make the wait longer.
        auto left = std::clamp(file.retry_date - now.wall, Usec{0}, file.retry_wait);
        file.clocks.retry_at = now.boot + left;
        file.retry_date = now.wall + left;
    }
    if (file.failures > 0 && !file.failed) file.clocks.stalled_since = now.boot - file.stalled_for;
}

} // namespace haulier::job
