// SPDX-License-Identifier: LGPL-2.1-or-later
#include "cli/client.hpp"

#include <fmt/core.h>

namespace haulier::cli {

namespace {

std::vector<Candidate> candidates_of(const std::vector<Json>& jobs) {
    std::vector<Candidate> candidates;
    for (const auto& properties : jobs) {
        auto job = view_of(properties);
        candidates.push_back({job.id, job.key, job.name, job.state, user_name(job.owner)});
    }
    return candidates;
}

} // namespace

Result<std::string, Failure> resolve(Client& client, const std::string& text, bool all_users) {
    if (auto id = full_id(text)) return *id;
    auto own = client.list({}, false);
    if (!own) return own.error();
    auto found = pick(candidates_of(*own), text);
    if (found || !all_users) return found;
    auto all = client.list({}, true);
    if (!all) return all.error();
    return pick(candidates_of(*all), text);
}

Result<std::string, Failure> resolve_unfinished(Client& client, const std::string& text, bool all_users) {
    auto id = resolve(client, text, all_users);
    if (!id || !full_id(text)) return id;
    auto job = client.properties(*id);
    if (!job) return job.error();
    if (has_ended(view_of(*job)))
        return Failure{Exit::NoSuchJob, fmt::format("job {} has ended and cannot be changed", short_id(*id))};
    return id;
}

} // namespace haulier::cli
