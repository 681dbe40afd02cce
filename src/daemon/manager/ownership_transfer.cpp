// SPDX-License-Identifier: LGPL-2.1-or-later
#include "daemon/manager/ownership_transfer.hpp"

#include "daemon/common/batch.hpp"
#include "daemon/manager/transfer_orders.hpp"
#include "job/decide.hpp"

#include <fmt/core.h>

namespace haulier::daemon {

namespace {

CheckItem path_of_another_user(const job::Job& job, const std::string& path, bool upload) {
    auto place = job::place_in(job, job::directory_of(path), upload ? job::Use::Read : job::Use::Write);
    CheckItem item;
    item.directory = place.directory;
    item.root = place.root;
    item.name = job::name_of(path);
    item.upload = upload;
    item.foreign = true;
    if (!job.temporary_directory.empty())
        item.temporary = job::place_in(job, job.temporary_directory, job::Use::Write);
    return item;
}

/// Where the worker of a new owner would read and write.
std::vector<CheckItem> paths_of(const JobRecord& record) {
    auto job = record.working();
    job.reply_file_name.clear(); // as it will be
    std::vector<CheckItem> paths;
    for (const auto& file : record.working_files())
        if (!file.completed)
            paths.push_back(path_of_another_user(job, file.spec.local, job::is_upload(job.type)));
    if (job.type == job::Type::UploadReply && !paths.empty())
        paths.push_back(path_of_another_user(job, job::reply_file(job, record.working_files()), false));
    return paths;
}

Error busy(const job::Id& id) {
    return {Errc::InvalidState, fmt::format("another user is taking job {} already", id.hex)};
}

} // namespace

void OwnershipTransfer::take(const job::Id& id, uint32_t uid, const Callback<Done>& reply) {
    auto* record = context_.jobs.find(id);
    if (!record) return reply(not_found(id));
    bool is_owner = record->working().owner == uid;
    bool ended = job::is_final(record->working().state);
    if (!is_owner && !ended && record->changing_owner) return reply(busy(id));
    auto trial = job::take_ownership(record->working(), uid, context_.clock.now());
    if (!trial) return reply(trial.error());
    if (is_owner) return context_.commits.stage(std::move(*trial), reply);
    if (auto ok = admission_.admit_owner(*record, uid); !ok) return reply(ok.error());

    record->changing_owner = true;
    auto answer = context_.requests.track(reply);
    auto done = [=, this](const Status& status) {
        if (auto* now = context_.jobs.find(id)) now->changing_owner = false;
        on_end_();
        answer(status);
    };
    auto paths = paths_of(*record);
    context_.workers.check(uid, paths, [=, this](const Status& status) {
        if (!status) return done(status);
        namer_.when_quiet(id, [=, this] { release(id, uid, paths, done); });
    });
}

/// What was made so far belongs to the former owner, and so do the active transfers.
void OwnershipTransfer::release(const job::Id& id, uint32_t uid, const Paths& paths,
                                const Callback<Done>& done) {
    auto* record = context_.jobs.find(id);
    if (!record) return done(not_found(id));
    auto decision = job::release_ownership(record->working(), record->working_files(), context_.clock.now());
    if (!decision) return done(decision.error());
    for (auto& [index, transfer] : record->transfers)
        transfer.ignored = true;
    context_.commits.stage(std::move(*decision), [=, this](const Status& stored) {
        for (auto& [index, transfer] : context_.jobs.find(id)->transfers)
            transfer.ignored = static_cast<bool>(stored);
        if (!stored) return done(stored);
        discard_files(id, [=, this](const Status& status) {
            if (!status) return done(status);
            finish(id, uid, paths, done);
        });
    });
}

/// By the former owner's worker, while the job is still theirs.
void OwnershipTransfer::discard_files(const job::Id& id, const Callback<Done>& done) {
    const auto& record = *context_.jobs.find(id);
    if (!record.working().resumed) return done(Done{});
    auto rest = leftovers(record, true);
    auto count = rest.size();
    auto step = [this, owner = record.working().owner, rest = std::move(rest)](size_t i,
                                                                               const Callback<Done>& next) {
        context_.workers.discard(owner, {rest[i].directory, rest[i].temporary, {}, rest[i].root}, next);
    };
    run_batch(count, step, done);
}

void OwnershipTransfer::finish(const job::Id& id, uint32_t uid, const Paths& paths,
                               const Callback<Done>& done) {
    const auto* record = context_.jobs.find(id);
    if (!record) return done(not_found(id));
    // The worker has not checked what was added since.
    if (paths_of(*record) != paths)
        return done(Error{Errc::InvalidState,
                          fmt::format("the files of job {} were changed while it was taken", id.hex)});
    auto decision = job::take_ownership(record->working(), uid, context_.clock.now());
    if (!decision) return done(decision.error());
    if (auto ok = admission_.admit_owner(*record, uid); !ok) return done(ok);
    context_.commits.stage(std::move(*decision), done);
}

} // namespace haulier::daemon
