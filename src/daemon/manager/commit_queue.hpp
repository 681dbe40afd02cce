// SPDX-License-Identifier: LGPL-2.1-or-later
// Decide → persist → adopt, in that order: decisions gather here, share one durable commit at the end of the
// loop turn, and only then become true for the rest of the daemon. If the commit fails, none of them ever
// happened.
#pragma once

#include "base/event.hpp"
#include "job/decide.hpp"
#include "store/store.hpp"

#include <functional>
#include <map>
#include <vector>

namespace haulier::daemon {

/// A decision that is durable, and who waits for that.
struct CommittedDecision {
    job::Decision decision;
    std::vector<store::OutboxRow> notifications;
    Callback<Done> then;
};

class CommitQueue {
public:
    /// `adopt` gets everything that one commit made durable, in the order of the decisions.
    /// `on_commit_failed` is called after every failure: decisions are gone, also such that nobody waits for.
    CommitQueue(Loop& loop, store::Store store, std::function<void(std::vector<CommittedDecision>)> adopt,
                std::function<void()> on_commit_failed);

    /// Takes part in the next commit. `then` may be empty; on failure it gets the error and nothing is
    /// adopted.
    void stage(job::Decision decision, Callback<Done> then = {});
    /// Forgets an ended job. Lost together with a failed commit; the next start finds the job again and ends
    /// it.
    void remove(const job::Id& id);
    void acknowledge(int64_t row);
    void set_launches(const store::Launches& launches);
    /// For reading at start.
    [[nodiscard]] store::Store& store() { return store_; }
    /// Commits now.
    Status flush();

    // What new decisions must build on: staged values where there are any, else nothing.
    [[nodiscard]] const job::Job* staged_job(const job::Id& id) const;
    [[nodiscard]] const job::File* staged_file(const job::Id& id, uint32_t index) const;

private:
    struct Overlay {
        job::Job job;
        std::map<uint32_t, job::File> files;
    };
    void note(const Status& status);
    void commit_soon();
    void fail(const Error& error);

    Loop& loop_;
    store::Store store_;
    std::function<void(std::vector<CommittedDecision>)> adopt_;
    std::function<void()> on_commit_failed_;
    bool failing_ = false; ///< said so already
    std::vector<CommittedDecision> staged_;
    std::map<job::Id, Overlay> overlays_;
    Source commit_;
};

} // namespace haulier::daemon
