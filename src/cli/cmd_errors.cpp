// SPDX-License-Identifier: LGPL-2.1-or-later
// haulierctl errors: why jobs have failed.
#include "cli/commands.hpp"
#include "cli/i18n.hpp"
#include "cli/names.hpp"
#include "cli/output.hpp"
#include "cli/state_words.hpp"
#include "cli/text.hpp"

#include <fmt/core.h>

namespace haulier::cli {

namespace {

/// Properties of the jobs that have failed or will be retried.
Result<std::vector<Json>, Failure> candidates(Client& client, const std::string& job, bool all_users) {
    if (job.empty()) return client.list({"error", "transient-error"}, all_users);
    auto id = resolve(client, job, all_users);
    if (!id) return id.error();
    auto properties = client.properties(*id);
    if (!properties) return properties.error();
    return std::vector<Json>{*properties};
}

struct FailedJob {
    Json job;
    Json error; ///< public
    std::string meaning;
};

/// Omits jobs without an error.
Result<std::vector<FailedJob>, Failure> failed_jobs_of(Client& client, const std::vector<Json>& jobs) {
    std::vector<FailedJob> all;
    for (const auto& job : jobs) {
        auto error = to_public_json(job)["Error"];
        if (!error.is_object()) continue;
        auto meaning = client.describe(error.value("Name", ""), error.value("Code", 0));
        if (!meaning) return meaning.error();
        all.push_back({job, error, *meaning});
    }
    return all;
}

Json json_of(const FailedJob& failed) {
    Json out{
        {"Id", failed.job["Id"]}, {"Owner", failed.job["Owner"]}, {"DisplayName", failed.job["DisplayName"]}};
    out["State"] = failed.job["State"];
    out["Error"] = failed.error;
    out["Meaning"] = failed.meaning;
    return out;
}

std::string to_text(const FailedJob& failed, bool owners) {
    auto job = view_of(failed.job);
    auto file = failed.error["File"];
    auto where = file.is_null() ? "" : translate(", file {}", file.dump());
    auto owner = owners ? sanitize(user_name(job.owner)) + "  " : "";
    return fmt::format("{}  {}{}  {}\n  {}{}: {}\n  {}\n", short_id(job.id), owner, state_word(job.state),
                       sanitize(job.name), sanitize(failed.error.value("Name", "")), where,
                       sanitize(job.error_message), sanitize(failed.meaning));
}

} // namespace

Result<Exit, Failure> errors(const Common& common, const ErrorsOptions& options) {
    auto client = common.connect(common.access);
    if (!client) return client.error();
    auto jobs = candidates(**client, options.job, common.access.all_users);
    if (!jobs) return jobs.error();
    auto failed_jobs = failed_jobs_of(**client, *jobs);
    if (!failed_jobs) return failed_jobs.error();
    Json all = Json::array();
    std::string text;
    for (const auto& failed : *failed_jobs) {
        all.push_back(json_of(failed));
        text += to_text(failed, common.access.all_users);
    }
    if (common.json)
        print_json(all);
    else if (!failed_jobs->empty())
        print(text);
    else if (!common.quiet)
        print_stderr(options.job.empty() ? _("No job has failed.\n") : _("The job has not failed.\n"));
    return Exit::Ok;
}

} // namespace haulier::cli
