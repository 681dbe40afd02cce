// SPDX-License-Identifier: LGPL-2.1-or-later
#include "cli/client.hpp"

#include "cli/i18n.hpp"

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

struct Found {
    std::string id;
    std::optional<bool> has_ended; ///< nothing: unknown
};

/// The last of the recently ended jobs that can still be read: several of them may have had the same key.
std::optional<Found> find_ended(Client& client, const std::string& text, bool all_users) {
    auto ended = client.list({"acknowledged", "cancelled"}, all_users);
    if (!ended) return std::nullopt;
    auto found = matching(candidates_of(*ended), text);
    return found.empty() ? std::nullopt : std::optional{Found{found.back().id, true}};
}

Result<Found, Failure> find(Client& client, const std::string& text, bool all_users) {
    if (auto id = full_id(text)) return Found{*id, std::nullopt};
    auto jobs = client.list({}, false);
    if (!jobs) return jobs.error();
    auto candidates = candidates_of(*jobs);
    if (all_users && !pick(candidates, text)) {
        jobs = client.list({}, true);
        if (!jobs) return jobs.error();
        candidates = candidates_of(*jobs);
    }
    if (matching(candidates, text).empty())
        if (auto ended = find_ended(client, text, all_users)) return *ended;
    auto id = pick(candidates, text);
    if (!id) return id.error();
    return Found{*id, false};
}

} // namespace

Result<std::string, Failure> resolve(Client& client, const std::string& text, bool all_users) {
    auto found = find(client, text, all_users);
    if (!found) return found.error();
    return found->id;
}

Result<std::string, Failure> resolve_unfinished(Client& client, const std::string& text, bool all_users) {
    auto found = find(client, text, all_users);
    if (!found) return found.error();
    if (!found->has_ended) {
        auto job = client.properties(found->id);
        if (!job) return job.error();
        found->has_ended = has_ended(view_of(*job));
    }
    if (*found->has_ended) return already_ended(found->id);
    return found->id;
}

Failure already_ended(const std::string& id) {
    return {Exit::NoSuchJob, translate("job {} has ended and cannot be changed", short_id(id))};
}

} // namespace haulier::cli
