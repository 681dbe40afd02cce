// SPDX-License-Identifier: LGPL-2.1-or-later
// haulierctl wait.
#include "cli/follow.hpp"
#include "cli/output.hpp"

namespace haulier::cli {

Outcome<Exit> wait(const Common& common, const std::string& job, bool complete) {
    auto client = Client::connect(common.access);
    if (!client) return client.error();
    auto id = (*client)->resolve(job);
    if (!id) return id.error();
    // Nobody is asked for a password for signals: so it is for the job itself, before.
    if (common.access.all_users)
        if (auto allowed = (*client)->properties(*id); !allowed) return allowed.error();
    auto ended = complete ? follow_to_the_end(**client, common, *id) : follow(**client, common, *id);
    if (!ended) return ended.error();
    if (common.json) print_json(to_json(*id, *ended));
    return report(common, *id, *ended);
}

} // namespace haulier::cli
