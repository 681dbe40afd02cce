// SPDX-License-Identifier: LGPL-2.1-or-later
// haulierctl set: any property of a job that can be written.
#include "cli/create.hpp"
#include "cli/output.hpp"

namespace haulier::cli {

Outcome<Exit> set(const Common& common, const std::string& job, const std::vector<std::string>& assignments) {
    auto values = parse_assignments(assignments, now_usec());
    if (!values) return values.error();
    auto client = Client::connect(common.access);
    if (!client) return client.error();
    auto id = (*client)->resolve_unfinished(job);
    if (!id) return id.error();
    Json names = Json::array();
    for (const auto& [name, value] : *values) {
        if (auto done = (*client)->set(*id, name, value); !done) return done.error();
        names.push_back(name);
    }
    if (common.json) print_json({{"Id", *id}, {"Set", names}});
    return Exit::Ok;
}

} // namespace haulier::cli
