// SPDX-License-Identifier: LGPL-2.1-or-later
// haulierctl list and show.
#include "cli/client.hpp"
#include "cli/commands.hpp"
#include "cli/defaults.hpp"
#include "cli/output.hpp"
#include "cli/text.hpp"
#include "cli/users.hpp"

#include <array>
#include <fmt/core.h>

namespace haulier::cli {

namespace {

/// Whose jobs they are is worth a column when they can be several people's.
void print_table(const std::vector<Json>& jobs, bool owners) {
    std::vector<std::vector<std::string>> rows{{"ID", "STATE", "DONE", "NAME"}};
    if (owners) rows.front().insert(rows.front().begin() + 1, "OWNER");
    for (const auto& properties : jobs) {
        auto job = view_of(properties);
        rows.push_back(
            {short_id(job.id), harmless(job.state), amount_text(job.done, job.total), harmless(job.name)});
        if (owners) rows.back().insert(rows.back().begin() + 1, harmless(user_name(job.owner)));
    }
    print(table(rows));
}

Json presented_all(const std::vector<Json>& objects) {
    Json all = Json::array();
    for (const auto& object : objects)
        all.push_back(presented(object));
    return all;
}

std::string file_text(const Json& file) {
    std::string out = fmt::format("File {}\n", in_words("Index", file["Index"]));
    std::vector<std::vector<std::string>> rows;
    for (const auto& [name, value] : file.items())
        if (name != "Index") rows.push_back({"  " + name + ":", in_words(name, value)});
    return out + table(rows);
}

/// What people look for first; the rest follows in the order of its names.
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
        rows.push_back({name + ":", in_words(name, value)});
    auto out = table(rows);
    for (const auto& file : files)
        out += file_text(file);
    print(out);
}

} // namespace

Outcome<Exit> list(const Common& common, const std::vector<std::string>& states) {
    auto client = Client::connect(common.access);
    if (!client) return client.error();
    auto jobs = (*client)->jobs(states);
    if (!jobs) return jobs.error();
    if (common.json)
        print_json(presented_all(*jobs));
    else if (!jobs->empty())
        print_table(*jobs, common.access.all_users);
    return Exit::Ok;
}

Outcome<Exit> show(const Common& common, const std::string& job, bool all) {
    auto client = Client::connect(common.access);
    if (!client) return client.error();
    auto id = (*client)->resolve(job);
    if (!id) return id.error();
    auto properties = (*client)->properties(*id);
    if (!properties) return properties.error();
    auto files = (*client)->files(*id);
    if (!files) return files.error();
    if (!common.json) {
        print_job(all ? *properties : remarkable(*properties), *files);
        return Exit::Ok;
    }
    auto out = presented(*properties);
    out["Files"] = presented_all(*files);
    print_json(out);
    return Exit::Ok;
}

} // namespace haulier::cli
