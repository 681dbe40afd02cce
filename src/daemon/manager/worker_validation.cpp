// SPDX-License-Identifier: LGPL-2.1-or-later
#include "daemon/manager/worker_validation.hpp"

#include <fmt/core.h>

namespace haulier::daemon {

namespace {

/// Can a file be created where the reply to a new upload goes? Nothing for other jobs.
std::vector<CheckItem> check_of_reply(const job::Decision& trial) {
    if (trial.job.type != job::Type::UploadReply || trial.files.empty()) return {};
    auto path = job::reply_file(trial.job, trial.files.begin()->second.spec.local);
    CheckItem item;
    auto place = job::place_in(trial.job, job::directory_of(path), job::Use::Write);
    item.directory = place.directory;
    item.root = place.root;
    item.name = job::name_of(path);
    return {item};
}

Error owner_changed(const job::Job& job) {
    return {Errc::AccessDenied, fmt::format("job {} has another owner now", job.id.hex)};
}

} // namespace

/// Each file of the trial is freed as soon as it is not needed any more, because there may be thousands.
void WorkerValidation::check(job::Decision trial, ItemOf item, const Callback<Done>& done) {
    auto owner = trial.job.owner;
    auto more = admission_.growth_by(trial);
    if (auto ok = admission_.make_room(owner, more); !ok) return done(ok);
    auto reply_item = check_of_reply(trial);
    std::vector<CheckItem> items;
    items.reserve(trial.files.size());
    for (auto file = trial.files.begin(); file != trial.files.end(); file = trial.files.erase(file))
        items.push_back(item(file->second.spec, trial.job));
    admission_.reserve(owner, more.text);
    auto answer = context_.requests.track<Done>([=, this, text = more.text](const Status& status) {
        admission_.release(owner, text);
        done(status);
    });
    auto then = [=, this, reply = std::move(reply_item)](const Status& status) {
        if (!status) return answer(status);
        context_.workers.check(owner, reply, answer);
    };
    context_.workers.check(owner, std::move(items), then);
}

void WorkerValidation::decide_after_check(const Decide& decide, ItemOf item,
                                          const Callback<ChangedFiles>& reply) {
    auto trial = decide();
    if (!trial) return reply(trial.error());
    auto owner = trial->job.owner;
    check(std::move(*trial), item, [=, this](const Status& status) {
        if (!status) return reply(status.error());
        auto decision = decide();
        if (!decision) return reply(decision.error());
        // It was the former owner's worker that answered, and perhaps the former owner who asked.
        if (decision->job.owner != owner) return reply(owner_changed(decision->job));
        if (auto ok = admission_.admit(*decision); !ok) return reply(ok.error());
        ChangedFiles changed;
        if (!decision->files.empty()) changed.first = decision->files.begin()->first;
        changed.count = static_cast<uint32_t>(decision->files.size());
        context_.commits.stage(std::move(*decision), [=](const Status& stored) {
            if (stored) return reply(changed);
            reply(stored.error());
        });
    });
}

} // namespace haulier::daemon
