// SPDX-License-Identifier: LGPL-2.1-or-later
// A job changes hands (BITS 8.3). Each owner's worker can only touch files of its own, so what the former
// owner's has made is deleted by that one, and the new owner's begins anew. The new owner's worker looks
// first at where it would have to go: whoever chose the places must not be able to lead it elsewhere.
#include "daemon/manager/manager.hpp"

#include "daemon/common/batch.hpp"
#include "daemon/manager/transfer_orders.hpp"

#include <fmt/core.h>

namespace haulier::daemon {

namespace {

CheckItem foreign(const std::string& path, bool upload) {
    CheckItem item;
    item.directory = job::directory_of(path);
    item.name = job::name_of(path);
    item.upload = upload;
    item.foreign = true;
    return item;
}

/// Where the worker of a new owner would read and write.
std::vector<CheckItem> places_of(const JobRecord& entry) {
    auto job = entry.job;
    job.reply_file_name.clear(); // as it will be
    std::vector<CheckItem> places;
    for (const auto& file : entry.files)
        if (!file.completed) places.push_back(foreign(file.spec.local, job::is_upload(job.type)));
    if (job.type == job::Type::UploadReply && !places.empty())
        places.push_back(foreign(job::reply_file(job, entry.files), false));
    return places;
}

Error busy_changing(const job::Job& job) {
    return {Errc::InvalidState, fmt::format("somebody is taking job {} already", job.id.hex)};
}

} // namespace

void Manager::take_ownership(const job::Id& id, uint32_t uid, const Callback<Done>& reply) {
    // So that the files in memory are the latest.
    if (auto status = commits_.flush(); !status) return reply(status.error());
    auto* entry = record_of(id);
    auto own = [=](const job::Job& job, Now now) { return job::take_ownership(job, uid, now); };
    if (!entry || entry->job.owner == uid || job::is_final(entry->job.state)) return verb(id, own, reply);
    if (entry->changing_hands) return reply(busy_changing(entry->job));
    if (auto ok = job::take_ownership(entry->job, uid, clock_.now()); !ok) return reply(ok.error());
    if (auto ok = admit_owner(*entry, uid); !ok) return reply(ok.error());

    entry->changing_hands = true;
    ++questions_;
    auto done = [=, this](const Status& status) {
        --questions_;
        if (auto* now = record_of(id)) now->changing_hands = false;
        schedule_soon();
        reply(status);
        on_activity_();
    };
    auto places = places_of(*entry);
    workers_.check(uid, places, [=, this](const Status& status) {
        if (!status) return done(status);
        leave_behind(id, uid, places, done);
    });
}

/// What is here belongs to the former owner, and so do the transfers under way.
void Manager::leave_behind(const job::Id& id, uint32_t uid, const Places& places,
                           const Callback<Done>& done) {
    if (auto status = commits_.flush(); !status) return done(status);
    auto* entry = record_of(id);
    if (!entry) return done(latest(id).error());
    auto decision = job::release_ownership(entry->job, entry->files, clock_.now());
    if (!decision) return done(decision.error());
    for (auto& [index, transfer] : entry->transfers)
        transfer.lost = true;
    commits_.stage(std::move(*decision), [=, this](const Status& stored) {
        for (auto& [index, transfer] : record_of(id)->transfers)
            transfer.lost = static_cast<bool>(stored);
        if (!stored) return done(stored);
        discard_for(id, [=, this](const Status& status) {
            if (!status) return done(status);
            transfer_ownership(id, uid, places, done);
        });
    });
}

/// By the former owner's worker, while the job is still theirs.
void Manager::discard_for(const job::Id& id, const Callback<Done>& then) {
    const auto& entry = *record_of(id);
    if (!entry.job.resumed) return then(Done{});
    auto rest = leftovers(entry, true);
    auto count = rest.size();
    auto step = [this, owner = entry.job.owner, rest = std::move(rest)](size_t i,
                                                                        const Callback<Done>& next) {
        workers_.discard(owner, rest[i].directory, rest[i].temporary, next);
    };
    run_batch(count, step, then);
}

void Manager::transfer_ownership(const job::Id& id, uint32_t uid, const Places& places,
                                 const Callback<Done>& done) {
    if (auto status = commits_.flush(); !status) return done(status);
    const auto* entry = find(id);
    if (!entry) return done(latest(id).error());
    // Nobody has looked at what was added since.
    if (places_of(*entry) != places)
        return done(Error{Errc::InvalidState,
                          fmt::format("the files of job {} were changed while it was taken", id.hex)});
    auto decision = job::take_ownership(entry->job, uid, clock_.now());
    if (!decision) return done(decision.error());
    if (auto ok = admit_owner(*entry, uid); !ok) return done(ok);
    commits_.stage(std::move(*decision), done);
}

} // namespace haulier::daemon
