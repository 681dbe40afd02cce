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

/// What one owner has running and waiting, all of one level.
struct OwnerQueue {
    std::deque<Waiting> waiting;    ///< oldest first
    std::vector<Running> running;   ///< longest first
    std::vector<Waiting> preempted; ///< waits again, but not for this turn
    uint64_t served = 0;

    [[nodiscard]] Priority level() const {
        return waiting.empty() ? running.front().priority : waiting.front().priority;
    }
    /// The one that has had most of its slice.
    [[nodiscard]] std::vector<Running>::iterator first_to_go() {
        return std::find_if(running.begin(), running.end(), [](const Running& r) { return !r.stays; });
    }
};
using Parties = std::map<uint32_t, OwnerQueue>;

/// Less is served sooner.
using Rank = std::tuple<size_t, Priority, uint64_t, Priority, uint64_t>;

Rank rank(const OwnerQueue& party, size_t running, uint64_t served) {
    // Where somebody has nothing, turns are taken: a level would let the same ones win for ever.
    auto level = running == 0 ? Priority::Foreground : party.level();
    auto oldest = party.waiting.empty() ? 0 : party.waiting.front().since;
    return {running, level, served, party.level(), oldest};
}

/// The slots that some parties share.
class Pool {
public:
    Pool(Parties& parties, uint32_t slots, Usec slice, BootTime now, Schedule& turns)
        : parties_(parties), slots_(slots), slice_(slice), now_(now), turns_(turns) {
        // Those who are away come back.
        for (const auto& [owner, when] : turns.served)
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
        for (const auto& [owner, party] : parties_)
            all += party.running.size();
        return all;
    }

    /// Of those who wait.
    OwnerQueue* first_in_line() {
        OwnerQueue* first = nullptr;
        for (auto& [owner, party] : parties_) {
            if (party.waiting.empty()) continue;
            if (!first || rank(party) < rank(*first)) first = &party;
        }
        return first;
    }

    /// Of those who have something to give.
    OwnerQueue* most_served() {
        OwnerQueue* most = nullptr;
        for (auto& [owner, party] : parties_) {
            if (party.first_to_go() == party.running.end()) continue;
            if (!most || rank(*most) < rank(party)) most = &party;
        }
        return most;
    }

    /// Who takes over a slot of `holder` at the end of a slice. The holder has had its turn and comes last.
    OwnerQueue* successor(OwnerQueue& holder) {
        auto stays = job::rank(holder, holder.running.size() - 1, std::numeric_limits<uint64_t>::max());
        auto* first = first_in_line();
        if (first && first != &holder && rank(*first) < stays) return first;
        return holder.waiting.empty() ? nullptr : &holder;
    }

    void grant(OwnerQueue& party) {
        const auto& job = party.waiting.front();
        turns_.grant.push_back(job.id);
        party.running.push_back({job.id, job.priority, now_, job.owner});
        party.waiting.pop_front();
        party.served = ++grants_;
    }

    void preempt(OwnerQueue& party, std::vector<Running>::iterator job) {
        turns_.preempt.push_back(job->id);
        party.preempted.push_back({job->id, job->priority, std::numeric_limits<uint64_t>::max(), job->owner});
        party.running.erase(job);
    }

    /// There may be fewer slots than there were, or a job's level has changed.
    void drop_surplus() {
        for (auto surplus = running(); surplus > slots_; --surplus) {
            auto* rich = most_served();
            if (!rich) return;
            preempt(*rich, rich->first_to_go());
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
        for (auto* poor = first_in_line(); poor && poor->running.empty(); poor = first_in_line()) {
            auto* rich = most_served();
            if (!rich || rich->running.size() < 2) return;
            preempt(*rich, rich->first_to_go());
            grant(*poor);
        }
    }

    struct Slice {
        Running job;
        OwnerQueue* party = nullptr;
    };
    /// Longest first.
    std::vector<Slice> slices() {
        std::vector<Slice> all;
        for (auto& [owner, party] : parties_)
            for (const auto& job : party.running)
                if (!job.stays) all.push_back({job, &party});
        std::stable_sort(all.begin(), all.end(),
                         [](const Slice& a, const Slice& b) { return is_older(a.job, b.job); });
        return all;
    }

    void end_slices() {
        for (const auto& [job, party] : slices()) {
            if (job.since + slice_ > now_) return;
            auto* next = successor(*party);
            if (!next) continue;
            preempt(*party, std::find_if(party->running.begin(), party->running.end(),
                                         [&, id = job.id](const Running& r) { return r.id == id; }));
            grant(*next);
        }
    }

    void find_next_end() {
        for (auto& [owner, party] : parties_)
            party.waiting.insert(party.waiting.end(), party.preempted.begin(), party.preempted.end());
        for (const auto& [job, party] : slices()) {
            if (!successor(*party)) continue;
            auto end = job.since + slice_;
            turns_.next_deadline = turns_.next_deadline ? std::min(*turns_.next_deadline, end) : end;
            return;
        }
    }

    static Rank rank(const OwnerQueue& party) { return job::rank(party, party.running.size(), party.served); }

    Parties& parties_;
    uint32_t slots_;
    Usec slice_;
    BootTime now_;
    Schedule& turns_;
    uint64_t grants_ = 0;
};

/// Those of the lists that `belongs` says, by owner.
template <class Belongs>
Parties parties_of(const std::vector<Waiting>& waiting, const std::vector<Running>& running,
                   const Belongs& belongs) {
    Parties parties;
    for (const auto& job : waiting)
        if (belongs(job)) parties[job.owner].waiting.push_back(job);
    for (const auto& job : running)
        if (belongs(job)) parties[job.owner].running.push_back(job);
    return parties;
}

/// What runs below the highest level of its owner yields, and such levels leave the lists.
void keep_highest(std::vector<Waiting>& waiting, std::vector<Running>& running, Schedule& turns) {
    std::map<uint32_t, Priority> highest;
    auto note = [&](const auto& job) {
        auto& level = highest.try_emplace(job.owner, Priority::Low).first->second;
        if (is_background(job.priority)) level = std::min(level, job.priority);
    };
    std::for_each(waiting.begin(), waiting.end(), note);
    std::for_each(running.begin(), running.end(), note);
    auto is_lower = [&](const auto& job) { return job.priority > highest.at(job.owner); };
    for (const auto& job : running)
        if (is_lower(job)) turns.preempt.push_back(job.id);
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
    Schedule turns;
    turns.served = std::move(served);
    keep_highest(waiting, running, turns);
    std::sort(waiting.begin(), waiting.end(), is_older<Waiting>);
    std::stable_sort(running.begin(), running.end(), is_older<Running>);

    for (auto& [owner, party] :
         parties_of(waiting, running, [](const auto& job) { return !is_background(job.priority); })) {
        Parties alone{{owner, std::move(party)}};
        Pool(alone, policy.foreground_jobs, policy.time_slice, now, turns).share();
    }
    auto background =
        parties_of(waiting, running, [](const auto& job) { return is_background(job.priority); });
    for (auto& [owner, party] : background)
        party.served = turns.served[owner];
    Pool(background, policy.background_jobs, policy.time_slice, now, turns).share();
    for (const auto& [owner, party] : background)
        turns.served[owner] = party.served;
    return turns;
}

} // namespace haulier::job
