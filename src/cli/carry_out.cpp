// SPDX-License-Identifier: LGPL-2.1-or-later
#include "cli/carry_out.hpp"

#include "cli/follow.hpp"
#include "cli/names.hpp"
#include "cli/output.hpp"

#include <fmt/core.h>

namespace haulier::cli {

namespace {

/// The key belongs to an unfinished job: it must be ours, that is do the same, and it goes on now. The daemon
/// keeps a user name in the URL elsewhere.
Outcome<Done> join(Client& client, const std::string& id, const NewJob& wanted) {
    auto files = client.files(id);
    if (!files) return files.error();
    auto properties = client.properties(id);
    if (!properties) return properties.error();
    const auto& file = wanted.files.front();
    if (properties->value("Type", "") != wanted.type || files->size() != 1 ||
        files->front()["RemoteName"] != without_user(file.remote) ||
        files->front()["LocalName"] != file.local)
        return Failure{Exit::Failed,
                       fmt::format("the key is that of job {}, which does something else", short_id(id))};
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

Outcome<Exit> carry_out(const Common& common, const Errand& errand) {
    auto client = Client::connect(common.access);
    if (!client) return client.error();
    auto made = (*client)->create(errand.job);
    if (!made) return made.error();
    if (!made->created)
        if (auto joined = join(**client, made->id, errand.job); !joined) return joined.error();
    if (errand.no_wait) return started(common, *made);

    auto ended = follow_to_the_end(**client, common, made->id);
    if (!ended) return ended.error();
    if (common.json) {
        auto out = to_json(made->id, *ended);
        out[errand.result_name] = errand.result;
        print_json(out);
    } else if (ended->end == End::Completed) {
        print(errand.result + "\n");
    }
    return report(common, made->id, *ended);
}

} // namespace haulier::cli
