// SPDX-License-Identifier: LGPL-2.1-or-later
// A job in memory: the durable values, and what only this run of the daemon knows.
#pragma once

#include "base/event.hpp"
#include "daemon/manager/alarm.hpp"
#include "daemon/manager/usage_accounting.hpp"
#include "daemon/workers/worker_pool.hpp"
#include "job/segments.hpp"
#include "job/types.hpp"

#include <functional>
#include <map>
#include <vector>

namespace haulier::daemon {

/// A file being fetched or sent.
struct ActiveTransfer {
    Ticket ticket = 0;
    uint32_t owner = 0; ///< whose worker it is; a job can change hands
    std::vector<job::Segment> segments;
    uint64_t before = 0; ///< bytes that were there and are no part of this stream
    uint64_t moved = 0;  ///< for display; what is durable stands in the file
    bool halting = false;
    bool lost = false; ///< what it brings counts no more
};

struct JobRecord {
    job::Job job;
    std::vector<job::File> files;

    std::map<uint32_t, ActiveTransfer> transfers; ///< by file index
    size_t cursor = 0;                            ///< every file before it is transferred
    uint64_t queued_since = 0;                    ///< order of arrival in the queue
    bool needs_network = false;                   ///< one of its servers is another machine
    bool end_under_way = false;                   ///< files are being renamed or deleted
    bool changing_hands = false;                  ///< another user is taking it; nothing is started meanwhile
    bool lingers = false;                         ///< has ended, and somebody must still be told
    bool progress_missed = false;                 ///< an announcement was withheld
    bool gone = false;                            ///< ended and removed; kept a while for readers

    Charge charge;
    Callback<job::EndResult> ending; ///< whoever waits for Complete or Cancel to be carried out
    Alarm retry;
    Alarm stall;
    Alarm end_of_time;
    Alarm expiry;
    Source not_before;
    Source gone_timer;
    Source progress_timer; ///< armed while a progress announcement would be too early
};

/// Looks where the files come from, when that may have changed.
void note_sources(JobRecord& entry);

/// What a decision brought that clients are told of beside the values.
struct Arrivals {
    std::vector<uint32_t> files;                        ///< transferred now
    std::map<uint32_t, std::vector<job::Range>> ranges; ///< filled now, of on-demand files
};

Arrivals adopt_files(JobRecord& entry, const std::map<uint32_t, job::File>& files);

/// Text of the job and those of its files that `files` names, as they are.
uint64_t memory_size(const JobRecord& entry, const std::map<uint32_t, job::File>& files);

/// Sizes as clients see them: durable or displayed bytes of all files.
struct Tally {
    uint64_t total = 0; ///< UnknownSize if one file's size is not known
    uint64_t transferred = 0;
};
Tally tally_of(const JobRecord& entry);
/// Bytes of one file, in transfer or not.
uint64_t transferred_of(const JobRecord& entry, uint32_t index);

} // namespace haulier::daemon
