// SPDX-License-Identifier: LGPL-2.1-or-later
// haulierctl errors: why jobs fail, and what that means.
#include "cli/client.hpp"
#include "cli/commands.hpp"
#include "cli/output.hpp"
#include "cli/text.hpp"
#include "cli/users.hpp"

#include <fmt/core.h>

namespace haulier::cli {

namespace {

/// Properties of the jobs that have failed or will be tried again.
Outcome<std::vector<Json>> candidates(Client& client, const std::string& job) {
    if (job.empty()) return client.jobs({"error", "transient-error"});
    auto id = client.resolve(job);
    if (!id) return id.error();
    auto properties = client.properties(*id);
    if (!properties) return properties.error();
    return std::vector<Json>{*properties};
}

struct Trouble {
    Json job;
    Json error; ///< presented
    std::string meaning;
};

/// Jobs without an error are left out.
Outcome<std::vector<Trouble>> troubles_of(Client& client, const std::vector<Json>& jobs) {
    std::vector<Trouble> all;
    for (const auto& job : jobs) {
        auto error = presented(job)["Error"];
        if (!error.is_object()) continue;
        auto meaning = client.describe(error.value("Name", ""), error.value("Code", 0));
        if (!meaning) return meaning.error();
        all.push_back({job, error, *meaning});
    }
    return all;
}

Json to_json(const Trouble& trouble) {
    Json out{{"Id", trouble.job["Id"]},
             {"Owner", trouble.job["Owner"]},
             {"DisplayName", trouble.job["DisplayName"]}};
    out["State"] = trouble.job["State"];
    out["Error"] = trouble.error;
    out["Meaning"] = trouble.meaning;
    return out;
}

std::string to_text(const Trouble& trouble, bool owners) {
    auto job = view_of(trouble.job);
    auto file = trouble.error["File"];
    auto where = file.is_null() ? "" : fmt::format(", file {}", file.dump());
    auto owner = owners ? harmless(user_name(job.owner)) + "  " : "";
    return fmt::format("{}  {}{}  {}\n  {}{}: {}\n  {}\n", short_id(job.id), owner, harmless(job.state),
                       harmless(job.name), harmless(trouble.error.value("Name", "")), where,
                       harmless(job.error_sentence), harmless(trouble.meaning));
}

} // namespace

Outcome<Exit> errors(const Common& common, const std::string& job) {
    auto client = Client::connect(common.access);
    if (!client) return client.error();
    auto jobs = candidates(**client, job);
    if (!jobs) return jobs.error();
    auto troubles = troubles_of(**client, *jobs);
    if (!troubles) return troubles.error();
    Json all = Json::array();
    std::string text;
    for (const auto& trouble : *troubles) {
        all.push_back(to_json(trouble));
        text += to_text(trouble, common.access.all_users);
    }
    if (common.json)
        print_json(all);
    else
        print(text);
    return Exit::Ok;
}

} // namespace haulier::cli
