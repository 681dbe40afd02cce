// SPDX-License-Identifier: LGPL-2.1-or-later
#include "daemon/manager/storage_watch.hpp"

#include "daemon/common/batch.hpp"
#include "job/outcomes.hpp"

#include <algorithm>
#include <utility>

namespace haulier::daemon {

namespace {

constexpr Usec FirstCheckPause{5'000'000};
constexpr Usec LongestCheckPause{60'000'000};

bool waits_for_storage(const JobRecord& record) {
    const auto& waiting = record.waiting_files();
    return job::is_active(record.working().state) &&
           std::any_of(waiting.begin(), waiting.end(), [&](uint32_t index) {
               return record.working_files()[index].wait == job::Wait::Storage;
           });
}

} // namespace

void StorageWatch::watch(JobRecord& record) {
    if (!waits_for_storage(record)) {
        record.storage.stop();
        record.storage_pause = {};
        return;
    }
    if (record.checking_storage || record.storage.is_set()) return;
    auto pause = record.storage_pause == Usec{} ? FirstCheckPause : record.storage_pause;
    record.storage_pause = std::min(2 * pause, LongestCheckPause);
    record.storage.set(context_.loop, context_.clock.now().boot + pause,
                       [this, id = record.working().id] { check(id); });
}

std::vector<StorageWatch::Group> StorageWatch::groups_of(const JobRecord& record) {
    std::vector<Group> groups;
    for (auto index : record.waiting_files()) {
        const auto& file = record.working_files()[index];
        if (file.wait != job::Wait::Storage) continue;
        auto place = job::place_in(
            record.working(), job::temporary_directory(record.working(), file.spec.local), job::Use::Write);
        StorageQuestion question{place.directory, file.folder, 0, place.root};
        auto same = std::find_if(groups.begin(), groups.end(), [&](const Group& group) {
            return group.question.directory == question.directory && group.question.folder == question.folder;
        });
        if (same == groups.end()) same = groups.insert(groups.end(), {question, {}});
        same->files.push_back(index);
        auto size = job::size_of(file);
        auto left = size == job::UnknownSize ? 0 : size - std::min(size, file.offset);
        same->question.bytes = std::max(same->question.bytes, left);
    }
    return groups;
}

void StorageWatch::check(const job::Id& id) {
    auto* record = context_.jobs.find(id);
    if (!record || !waits_for_storage(*record)) return;
    record->checking_storage = true;
    auto groups = groups_of(*record);
    auto owner = record->working().owner;
    auto count = groups.size();
    auto step = [this, id, owner, groups = std::move(groups)](size_t i, const Callback<Done>& done) {
        context_.workers.check_storage(owner, groups[i].question,
                                       [this, id, files = groups[i].files, done](const Status& status) {
                                           checked(id, files, status);
                                           done(Done{});
                                       });
    };
    run_batch(count, step, [this, id](const Status&) {
        auto* checked = context_.jobs.find(id);
        if (!checked) return;
        checked->checking_storage = false;
        watch(*checked);
    });
}

void StorageWatch::checked(const job::Id& id, const std::vector<uint32_t>& files, const Status& status) {
    const auto* record = context_.jobs.find(id);
    if (!record || !status) return;
    context_.commits.stage(job::wait_is_over(record->working(), record->working_files(), files,
                                             job::Wait::Storage, context_.clock.now()));
}

} // namespace haulier::daemon
