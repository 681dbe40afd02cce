// SPDX-License-Identifier: LGPL-2.1-or-later
#include "daemon/manager/commit_queue.hpp"

#include "base/log.hpp"

#include <utility>

namespace haulier::daemon {

CommitQueue::CommitQueue(Loop& loop, store::Store store,
                         std::function<void(std::vector<CommittedDecision>)> adopt,
                         std::function<void()> on_commit_failed)
    : loop_(loop), store_(std::move(store)), adopt_(std::move(adopt)),
      on_commit_failed_(std::move(on_commit_failed)) {}

void CommitQueue::stage(job::Decision decision, Callback<Done> then) {
    auto rows = store_.save(decision);
    if (!rows) {
        const auto& error = rows.error();
        fail(error);
        if (then) then(error);
        return;
    }
    auto& overlay = overlays_[decision.job.id];
    overlay.job = decision.job;
    for (const auto& [index, file] : decision.files)
        overlay.files[index] = file;
    staged_.push_back({std::move(decision), std::move(*rows), std::move(then)});
    commit_soon();
}

void CommitQueue::remove(const job::Id& id) {
    note(store_.remove(id));
}

void CommitQueue::acknowledge(int64_t row) {
    note(store_.acknowledge(row));
}

void CommitQueue::set_launches(const store::Launches& launches) {
    note(store_.set_launches(launches));
}

void CommitQueue::note(const Status& status) {
    if (!status) return fail(status.error());
    commit_soon();
}

/// Calls that arrive in the same turn are handled before this and share the commit.
void CommitQueue::commit_soon() {
    if (!commit_) commit_ = loop_.defer([this] { static_cast<void>(flush()); }, EventPriority::Last);
}

Status CommitQueue::flush() {
    commit_.reset();
    if (auto done = store_.commit(); !done) {
        fail(done.error());
        return done;
    }
    if (std::exchange(failing_, false)) log::info("changes can be stored again");
    overlays_.clear();
    auto settled = std::exchange(staged_, {});
    if (!settled.empty()) adopt_(std::move(settled));
    return Done{};
}

void CommitQueue::fail(const Error& error) {
    if (!std::exchange(failing_, true)) log::error("changes cannot be stored: " + error.message);
    commit_.reset();
    overlays_.clear();
    for (auto& s : std::exchange(staged_, {}))
        if (s.then) s.then(error);
    on_commit_failed_();
}

const job::Job* CommitQueue::staged_job(const job::Id& id) const {
    auto found = overlays_.find(id);
    return found == overlays_.end() ? nullptr : &found->second.job;
}

const job::File* CommitQueue::staged_file(const job::Id& id, uint32_t index) const {
    auto found = overlays_.find(id);
    if (found == overlays_.end()) return nullptr;
    auto file = found->second.files.find(index);
    return file == found->second.files.end() ? nullptr : &file->second;
}

} // namespace haulier::daemon
