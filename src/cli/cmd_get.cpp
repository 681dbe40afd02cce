// SPDX-License-Identifier: LGPL-2.1-or-later
// haulierctl get: one file, from the wish to the file in its place.
#include "cli/create.hpp"
#include "cli/follow.hpp"
#include "cli/output.hpp"

#include <fmt/core.h>

namespace haulier::cli {

namespace {

/// The key belongs to an unfinished job: it must be ours, that is fetch the same, and it goes on now.
Outcome<Done> join(Client& client, const std::string& id, const NewFile& wanted) {
    auto files = client.files(id);
    if (!files) return files.error();
    if (files->size() != 1 || files->front()["RemoteName"] != wanted.remote ||
        files->front()["LocalName"] != wanted.local)
        return Failure{Exit::Failed,
                       fmt::format("the key is that of job {}, which fetches something else", short_id(id))};
    auto properties = client.properties(id);
    if (!properties) return properties.error();
    auto job = view_of(*properties);
    if (job.state == "suspended" || job.state == "error") return client.command(id, Verb::Resume);
    return Done{};
}

Exit started(const Common& common, const Created& made) {
    if (common.json)
        print_json({{"Id", made.id}, {"Created", made.created}});
    else
        print(made.id + "\n");
    return Exit::Ok;
}

} // namespace

Outcome<Exit> get(const Common& common, const GetOptions& options) {
    auto file = new_file(options.url, options.file);
    if (!file) return file.error();
    file->checksum = options.checksum;
    auto job = new_job(options.job, {*file});
    if (!job) return job.error();
    job->resume = true;

    auto client = Client::connect(common.scope());
    if (!client) return client.error();
    auto made = (*client)->create(*job);
    if (!made) return made.error();
    if (!made->created)
        if (auto joined = join(**client, made->id, *file); !joined) return joined.error();
    if (options.no_wait) return started(common, *made);

    auto ended = follow_to_the_end(**client, common, made->id);
    if (!ended) return ended.error();
    if (common.json) {
        auto out = to_json(made->id, *ended);
        out["File"] = file->local;
        print_json(out);
    } else if (ended->end == End::Completed) {
        print(file->local + "\n");
    }
    return report(common, made->id, *ended);
}

} // namespace haulier::cli
