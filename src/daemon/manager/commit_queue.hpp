// SPDX-License-Identifier: LGPL-2.1-or-later
// Decides what becomes durable together: all decisions of one turn of the event loop share a commit at its
// end. Until then they are working values of the JobTable. If the commit fails, none of them takes effect.
#pragma once

#include "base/event.hpp"
#include "daemon/manager/job_table.hpp"
#include "daemon/manager/statistics.hpp"
#include "job/decide.hpp"
#include "store/store.hpp"

#include <functional>
#include <optional>
#include <vector>

namespace haulier::daemon {

/// A decision that is durable now.
struct CommittedDecision {
    std::optional<JobChange> change; ///< nothing: only `then` waited for the commit
    job::Revocation revoked;
    std::vector<job::Effect> effects;
    std::vector<store::OutboxRow> notifications;
    Callback<Done> then; ///< for `on_commit` to call
};

class CommitQueue {
public:
    /// `on_commit` gets everything that one commit made durable, in the order of the decisions.
    /// `on_failure` is called after each failure, when all waiting callers have got the error, and
    /// `on_recovery` when changes can be stored again.
    CommitQueue(Loop& loop, store::Store store, JobTable& jobs,
                std::function<void(std::vector<CommittedDecision>)> on_commit,
                std::function<void()> on_failure, std::function<void()> on_recovery);

    /// The decision's values are the working ones at once, and durable with the next commit. `then` may be
    /// empty.
    void stage(job::Decision decision, Callback<Done> then = {});
    /// If there is a decision.
    void stage(std::optional<job::Decision> decision) {
        if (decision) stage(std::move(*decision));
    }
    /// Calls `then` when all that was staged before is durable, or lost.
    void after_commit(Callback<Done> then);
    /// Removes an ended job from the store, and calls `then` when that is durable, or has failed.
    void remove(const job::Id& id, Callback<Done> then);
    void acknowledge(int64_t row); ///< as what follows: written again after a failure
    void set_launches(const store::Launches& launches);
    void set_rest(const store::Rest& rest);
    void forget_rests(WallTime until);
    /// For reading at start.
    [[nodiscard]] store::Store& store() { return store_; }
    /// So many ended jobs of each owner are remembered from now on, each from the commit of its end.
    void remember_ended(uint32_t most) { most_ended_ = most; }
    void expire_ended(WallTime date);
    void forget_ended(const job::EndedFilter& filter, Callback<uint32_t> reply);
    void list_ended(const job::EndedFilter& filter, Callback<std::vector<job::EndedJob>> reply);
    /// Is stored with the next decision.
    void count(uint32_t owner, const job::Counters& more) { counted_.add(owner, more); }
    void load_statistics(Callback<std::vector<job::Statistics>> reply);
    /// False if it has failed already.
    bool set_hold(const store::Hold& hold, Callback<Done> then);
    bool release_hold(job::Scope scope, Callback<Done> then);
    /// The date of a hold has come. A newer hold in its place stays.
    void end_hold(job::Scope scope, WallTime now);
    bool set_user_limit(const store::UserLimit& limit, Callback<Done> then);
    void add_discard(const store::Discard& discard);
    void forget_discard(const store::Discard& discard);
    /// Commits now.
    Status flush();
    /// Whether changes cannot be stored at present.
    [[nodiscard]] bool is_failing() const { return failing_; }
    /// Tries, without a change, whether they can be stored again.
    store::Health examine();

private:
    void remember(std::function<Status()> write);
    Result<std::vector<store::OutboxRow>> save(job::Decision decision, JobChange& change);
    [[nodiscard]] bool has_decisions() const;
    Status store_statistics();
    void note(const Status& status);
    bool finish(const Status& written, Callback<Done> then);
    void commit_soon();
    void fail(const Error& error);
    bool note_success();

    Loop& loop_;
    store::Store store_;
    JobTable& jobs_;
    std::function<void(std::vector<CommittedDecision>)> on_commit_;
    std::function<void()> on_failure_;
    std::function<void()> on_recovery_;
    bool failing_ = false; ///< the failure has been logged
    uint32_t most_ended_ = 0;
    Statistics counted_; ///< besides what follows from the staged decisions
    std::vector<CommittedDecision> staged_;
    std::vector<std::function<Status()>> happened_; ///< in the order in which it is written; not durable yet
    Source commit_;
};

} // namespace haulier::daemon
