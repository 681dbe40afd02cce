// SPDX-License-Identifier: LGPL-2.1-or-later
#include "cli/run_transfer.hpp"

#include "cli/names.hpp"
#include "cli/output.hpp"
#include "cli/wait_for_end.hpp"

#include <fmt/core.h>

namespace haulier::cli {

namespace {

/// The daemon removes a user name from the URL.
bool has_url(const Json& file, const NewJob& wanted) {
    return file["RemoteName"] == without_user(wanted.files.front().remote);
}

/// Whether an existing job does what is wanted. The URL of a download may differ, because links expire.
bool is_same(const Json& properties, const std::vector<Json>& files, const NewJob& wanted) {
    return properties.value("Type", "") == wanted.type && files.size() == 1 &&
           files.front()["LocalName"] == wanted.files.front().local &&
           (wanted.type == "download" || has_url(files.front(), wanted));
}

bool rests(const JobView& job) {
    return job.state == "suspended" || job.state == "error" || job.state == "transient-error";
}

/// Continues the unfinished job that has the key, if it does the same.
Result<Done, Failure> continue_existing(Client& client, const std::string& id, const NewJob& wanted) {
    auto files = client.files(id);
    if (!files) return files.error();
    auto properties = client.properties(id);
    if (!properties) return properties.error();
    if (!is_same(*properties, *files, wanted))
        return Failure{Exit::Failed,
                       fmt::format("job {} has this key, but does something else", short_id(id))};
    auto job = view_of(*properties);
    const auto& url = wanted.files.front().remote;
    bool new_login = without_user(url) != url && wanted.type == "download" && rests(job);
    bool renewed = new_login || !has_url(files->front(), wanted);
    if (renewed)
        if (auto renamed = client.rename(id, 0, url); !renamed) return renamed;
    bool waits = job.state == "transient-error" && !renewed;
    return rests(job) && !waits ? client.command(id, Verb::Resume) : Done{};
}

} // namespace

Result<Exit, Failure> run_transfer(Client& client, const Common& common, const TransferPlan& plan) {
    auto made = client.create(plan.job);
    if (!made) return made.error();
    if (!made->created)
        if (auto continued = continue_existing(client, made->id, plan.job); !continued)
            return continued.error();
    if (plan.no_wait) return print_created(common, *made);

    auto ended = wait_and_complete(client, common, made->id);
    if (!ended) return ended.error();
    if (common.json) {
        auto out = to_json(made->id, *ended);
        out[plan.result_name] = plan.result;
        print_json(out);
    } else if (ended->end == End::Completed) {
        print(plan.result + "\n");
    }
    return report(common, made->id, *ended);
}

Exit print_created(const Common& common, const Created& made) {
    if (common.json)
        print_json({{"Id", made.id}, {"Created", made.created}});
    else
        print(made.id + "\n");
    return Exit::Ok;
}

} // namespace haulier::cli
