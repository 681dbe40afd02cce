// SPDX-License-Identifier: LGPL-2.1-or-later
#include "job/schedule.hpp"

#include "job/transitions.hpp"

#include <algorithm>
#include <deque>
#include <limits>
#include <tuple>

namespace haulier::job {

namespace {

bool is_background(Priority priority) {
    return priority != Priority::Foreground;
}

template <class Of>
bool is_older(const Of& a, const Of& b) {
    return a.since < b.since;
}

/// The running and waiting jobs of one owner, all of one priority.
struct OwnerQueue {
    std::deque<Waiting> waiting;    ///< oldest first
    std::vector<Running> running;   ///< longest first
    std::vector<Waiting> preempted; ///< wait again, but not in this call
    uint64_t served = 0;

    [[nodiscard]] Priority level() const {
        return waiting.empty() ? running.front().priority : waiting.front().priority;
    }
    /// The job that has used most of its time slice.
    [[nodiscard]] std::vector<Running>::iterator first_to_go() {
        return std::find_if(running.begin(), running.end(), [](const Running& r) { return !r.stays; });
    }
};
using OwnerQueues = std::map<uint32_t, OwnerQueue>;

/// The smaller one is served first.
using Rank = std::tuple<size_t, Priority, uint64_t, Priority, uint64_t>;

Rank rank(const OwnerQueue& queue, size_t running, uint64_t served) {
    // Owners without a running job take turns; with priorities, the same owners would always win.
    auto level = running == 0 ? Priority::Foreground : queue.level();
    auto oldest = queue.waiting.empty() ? 0 : queue.waiting.front().since;
    return {running, level, served, queue.level(), oldest};
}

/// The slots that some queues share.
class Pool {
public:
    Pool(OwnerQueues& queues, uint32_t slots, Usec slice, BootTime now, Schedule& result)
        : queues_(queues), slots_(slots), slice_(slice), now_(now), result_(result) {
        // Owners without jobs count as well, because they may have some again.
        for (const auto& [owner, when] : result.served)
            grants_ = std::max(grants_, when);
    }

    void share() {
        drop_surplus();
        fill_free_slots();
        rebalance();
        end_slices();
        find_next_end();
    }

private:
    [[nodiscard]] size_t running() const {
        size_t all = 0;
        for (const auto& [owner, queue] : queues_)
            all += queue.running.size();
        return all;
    }

    /// The queue with waiting jobs that is served first.
    OwnerQueue* first_in_line() {
        OwnerQueue* first = nullptr;
        for (auto& [owner, queue] : queues_) {
            if (queue.waiting.empty()) continue;
            if (!first || rank(queue) < rank(*first)) first = &queue;
        }
        return first;
    }

    /// The queue with jobs that can be pre-empted that is served last.
    OwnerQueue* most_served() {
        OwnerQueue* most = nullptr;
        for (auto& [owner, queue] : queues_) {
            if (queue.first_to_go() == queue.running.end()) continue;
            if (!most || rank(*most) < rank(queue)) most = &queue;
        }
        return most;
    }

    /// Which queue gets a slot of `holder` at the end of a time slice. The holder has had its turn and comes
    /// last.
    OwnerQueue* successor(OwnerQueue& holder) {
        auto stays = job::rank(holder, holder.running.size() - 1, std::numeric_limits<uint64_t>::max());
        auto* first = first_in_line();
        if (first && first != &holder && rank(*first) < stays) return first;
        return holder.waiting.empty() ? nullptr : &holder;
    }

    void grant(OwnerQueue& queue) {
        const auto& job = queue.waiting.front();
        result_.grant.push_back(job.id);
        queue.running.push_back({job.id, job.priority, now_, job.owner});
        queue.waiting.pop_front();
        queue.served = ++grants_;
    }

    void preempt(OwnerQueue& queue, std::vector<Running>::iterator job) {
        result_.preempt.push_back(job->id);
        queue.preempted.push_back({job->id, job->priority, std::numeric_limits<uint64_t>::max(), job->owner});
        queue.running.erase(job);
    }

    /// There may be fewer slots than before, or a job has another priority.
    void drop_surplus() {
        for (auto surplus = running(); surplus > slots_; --surplus) {
            auto* donor = most_served();
            if (!donor) return;
            preempt(*donor, donor->first_to_go());
        }
    }

    void fill_free_slots() {
        for (auto taken = running(); taken < slots_; ++taken) {
            auto* next = first_in_line();
            if (!next) return;
            grant(*next);
        }
    }

    void rebalance() {
        for (auto* waiting_owner = first_in_line(); waiting_owner && waiting_owner->running.empty();
             waiting_owner = first_in_line()) {
            auto* donor = most_served();
            if (!donor || donor->running.size() < 2) return;
            preempt(*donor, donor->first_to_go());
            grant(*waiting_owner);
        }
    }

    struct Slice {
        Running job;
        OwnerQueue* queue = nullptr;
    };
    /// The longest one first.
    std::vector<Slice> slices() {
        std::vector<Slice> all;
        for (auto& [owner, queue] : queues_)
            for (const auto& job : queue.running)
                if (!job.stays) all.push_back({job, &queue});
        std::stable_sort(all.begin(), all.end(),
                         [](const Slice& a, const Slice& b) { return is_older(a.job, b.job); });
        return all;
    }

    void end_slices() {
        for (const auto& [job, queue] : slices()) {
            if (job.since + slice_ > now_) return;
            auto* next = successor(*queue);
            if (!next) continue;
            preempt(*queue, std::find_if(queue->running.begin(), queue->running.end(),
                                         [&, id = job.id](const Running& r) { return r.id == id; }));
            grant(*next);
        }
    }

    void find_next_end() {
        for (auto& [owner, queue] : queues_)
            queue.waiting.insert(queue.waiting.end(), queue.preempted.begin(), queue.preempted.end());
        for (const auto& [job, queue] : slices()) {
            if (!successor(*queue)) continue;
            auto end = job.since + slice_;
            result_.next_deadline = result_.next_deadline ? std::min(*result_.next_deadline, end) : end;
            return;
        }
    }

    static Rank rank(const OwnerQueue& queue) { return job::rank(queue, queue.running.size(), queue.served); }

    OwnerQueues& queues_;
    uint32_t slots_;
    Usec slice_;
    BootTime now_;
    Schedule& result_;
    uint64_t grants_ = 0;
};

/// The jobs for which `belongs` is true, by owner.
template <class Belongs>
OwnerQueues queues_of(const std::vector<Waiting>& waiting, const std::vector<Running>& running,
                      const Belongs& belongs) {
    OwnerQueues queues;
    for (const auto& job : waiting)
        if (belongs(job)) queues[job.owner].waiting.push_back(job);
    for (const auto& job : running)
        if (belongs(job)) queues[job.owner].running.push_back(job);
    return queues;
}

/// Pre-empts running jobs below the highest priority of their owner, and drops such jobs from the lists.
void keep_highest(std::vector<Waiting>& waiting, std::vector<Running>& running, Schedule& result) {
    std::map<uint32_t, Priority> highest;
    auto note = [&](const auto& job) {
        auto& level = highest.try_emplace(job.owner, Priority::Low).first->second;
        if (is_background(job.priority)) level = std::min(level, job.priority);
    };
    std::for_each(waiting.begin(), waiting.end(), note);
    std::for_each(running.begin(), running.end(), note);
    auto is_lower = [&](const auto& job) { return job.priority > highest.at(job.owner); };
    for (const auto& job : running)
        if (is_lower(job)) result.preempt.push_back(job.id);
    std::erase_if(waiting, is_lower);
    std::erase_if(running, is_lower);
}

} // namespace

Waiting as_waiting(const Job& job, uint64_t since) {
    return {job.id, job.priority, since, job.owner};
}

Running as_running(const Job& job) {
    return {job.id, job.priority, job.clocks.slice_since, job.owner, has_custom_method(job)};
}

Schedule schedule(std::vector<Waiting> waiting, std::vector<Running> running, const SchedulePolicy& policy,
                  BootTime now, Served served) {
    Schedule result;
    result.served = std::move(served);
    keep_highest(waiting, running, result);
    std::sort(waiting.begin(), waiting.end(), is_older<Waiting>);
    std::stable_sort(running.begin(), running.end(), is_older<Running>);

    for (auto& [owner, queue] :
         queues_of(waiting, running, [](const auto& job) { return !is_background(job.priority); })) {
        OwnerQueues single{{owner, std::move(queue)}};
        Pool(single, policy.foreground_jobs, policy.time_slice, now, result).share();
    }
    auto background =
        queues_of(waiting, running, [](const auto& job) { return is_background(job.priority); });
    for (auto& [owner, queue] : background)
        queue.served = result.served[owner];
    Pool(background, policy.background_jobs, policy.time_slice, now, result).share();
    for (const auto& [owner, queue] : background)
        result.served[owner] = queue.served;
    return result;
}

} // namespace haulier::job
