// SPDX-License-Identifier: LGPL-2.1-or-later
// All jobs in memory: finds them, replaces their values, and keeps account of what they take up and of how
// many of them clients see.
#pragma once

#include "daemon/manager/job_record.hpp"
#include "daemon/manager/usage_accounting.hpp"
#include "job/decide.hpp"
#include "store/store.hpp"

#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <unordered_set>
#include <utility>
#include <vector>

namespace haulier::daemon {

/// The unfinished jobs of an owner, or of all, without hidden ones.
struct Activity {
    uint64_t known = 0;  ///< bytes of active jobs, as far as sizes are known
    uint64_t stored = 0; ///< of these jobs: durable or displayed bytes
    uint64_t rate = 0;   ///< bytes a second
    uint32_t running = 0;
    uint32_t needing_someone = 0; ///< that do not go on by themselves
    bool operator==(const Activity&) const = default;
};

class JobTable {
public:
    using Records = job::ById<std::unique_ptr<JobRecord>>;

    JobTable(UsageAccounting& usage, job::Visibility usual_visibility)
        : usage_(usage), usual_visibility_(usual_visibility) {}

    // ---- records ----

    [[nodiscard]] JobRecord* find(const job::Id& id);
    [[nodiscard]] const JobRecord* find(const job::Id& id) const;
    /// The unfinished job with this key. No job is found by an empty key.
    [[nodiscard]] const JobRecord* find_key(const KeyName& name) const;
    /// A record that is not durable yet disappears when a commit fails; see CommitQueue.
    [[nodiscard]] Records::iterator begin() { return records_.begin(); }
    [[nodiscard]] Records::iterator end() { return records_.end(); }
    [[nodiscard]] Records::const_iterator begin() const { return records_.begin(); }
    [[nodiscard]] Records::const_iterator end() const { return records_.end(); }
    /// Before so many jobs of the store.
    void reserve(size_t jobs);
    /// A job of the store.
    JobRecord& restore(job::Job job, std::vector<job::File> files);
    /// Removed jobs are not even readable any more.
    void erase(const job::Id& id);
    /// The place of a newcomer in the queue, by order of arrival.
    [[nodiscard]] uint64_t next_in_queue() { return ++queued_; }
    /// Those whose values have changed, or have become durable, since the last call; some may be gone.
    [[nodiscard]] std::vector<job::Id> take_touched();

    // ---- what clients see: durable and unfinished ----

    /// Oldest first. `with_ended`: also jobs that have ended and can still be read.
    [[nodiscard]] std::vector<const JobRecord*> list(bool with_ended = false) const;
    [[nodiscard]] uint32_t count() const { return count_; }
    [[nodiscard]] uint32_t count(uint32_t owner) const;
    /// Costs as much as there are running jobs.
    [[nodiscard]] Activity activity(std::optional<uint32_t> owner) const;
    // For a confined app. The cost of these grows with the number of jobs.
    [[nodiscard]] uint32_t count_of_app(uint32_t owner, const std::string& app) const;
    [[nodiscard]] Activity activity_of_app(uint32_t owner, const std::string& app) const;
    /// A job is active, or has ended and is still in the store.
    [[nodiscard]] bool has_work() const { return work_ > 0; }
    /// The job is not in the store any more.
    void note_removed(JobRecord& record);

    // ---- values ----

    /// The decision's values are the working ones from now on; the job may be new.
    JobChange replace(job::Decision decision);
    /// All working values are durable now.
    void make_durable();
    /// All durable values are the working ones again; new jobs are gone.
    void roll_back();

private:
    void book(JobRecord& record, uint64_t text);
    void note_key(JobRecord& record);
    void forget_key(JobRecord& record);
    struct Totals {
        uint32_t jobs = 0;
        uint64_t known = 0;
        uint64_t stored = 0;
        uint32_t needing_someone = 0;
        std::set<const JobRecord*> running;
    };
    static void add(Activity& sum, const Totals& totals);
    static void include(Totals& totals, const JobRecord& record);
    void enlist(const JobRecord& record);
    void delist(const JobRecord& record);
    void count_durable(JobRecord& record);
    void uncount(JobRecord& record);

    [[nodiscard]] Contribution contribution_of(const JobRecord& record) const;

    UsageAccounting& usage_;
    job::Visibility usual_visibility_;
    Records records_;
    /// Unfinished jobs, by their working values.
    std::map<KeyName, JobRecord*> keys_;
    struct IsOlder {
        bool operator()(const JobRecord* a, const JobRecord* b) const {
            return job::is_older(a->durable(), b->durable());
        }
    };
    std::vector<const JobRecord*> by_age_; ///< durable jobs, oldest first
    std::set<job::Id> changing_;
    std::unordered_set<job::Id, job::HashOfId> touched_;
    uint32_t work_ = 0;
    uint64_t queued_ = 0; ///< how often a job has come to the queue
    uint32_t count_ = 0;
    std::map<uint32_t, Totals> totals_; ///< by owner; none is without jobs
};

Error not_found(const job::Id& id);

} // namespace haulier::daemon
