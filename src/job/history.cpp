// SPDX-License-Identifier: LGPL-2.1-or-later
#include "job/history.hpp"

#include <numeric>

namespace haulier::job {

namespace {

/// A name that contains a URL is replaced, because the URL may be secret.
std::string safe_name(const std::string& display_name, const std::string& target) {
    if (display_name.find("://") == std::string::npos) return display_name;
    return name_of(target);
}

} // namespace

Outcome outcome_of(const Job& job) {
    if (job.state == State::Cancelled) return job.expired ? Outcome::Expired : Outcome::Cancelled;
    return job.files_transferred == job.files_total ? Outcome::Complete : Outcome::Partial;
}

EndedJob ended_job(const Job& job, std::span<const File> files) {
    EndedJob ended;
    ended.id = job.id;
    ended.type = job.type;
    ended.owner = job.owner;
    ended.outcome = outcome_of(job);
    ended.created = job.created;
    ended.ended = job.modified;
    ended.active_for = job.active_for;
    ended.bytes = std::accumulate(files.begin(), files.end(), uint64_t{0},
                                  [](uint64_t sum, const File& file) { return sum + file.offset; });
    ended.files_total = listed_files(job);
    ended.files_transferred = arrived_files(job);
    if (job.error) ended.cause = job.error->cause;
    if (job.error) ended.code = job.error->code;
    ended.target = target_of(files);
    ended.app_id = job.app_id;
    ended.app_id_source = job.app_id_source;
    ended.visibility = job.visibility;
    ended.display_name = safe_name(job.display_name, ended.target);
    return ended;
}

} // namespace haulier::job
