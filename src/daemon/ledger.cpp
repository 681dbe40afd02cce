// SPDX-License-Identifier: LGPL-2.1-or-later
#include "daemon/ledger.hpp"

#include "base/log.hpp"

#include <utility>

namespace haulier::daemon {

Ledger::Ledger(Loop& loop, store::Store store, std::function<void(std::vector<Settled>)> adopt,
               std::function<void()> stumbled)
    : loop_(loop), store_(std::move(store)), adopt_(std::move(adopt)), stumbled_(std::move(stumbled)) {}

void Ledger::stage(job::Decision decision, Then then) {
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

void Ledger::remove(const job::Id& id) {
    note(store_.remove(id));
}

void Ledger::acknowledge(int64_t row) {
    note(store_.acknowledge(row));
}

void Ledger::set_launches(const store::Launches& launches) {
    note(store_.set_launches(launches));
}

void Ledger::note(const Status& status) {
    if (!status) return fail(status.error());
    commit_soon();
}

/// Calls that arrive in the same turn are handled before this and share the commit.
void Ledger::commit_soon() {
    if (!commit_) commit_ = loop_.defer([this] { static_cast<void>(flush()); }, Turn::Last);
}

Status Ledger::flush() {
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

void Ledger::fail(const Error& error) {
    if (!std::exchange(failing_, true)) log::error("changes cannot be stored: " + error.sentence);
    commit_.reset();
    overlays_.clear();
    for (auto& s : std::exchange(staged_, {}))
        if (s.then) s.then(error);
    stumbled_();
}

const job::Job* Ledger::staged_job(const job::Id& id) const {
    auto found = overlays_.find(id);
    return found == overlays_.end() ? nullptr : &found->second.job;
}

const job::File* Ledger::staged_file(const job::Id& id, uint32_t index) const {
    auto found = overlays_.find(id);
    if (found == overlays_.end()) return nullptr;
    auto file = found->second.files.find(index);
    return file == found->second.files.end() ? nullptr : &file->second;
}

} // namespace haulier::daemon
