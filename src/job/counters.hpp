// SPDX-License-Identifier: LGPL-2.1-or-later
// What is counted for each owner of jobs, each described once.
#pragma once

#include "base/clock.hpp"

#include <array>
#include <cstdint>
#include <string_view>

namespace haulier::job {

struct Counters {
    uint64_t bytes_received = 0;
    uint64_t bytes_sent = 0;
    uint64_t bytes_discarded = 0; ///< transferred in vain: they are transferred again
    uint64_t jobs_created = 0;
    uint64_t jobs_completed = 0; ///< also without some of their files
    uint64_t jobs_failed = 0;    ///< each time that a job goes to `error`
    uint64_t jobs_cancelled = 0;
    uint64_t jobs_expired = 0;
    uint64_t retries = 0; ///< failures of files that are tried again
    uint64_t files_restarted = 0;
    bool operator==(const Counters&) const = default;
};

/// Of one owner.
struct Statistics {
    uint32_t owner = 0;
    WallTime since; ///< when counting began
    Counters counters;
    bool operator==(const Statistics&) const = default;
};

struct Counter {
    uint64_t Counters::*value;
    std::string_view name;   ///< on the bus
    std::string_view column; ///< in the store
};
inline constexpr std::array AllCounters{
    Counter{&Counters::bytes_received, "BytesReceived", "bytes_received"},
    Counter{&Counters::bytes_sent, "BytesSent", "bytes_sent"},
    Counter{&Counters::bytes_discarded, "BytesDiscarded", "bytes_discarded"},
    Counter{&Counters::jobs_created, "JobsCreated", "jobs_created"},
    Counter{&Counters::jobs_completed, "JobsCompleted", "jobs_completed"},
    Counter{&Counters::jobs_failed, "JobsFailed", "jobs_failed"},
    Counter{&Counters::jobs_cancelled, "JobsCancelled", "jobs_cancelled"},
    Counter{&Counters::jobs_expired, "JobsExpired", "jobs_expired"},
    Counter{&Counters::retries, "Retries", "retries"},
    Counter{&Counters::files_restarted, "FilesRestarted", "files_restarted"},
};

} // namespace haulier::job
