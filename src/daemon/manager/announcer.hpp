// SPDX-License-Identifier: LGPL-2.1-or-later
// Tells the outside what has become durable: the observer, the journal, and the notifier, which calls clients
// back.
#pragma once

#include "base/clock.hpp"
#include "base/event.hpp"
#include "daemon/manager/commit_queue.hpp"
#include "daemon/manager/job_observer.hpp"
#include "daemon/manager/job_record.hpp"
#include "notify/notifier.hpp"

#include <map>
#include <memory>

namespace haulier::daemon {

class Announcer {
public:
    Announcer(Loop& loop, const Clock& clock) : loop_(loop), clock_(clock) {}
    /// Both must outlive this; called once, before everything else.
    void connect(JobObserver& observer, notify::Notifier& notifier);
    [[nodiscard]] JobObserver& observer() { return *observer_; }
    [[nodiscard]] notify::Notifier& notifier() { return *notifier_; }
    [[nodiscard]] const notify::Notifier& notifier() const { return *notifier_; }

    /// A job of the store.
    void restored(const JobRecord& record);
    /// Puts the notifications of a decision in their queue. Comes before announce(), for all decisions of a
    /// commit, because what is announced can lead to questions about what is still to be delivered.
    void queue_notifications(const CommittedDecision& committed);
    /// Tells what the decision changed; `record` has the values of the whole commit.
    /// `goes_on`: another decision about the job follows, which is no more than a further step of the same
    /// kind. The changes of both are announced with the last one.
    void announce(const CommittedDecision& committed, JobRecord& record, bool goes_on = false);
    /// Bytes have moved; announced at most twice a second for each job.
    void progressed(JobRecord& record);
    /// The finished files of a failed job that completes itself have their names.
    void names_given(const JobRecord& record);
    /// The job is in the store no more.
    void removed(JobRecord& record);

private:
    void show_progress(JobRecord& record);
    void show_yielding(JobRecord& record);
    void announce_change(const JobChange& change, bool goes_on);
    void call_client(const JobChange& change, const JobRecord& record);

    Loop& loop_;
    const Clock& clock_;
    JobObserver* observer_ = nullptr;
    notify::Notifier* notifier_ = nullptr;
    std::map<job::Id, std::shared_ptr<const job::Job>> unannounced_; ///< as clients know the job
};

} // namespace haulier::daemon
