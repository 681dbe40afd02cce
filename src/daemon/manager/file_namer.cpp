// SPDX-License-Identifier: LGPL-2.1-or-later
#include "daemon/manager/file_namer.hpp"

#include "base/log.hpp"
#include "daemon/manager/transfer_orders.hpp"
#include "job/outcomes.hpp"

#include <fmt/core.h>
#include <utility>

namespace haulier::daemon {

namespace {

/// Of one job.
constexpr size_t MostNamings = 512;

} // namespace

void FileNamer::name(const job::Id& id, const std::vector<uint32_t>& indexes) {
    if (indexes.empty()) return;
    auto* record = context_.jobs.find(id);
    if (!record) return;
    for (auto index : indexes)
        record->namings.try_emplace(index, Naming{record->working_files()[index].spec.local, false, {}});
    order(*record);
}

void FileNamer::restart(const JobRecord& record) {
    std::vector<uint32_t> indexes;
    for (uint32_t i = 0; i < record.durable_file_count(); ++i)
        if (record.durable_file(i).naming) indexes.push_back(i);
    name(record.durable().id, indexes);
}

/// Files of the same name are renamed and stored one by one. Otherwise, after a crash, an overwritten file
/// could not be distinguished from a lost one.
void FileNamer::order(JobRecord& record) {
    const auto id = record.working().id;
    if (job::is_final(record.working().state)) return give_up(record);
    for (auto& [index, naming] : record.namings) {
        if (record.names_in_use.size() >= MostNamings) return;
        if (naming.ordered || !record.names_in_use.insert(naming.local).second) continue;
        naming.ordered = true;
        context_.workers.publish(
            record.working().owner, publish_order(record, index),
            [this, id, index = index](const Result<std::string>& name) { answered(id, index, name); });
    }
}

/// The job has ended, and files that have not been ordered yet are dropped.
void FileNamer::give_up(JobRecord& record) {
    std::vector<Callback<Done>> waiting;
    std::erase_if(record.namings, [&](const auto& entry) {
        if (entry.second.ordered) return false;
        waiting.insert(waiting.end(), entry.second.waiting.begin(), entry.second.waiting.end());
        return true;
    });
    Error ended{Errc::InvalidState, fmt::format("job {} has ended", record.working().id.hex)};
    for (const auto& done : waiting)
        done(ended);
}

void FileNamer::answered(const job::Id& id, uint32_t index, const Result<std::string>& name) {
    const auto* record = context_.jobs.find(id);
    if (!record) return;
    const auto& job = record->working();
    const auto& files = record->working_files();
    auto now = context_.clock.now();
    if (!name) log::warning(name.error().message, {{log::field::Job, id.hex}});
    auto status = name ? Status{Done{}} : Status{name.error()};
    auto decision =
        name ? job::named(job, index, files, *name, now) : job::unnamed(job, index, files, name.error(), now);
    if (!decision) return ended(id, index, status);
    context_.commits.stage(std::move(*decision),
                           [=, this](const Status& stored) { ended(id, index, stored ? status : stored); });
}

void FileNamer::ended(const job::Id& id, uint32_t index, const Status& status) {
    auto* record = context_.jobs.find(id);
    if (!record) return;
    auto naming = record->namings.extract(index);
    if (!naming) return;
    record->names_in_use.erase(naming.mapped().local);
    order(*record);
    for (const auto& done : naming.mapped().waiting)
        done(status);
}

void FileNamer::await(const job::Id& id, uint32_t index, const Callback<Done>& done) {
    auto* record = context_.jobs.find(id);
    if (!record) return done(not_found(id));
    auto naming = record->namings.find(index);
    if (naming == record->namings.end()) return done(Done{});
    naming->second.waiting.push_back(done);
}

void FileNamer::when_quiet(const job::Id& id, const std::function<void()>& then) {
    const auto* record = context_.jobs.find(id);
    if (!record || record->namings.empty()) return then();
    await(id, record->namings.begin()->first, [=, this](const Status&) { when_quiet(id, then); });
}

} // namespace haulier::daemon
