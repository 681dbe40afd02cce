// SPDX-License-Identifier: LGPL-2.1-or-later
#include "daemon/manager/statistics.hpp"

#include "job/history.hpp"

namespace haulier::daemon {

namespace {

uint64_t& end_of(job::Counters& counters, job::Outcome outcome) {
    switch (outcome) {
    case job::Outcome::Complete:
    case job::Outcome::Partial: break;
    case job::Outcome::Cancelled: return counters.jobs_cancelled;
    case job::Outcome::Expired: return counters.jobs_expired;
    }
    return counters.jobs_completed;
}

bool became_final(const JobChange& change) {
    return job::is_final(change.after->state) && change.before && !job::is_final(change.before->state);
}

bool has_failed(const JobChange& change) {
    return change.after->state == job::State::Error && change.before &&
           change.before->state != job::State::Error;
}

} // namespace

void Statistics::add(uint32_t owner, const job::Counters& more) {
    auto& counters = owners_[owner];
    for (const auto& counter : job::AllCounters)
        counters.*counter.value += more.*counter.value;
}

void Statistics::add(const JobChange& change) {
    job::Counters counters;
    counters.bytes_discarded = change.discarded;
    counters.files_restarted = change.restarted;
    if (!change.before) counters.jobs_created = 1;
    if (became_final(change)) end_of(counters, job::outcome_of(*change.after)) = 1;
    if (has_failed(change)) counters.jobs_failed = 1;
    if (change.before && change.after->failures > change.before->failures)
        counters.retries = change.after->failures - change.before->failures;
    if (counters != job::Counters{}) add(change.after->owner, counters);
}

std::vector<job::Statistics> Statistics::all(WallTime since) const {
    std::vector<job::Statistics> all;
    for (const auto& [owner, counters] : owners_)
        all.push_back({owner, since, counters});
    return all;
}

} // namespace haulier::daemon
