// SPDX-License-Identifier: LGPL-2.1-or-later
// haulierctl list and show.
#include "cli/commands.hpp"
#include "cli/create.hpp"
#include "cli/names.hpp"
#include "cli/output.hpp"
#include "cli/progress.hpp"
#include "cli/properties.hpp"
#include "cli/text.hpp"
#include "cli/wait_reason.hpp"

#include <algorithm>
#include <array>
#include <fmt/core.h>
#include <iterator>

namespace haulier::cli {

namespace {

/// The column is left out if every job waits for its turn only, as in most lists.
std::string reason_of(const JobView& job) {
    return job.wait_reason == "turn" ? "" : waiting_text(job, now_usec());
}

/// `owners`: with a column for the owners.
void print_table(const std::vector<Json>& jobs, bool owners) {
    std::vector<JobView> views;
    std::transform(jobs.begin(), jobs.end(), std::back_inserter(views), view_of);
    bool reasons =
        std::any_of(views.begin(), views.end(), [](const JobView& job) { return !reason_of(job).empty(); });
    std::vector<std::vector<std::string>> rows{{"ID", "STATE", "DONE", "NAME"}};
    if (reasons) rows.front().emplace_back("REASON");
    if (owners) rows.front().insert(rows.front().begin() + 1, "OWNER");
    for (const auto& job : views) {
        rows.push_back({short_id(job.id), sanitize(job.state), amount_of(job), sanitize(job.name)});
        if (reasons) rows.back().push_back(reason_of(job));
        if (owners) rows.back().insert(rows.back().begin() + 1, sanitize(user_name(job.owner)));
    }
    print(table(rows));
}

Json public_array(const std::vector<Json>& objects) {
    Json all = Json::array();
    for (const auto& object : objects)
        all.push_back(to_public_json(object));
    return all;
}

std::string file_text(const Json& file) {
    std::string out = fmt::format("File {}\n", format_value("Index", file["Index"]));
    std::vector<std::vector<std::string>> rows;
    for (const auto& [name, value] : file.items())
        if (name != "Index") rows.push_back({"  " + name + ":", format_value(name, value)});
    return out + table(rows);
}

/// Shown first; the other properties follow in the order in which the daemon sends them.
constexpr std::array First{"Id",    "DisplayName",      "State",     "WaitReason",
                           "Error", "BytesTransferred", "BytesTotal"};

Json ordered(const Json& properties) {
    Json out = Json::object();
    for (const char* name : First)
        if (properties.contains(name)) out[name] = properties[name];
    out.update(properties);
    return out;
}

void print_job(const Json& properties, const std::vector<Json>& files) {
    std::vector<std::vector<std::string>> rows;
    auto shown = ordered(properties);
    for (const auto& [name, value] : shown.items())
        rows.push_back({name + ":", format_value(name, value)});
    auto out = table(rows);
    for (const auto& file : files)
        out += file_text(file);
    print(out);
}

} // namespace

Result<Exit, Failure> list(const Common& common, const ListOptions& options) {
    auto client = common.connect(common.access);
    if (!client) return client.error();
    auto jobs = (*client)->list(options.states, common.access.all_users);
    if (!jobs) return jobs.error();
    if (common.json)
        print_json(public_array(*jobs));
    else if (!jobs->empty())
        print_table(*jobs, common.access.all_users);
    return Exit::Ok;
}

Result<Exit, Failure> show(const Common& common, const ShowOptions& options) {
    auto opened = open_job(common, options.job);
    if (!opened) return opened.error();
    auto properties = opened->client->properties(opened->id);
    if (!properties) return properties.error();
    auto files = opened->client->files(opened->id);
    if (!files) return files.error();
    if (!common.json) {
        print_job(options.all ? *properties : non_default(*properties), *files);
        return Exit::Ok;
    }
    auto out = to_public_json(*properties);
    out["Files"] = public_array(*files);
    print_json(out);
    return Exit::Ok;
}

} // namespace haulier::cli
