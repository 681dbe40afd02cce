// SPDX-License-Identifier: LGPL-2.1-or-later
// haulierctl show: a job on one screen, or with --all everything that is known about it.
#include "cli/commands.hpp"
#include "cli/job_details.hpp"
#include "cli/output.hpp"
#include "cli/rates.hpp"
#include "cli/text.hpp"

#include <algorithm>
#include <array>
#include <fmt/core.h>
#include <iterator>
#include <unistd.h>

namespace haulier::cli {

namespace {

using Rows = std::vector<std::vector<std::string>>;

// ---- everything ----

std::string file_text(const Json& file) {
    std::string out = fmt::format("File {}\n", format_value("Index", file["Index"]));
    Rows rows;
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

std::string full_text(const Json& properties, const std::vector<Json>& files) {
    Rows rows;
    auto shown = ordered(properties);
    for (const auto& [name, value] : shown.items())
        rows.push_back({name + ":", format_value(name, value)});
    auto out = table(rows);
    for (const auto& file : files)
        out += file_text(file);
    return out;
}

Result<Exit, Failure> print_screen(const Common& common, OpenedJob& opened, Json properties,
                                   const std::vector<Json>& files) {
    auto& client = *opened.client;
    std::vector<Json> jobs{properties};
    auto read = [&]() -> Result<std::vector<Json>, Failure> {
        auto again = client.properties(opened.id);
        if (!again) return again.error();
        return std::vector<Json>{*again};
    };
    auto rates = common.prints_on_terminal ? measure_rates(client, jobs, read) : Rates{};
    if (!rates) return rates.error();
    auto job = view_of(jobs.front());
    std::string meaning;
    if (!job.error_name.empty())
        if (auto found = client.describe(job.error_name, static_cast<int32_t>(job.error_code)))
            meaning = *found;
    std::vector<FileView> views;
    std::transform(files.begin(), files.end(), std::back_inserter(views), file_view_of);
    auto rate = rates->find(opened.id);
    auto rows =
        job_details(jobs.front(), views, rate == rates->end() ? std::nullopt : std::optional{rate->second},
                    meaning, common.access.scope);
    print(common.prints_on_terminal ? fitted_details(rows, terminal_size(STDOUT_FILENO).columns)
                                    : table(rows));
    return Exit::Ok;
}

} // namespace

Result<Exit, Failure> show(const Common& common, const ShowOptions& options) {
    auto opened = open_job(common, options.job);
    if (!opened) return opened.error();
    auto properties = opened->client->properties(opened->id);
    if (!properties) return properties.error();
    auto files = opened->client->files(opened->id);
    if (!files) return files.error();
    if (!common.json && !options.all) return print_screen(common, *opened, *properties, *files);
    if (!common.json) {
        print(full_text(*properties, *files));
        return Exit::Ok;
    }
    auto out = to_public_json(*properties);
    out["Files"] = Json::array();
    for (const auto& file : *files)
        out["Files"].push_back(to_public_json(file));
    print_json(out);
    return Exit::Ok;
}

} // namespace haulier::cli
