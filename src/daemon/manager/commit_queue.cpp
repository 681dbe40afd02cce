// SPDX-License-Identifier: LGPL-2.1-or-later
#include "daemon/manager/commit_queue.hpp"

#include "base/log.hpp"

#include <algorithm>
#include <utility>

namespace haulier::daemon {

CommitQueue::CommitQueue(Loop& loop, store::Store store, JobTable& jobs,
                         std::function<void(std::vector<CommittedDecision>)> on_commit,
                         std::function<void()> on_failure, std::function<void()> on_recovery)
    : loop_(loop), store_(std::move(store)), jobs_(jobs), on_commit_(std::move(on_commit)),
      on_failure_(std::move(on_failure)), on_recovery_(std::move(on_recovery)) {}

void CommitQueue::stage(job::Decision decision, Callback<Done> then) {
    const auto* record = jobs_.find(decision.job.id);
    decision.settings_changed = !record || !job::has_same_settings(record->working(), decision.job);
    JobChange change;
    auto revoked = decision.revoked;
    auto effects = std::move(decision.effects);
    auto rows = save(std::move(decision), change);
    if (!rows) {
        const auto& error = rows.error();
        fail(error);
        if (then) then(error);
        return;
    }
    staged_.push_back(
        {std::move(change), std::move(revoked), std::move(effects), std::move(*rows), std::move(then)});
    commit_soon();
}

/// The end of a job and what is remembered of it are one change.
Result<std::vector<store::OutboxRow>> CommitQueue::save(job::Decision decision, JobChange& change) {
    auto rows = store_.save(decision);
    if (!rows) return rows;
    change = jobs_.replace(std::move(decision));
    bool ends = job::is_final(change.after->state) && change.before && !job::is_final(change.before->state);
    if (!ends || most_ended_ == 0) return rows;
    const auto& files = jobs_.find(change.after->id)->working_files();
    auto added = store_.add_ended(job::ended_job(*change.after, files), most_ended_);
    if (!added) return added.error();
    return rows;
}

void CommitQueue::after_commit(Callback<Done> then) {
    staged_.push_back({{}, {}, {}, {}, std::move(then)});
    commit_soon();
}

void CommitQueue::remove(const job::Id& id, Callback<Done> then) {
    finish(store_.remove(id), std::move(then));
}

/// `then` gets the failure of what was written, or of its commit.
bool CommitQueue::finish(const Status& written, Callback<Done> then) {
    if (written) {
        after_commit(std::move(then));
        return true;
    }
    fail(written.error());
    then(written.error());
    return false;
}

void CommitQueue::acknowledge(int64_t row) {
    remember([this, row] { return store_.acknowledge(row); });
}

void CommitQueue::set_launches(const store::Launches& launches) {
    remember([this, launches] { return store_.set_launches(launches); });
}

void CommitQueue::set_rest(const store::Rest& rest) {
    remember([this, rest] { return store_.set_rest(rest); });
}

void CommitQueue::forget_rests(WallTime until) {
    note(store_.forget_rests(until));
}

void CommitQueue::expire_ended(WallTime date) {
    note(store_.expire_ended(date));
}

void CommitQueue::forget_ended(const job::EndedFilter& filter, Callback<uint32_t> reply) {
    auto count = store_.forget_ended(filter);
    if (!count) {
        fail(count.error());
        return reply(count.error());
    }
    after_commit([count = *count, reply = std::move(reply)](const Status& stored) {
        if (!stored) return reply(stored.error());
        reply(count);
    });
}

/// After the commit, so that nothing is listed that may not come about.
void CommitQueue::list_ended(const job::EndedFilter& filter, Callback<std::vector<job::EndedJob>> reply) {
    after_commit([this, filter, reply = std::move(reply)](const Status& stored) {
        if (!stored) return reply(stored.error());
        reply(store_.list_ended(filter));
    });
}

void CommitQueue::load_statistics(Callback<std::vector<job::Statistics>> reply) {
    after_commit([this, reply = std::move(reply)](const Status& stored) {
        if (!stored) return reply(stored.error());
        reply(store_.load_statistics());
    });
}

bool CommitQueue::set_hold(const store::Hold& hold, Callback<Done> then) {
    return finish(store_.set_hold(hold), std::move(then));
}

bool CommitQueue::release_hold(job::Scope scope, Callback<Done> then) {
    return finish(store_.release_hold(scope), std::move(then));
}

void CommitQueue::end_hold(job::Scope scope, WallTime now) {
    remember([this, scope, now] { return store_.end_hold(scope, now); });
}

bool CommitQueue::set_user_limit(const store::UserLimit& limit, Callback<Done> then) {
    return finish(store_.set_user_limit(limit), std::move(then));
}

void CommitQueue::add_discard(const store::Discard& discard) {
    note(store_.add_discard(discard));
}

void CommitQueue::forget_discard(const store::Discard& discard) {
    note(store_.forget_discard(discard));
}

/// What has happened outside cannot be undone as a decision can: it is written again after a failure.
void CommitQueue::remember(std::function<Status()> write) {
    auto status = write();
    happened_.push_back(std::move(write));
    note(status);
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
    bool has_changes = store_.in_transaction();
    auto done = store_statistics();
    if (done) done = store_.commit();
    if (!done) {
        fail(done.error());
        return done;
    }
    if (has_decisions()) counted_ = {};
    jobs_.make_durable();
    auto committed = std::exchange(staged_, {});
    if (!committed.empty()) on_commit_(std::move(committed));
    if (!failing_) happened_.clear();
    if (has_changes && note_success()) on_recovery_();
    return Done{};
}

bool CommitQueue::has_decisions() const {
    return std::any_of(staged_.begin(), staged_.end(),
                       [](const auto& staged) { return staged.change.has_value(); });
}

/// What is counted between decisions waits for the next one.
Status CommitQueue::store_statistics() {
    if (!has_decisions()) return Done{};
    auto sums = counted_;
    WallTime since;
    for (const auto& staged : staged_) {
        if (!staged.change) continue;
        sums.add(*staged.change);
        since = std::max(since, staged.change->after->modified);
    }
    for (const auto& more : sums.all(since))
        if (auto ok = store_.add_statistics(more); !ok) return ok;
    return Done{};
}

store::Health CommitQueue::examine() {
    auto health = store_.examine();
    if (health == store::Health::Sound) note_success();
    return health;
}

bool CommitQueue::note_success() {
    bool was_failing = std::exchange(failing_, false);
    if (!was_failing) return false;
    log::info("changes can be stored again");
    for (auto& write : std::exchange(happened_, {}))
        remember(std::move(write));
    return true;
}

void CommitQueue::fail(const Error& error) {
    if (!std::exchange(failing_, true)) log::error("changes cannot be stored: " + error.message);
    commit_.reset();
    jobs_.roll_back();
    for (auto& lost : std::exchange(staged_, {}))
        if (lost.then) lost.then(error);
    on_failure_();
}

} // namespace haulier::daemon
