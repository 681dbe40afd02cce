// SPDX-License-Identifier: LGPL-2.1-or-later
// The methods of the manager about jobs that have ended.
#include "daemon/bus/exception_boundary.hpp"
#include "daemon/bus/manager_object.hpp"

#include <algorithm>

namespace haulier::bus {

namespace {

/// What one reply has room for, with long names and paths.
constexpr uint32_t EndsInOneList = 1000;

} // namespace

void ManagerObject::ListEndedJobs(sdbus::Result<std::vector<ListedEnd>>&& result, Options filter) {
    guarded_async(std::move(result), context_, [&](auto owed) {
        auto wanted = decode_history_filter(filter, true);
        if (!wanted) return owed->refuse(wanted.error());
        auto list = [this, owed, call = context_.filter.call(), wanted = wanted->ended](const Whose& whose) {
            auto ended = wanted;
            ended.owner = whose.owner;
            ended.app = whose.app;
            ended.limit = std::min(ended.limit, EndsInOneList);
            auto usual = ended.usual_visibility = context_.usual_visibility();
            auto reply = [owed, call, usual](const Result<std::vector<job::EndedJob>>& jobs) {
                if (!jobs) return owed->refuse(jobs.error());
                owed->write(call, [&](sd_bus_message* to) { append_ends(to, *jobs, usual); });
            };
            context_.manager.list_ended(ended, reply);
        };
        with_scope(owed, wanted->all_users, list);
    });
}

void ManagerObject::ForgetEndedJobs(sdbus::Result<uint32_t>&& result, Options filter) {
    guarded_async(std::move(result), context_, [&](auto owed) {
        auto wanted = decode_history_filter(filter, false);
        if (!wanted) return owed->refuse(wanted.error());
        with_scope(owed, wanted->all_users, [this, owed, wanted = wanted->ended](const Whose& whose) {
            auto ended = wanted;
            ended.owner = whose.owner;
            context_.manager.forget_ended(ended, answering(owed));
        });
    });
}

void ManagerObject::GetStatistics(sdbus::Result<std::vector<OwnerStatistics>>&& result, Options filter) {
    guarded_async(std::move(result), context_, [&](auto owed) {
        auto all_users = decode_statistics_filter(filter);
        if (!all_users) return owed->refuse(all_users.error());
        with_scope(owed, *all_users, [this, owed](const Whose& whose) {
            context_.manager.load_statistics(
                [owed, owner = whose.owner](const Result<std::vector<job::Statistics>>& all) {
                    if (!all) return owed->refuse(all.error());
                    std::vector<OwnerStatistics> wanted;
                    for (const auto& statistics : *all)
                        if (!owner || *owner == statistics.owner) wanted.push_back(encode(statistics));
                    owed->give(wanted);
                });
        });
    });
}

} // namespace haulier::bus
