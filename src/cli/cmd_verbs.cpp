// SPDX-License-Identifier: LGPL-2.1-or-later
// haulierctl suspend, resume, cancel, take and complete, each for one job or several.
#include "cli/client.hpp"
#include "cli/commands.hpp"
#include "cli/output.hpp"

#include <fmt/core.h>
#include <functional>

namespace haulier::cli {

namespace {

const char* past_of(Verb verb) {
    switch (verb) {
    case Verb::Suspend: return "suspended";
    case Verb::Resume: return "resumed";
    case Verb::Cancel: return "cancelled";
    case Verb::TakeOwnership: return "taken";
    }
    return "";
}

/// Does `deed` to each; complains about each that refuses.
Outcome<Exit> each(const Common& common, const std::vector<std::string>& jobs,
                   const std::function<Outcome<Done>(Client&, const std::string& id)>& deed) {
    auto client = Client::connect(common.access);
    if (!client) return client.error();
    auto code = Exit::Ok;
    for (const auto& job : jobs) {
        auto id = (*client)->resolve_unfinished(job);
        auto done = id ? deed(**client, *id) : Outcome<Done>{id.error()};
        if (done) continue;
        if (jobs.size() == 1) return done.error();
        complain(fmt::format("{}: {}", job, done.error().message));
        if (code == Exit::Ok) code = done.error().code;
    }
    return code;
}

} // namespace

Outcome<Exit> command(const Common& common, const std::vector<std::string>& jobs, Verb verb) {
    return each(common, jobs, [&](Client& client, const std::string& id) {
        auto done = client.command(id, verb);
        if (done && common.json) print_json_line({{"Id", id}, {"Result", past_of(verb)}});
        return done;
    });
}

Outcome<Exit> complete(const Common& common, const std::vector<std::string>& jobs) {
    return each(common, jobs, [&](Client& client, const std::string& id) -> Outcome<Done> {
        auto done = client.complete(id);
        if (!done) return done.error();
        if (common.json)
            print_json_line(
                {{"Id", id}, {"Result", done->result}, {"Kept", done->kept}, {"Dropped", done->dropped}});
        else if (!common.quiet)
            print(fmt::format("{}  {}, {} kept, {} dropped\n", short_id(id), done->result, done->kept,
                              done->dropped));
        return Done{};
    });
}

} // namespace haulier::cli
