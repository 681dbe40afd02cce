// SPDX-License-Identifier: LGPL-2.1-or-later
// Slots between owners: examples of each rule, and a machine full of owners in simulated time.
#include "schedule_samples.hpp"

#include <algorithm>
#include <gtest/gtest.h>
#include <random>

namespace haulier::job {

namespace {

using enum Priority;
using std::chrono::seconds;

constexpr uint32_t Ann = 1001;
constexpr uint32_t Bob = 1002;
constexpr uint32_t Cid = 1003;

Waiting waiting_job(uint32_t owner, const char* id, uint64_t since, Priority priority = Normal) {
    return {Id{id}, priority, since, owner};
}

Running running_job(uint32_t owner, const char* id, int64_t second, Priority priority = Normal) {
    return {Id{id}, priority, {seconds{second}}, owner};
}

TEST(FairShare, FreeSlotsGoToWhoHasFewest) {
    std::vector<Waiting> queue{waiting_job(Ann, "a1", 1), waiting_job(Ann, "a2", 2),
                               waiting_job(Ann, "a3", 3), waiting_job(Bob, "b1", 4),
                               waiting_job(Bob, "b2", 5)};
    EXPECT_EQ(schedule(queue, {}, slots(2), at(0)).grant, ids({"a1", "b1"}));
    EXPECT_EQ(schedule(queue, {}, slots(4), at(0)).grant, ids({"a1", "b1", "a2", "b2"}));
    EXPECT_EQ(schedule(queue, {running_job(Ann, "a0", 0)}, slots(2), at(0)).grant, ids({"b1"}));
}

TEST(FairShare, TheRestIsForTheHigherLevel) {
    std::vector<Waiting> queue{waiting_job(Ann, "a1", 1), waiting_job(Ann, "a2", 2),
                               waiting_job(Bob, "b1", 3, High), waiting_job(Bob, "b2", 4, High)};
    EXPECT_EQ(schedule(queue, {}, slots(3), at(0)).grant, ids({"b1", "a1", "b2"}));
    // And it stays there; within it, each owner takes turns.
    std::vector<Running> running{running_job(Bob, "b1", 0, High), running_job(Ann, "a1", 0),
                                 running_job(Bob, "b2", 0, High)};
    auto turns =
        schedule({waiting_job(Ann, "a2", 5), waiting_job(Bob, "b3", 6, High)}, running, slots(3), at(300));
    EXPECT_EQ(turns.preempt, ids({"a1", "b1"}));
    EXPECT_EQ(turns.grant, ids({"a2", "b3"}));
}

TEST(FairShare, LevelsAreStrictWithinAnOwnerAlone) {
    auto turns = schedule({waiting_job(Ann, "h", 9, High)},
                          {running_job(Ann, "l", 0, Low), running_job(Bob, "b", 0, Low)}, slots(4), at(1));
    EXPECT_EQ(turns.preempt, ids({"l"}));
    EXPECT_EQ(turns.grant, ids({"h"}));
}

TEST(FairShare, WhoHasNothingTakesASlotAtOnce) {
    std::vector<Running> running{running_job(Ann, "a1", 5), running_job(Ann, "a2", 0),
                                 running_job(Ann, "a3", 7), running_job(Bob, "b1", 0)};
    auto turns = schedule({waiting_job(Cid, "c1", 1), waiting_job(Cid, "c2", 2)}, running, slots(4), at(10));
    EXPECT_EQ(turns.preempt, ids({"a2"})); // the one that ran longest, of who has most
    EXPECT_EQ(turns.grant, ids({"c1"}));
}

TEST(FairShare, ABetterLevelIsNoReasonToLeaveAnotherNothing) {
    std::vector<Running> running{running_job(Ann, "a1", 0, High), running_job(Ann, "a2", 0, High)};
    auto turns = schedule({waiting_job(Bob, "b1", 1, Low)}, running, slots(2), at(1));
    EXPECT_EQ(turns.preempt, ids({"a1"}));
    EXPECT_EQ(turns.grant, ids({"b1"}));
}

TEST(FairShare, ASlotThatIsOneTooManyChangesHandsWithTheSlice) {
    std::vector<Running> running{running_job(Ann, "a1", 0), running_job(Ann, "a2", 1),
                                 running_job(Ann, "a3", 2), running_job(Bob, "b1", 0)};
    std::vector<Waiting> queue{waiting_job(Ann, "a4", 1), waiting_job(Bob, "b2", 2)};
    auto early = schedule(queue, running, slots(4), at(299));
    EXPECT_TRUE(early.preempt.empty());
    EXPECT_EQ(early.next_deadline, at(300));
    auto turns = schedule({waiting_job(Bob, "b2", 2)}, running, slots(4), at(300));
    EXPECT_EQ(turns.preempt, ids({"a1"}));
    EXPECT_EQ(turns.grant, ids({"b2"}));
}

TEST(FairShare, ASliceThatNobodyMayHaveIsNotWaitedFor) {
    // Bob's only slot is not for Ann, who has two.
    std::vector<Running> running{running_job(Ann, "a1", 400), running_job(Ann, "a2", 400),
                                 running_job(Bob, "b1", 0)};
    auto turns = schedule({waiting_job(Ann, "a3", 1)}, running, slots(3), at(600));
    EXPECT_TRUE(turns.preempt.empty());
    EXPECT_EQ(turns.next_deadline, at(700));
}

TEST(FairShare, MoreOwnersThanSlotsTakeTurnsWhateverTheirLevel) {
    std::vector<Waiting> queue{waiting_job(Ann, "a", 1, High), waiting_job(Bob, "b", 2, Low),
                               waiting_job(Cid, "c", 3, High)};
    std::vector<Running> running;
    Served served;
    std::string order;
    uint64_t arrivals = 3;
    for (int64_t turn = 0; turn < 6; ++turn) {
        auto turns = schedule(queue, running, slots(1), at(turn * Slice), served);
        ASSERT_EQ(turns.grant.size(), 1U);
        order += turns.grant.front().hex;
        served = turns.served;
        auto next = std::find_if(queue.begin(), queue.end(),
                                 [&](const Waiting& w) { return w.id == turns.grant.front(); });
        for (const auto& r :
             std::exchange(running, {{next->id, next->priority, at(turn * Slice), next->owner}}))
            queue.push_back({r.id, r.priority, ++arrivals, r.owner});
        queue.erase(std::find_if(queue.begin(), queue.end(),
                                 [&](const Waiting& w) { return w.id == turns.grant.front(); }));
    }
    EXPECT_EQ(order, "acbacb");
}

TEST(FairShare, AnOwnerThatWasAwayIsNotServedLast) {
    Served served{{Ann, 70}, {Bob, 2}};
    auto turns = schedule({waiting_job(Bob, "b", 1)}, {}, slots(1), at(0), served);
    EXPECT_GT(turns.served.at(Bob), 70U);
    EXPECT_EQ(turns.served.at(Ann), 70U);
}

TEST(FairShare, AnOwnersForegroundIsBoundedAndSharedBySlices) {
    std::vector<Waiting> queue{waiting_job(Ann, "a1", 1, Foreground), waiting_job(Ann, "a2", 2, Foreground),
                               waiting_job(Ann, "a3", 3, Foreground), waiting_job(Bob, "b1", 4, Foreground)};
    auto first = schedule(queue, {}, slots(1, 2), at(0));
    EXPECT_EQ(first.grant, ids({"a1", "a2", "b1"}));
    EXPECT_EQ(first.next_deadline, at(300));
    std::vector<Running> running{running_job(Ann, "a1", 0, Foreground), running_job(Ann, "a2", 0, Foreground),
                                 running_job(Bob, "b1", 0, Foreground)};
    running[0].stays = true; // a request that cannot be made again
    auto second = schedule({queue[2]}, running, slots(1, 2), at(300));
    EXPECT_EQ(second.preempt, ids({"a2"}));
    EXPECT_EQ(second.grant, ids({"a3"}));
}

TEST(FairShare, WhatHasNoSlotAnyMoreYields) {
    std::vector<Running> running{running_job(Ann, "a1", 0), running_job(Ann, "a2", 1),
                                 running_job(Bob, "b1", 2)};
    auto turns = schedule({}, running, slots(2), at(10));
    EXPECT_EQ(turns.preempt, ids({"a1"}));
    EXPECT_TRUE(turns.grant.empty());
    EXPECT_EQ(turns.next_deadline, at(301)) << "Ann's other job is the first to make room";
}

// ---- many owners, many jobs, a long time ----

struct Simulated {
    Id id;
    uint32_t owner = 0;
    Priority priority = Normal;
    int64_t work = 0; ///< seconds with a slot that it needs
    uint64_t queued = 0;
    std::optional<int64_t> since; ///< has a slot since then
    /// Has been ready at its owner's highest level since then, without a slot.
    std::optional<int64_t> hungry;
};

/// What the manager does, with a clock that jumps from event to event.
class Machine {
public:
    Machine(uint32_t seed, uint32_t slot_count)
        : random_(seed), slots_(slot_count), owners_(2 + random_() % 5) {}

    void run(int64_t until) {
        while (now_ < until && !testing::Test::HasFatalFailure()) {
            arrive();
            settle();
            check();
            step();
        }
    }

private:
    static constexpr size_t JobsOfAnOwner = 5;

    uint32_t any(uint32_t below) { return static_cast<uint32_t>(random_()) % below; }

    [[nodiscard]] int64_t bound() const {
        // Each owner's turn comes at least once a round of slices, and each of its jobs has its turn then.
        return Slice * static_cast<int64_t>((owners_ + 1) * (JobsOfAnOwner + 1));
    }

    void arrive() {
        auto owner = any(owners_);
        auto own = std::count_if(jobs_.begin(), jobs_.end(), [&](const auto& j) { return j.owner == owner; });
        if (static_cast<size_t>(own) >= JobsOfAnOwner) return;
        constexpr std::array levels{High, Normal, Normal, Low, Foreground};
        Simulated job;
        job.id.hex = std::to_string(++made_);
        job.owner = owner;
        job.priority = levels.at(any(levels.size()));
        job.work = any(3) == 0 ? 20 * Slice : 1 + any(Slice);
        job.queued = ++arrivals_;
        jobs_.push_back(job);
    }

    Schedule turns() {
        std::vector<Waiting> waiting;
        std::vector<Running> running;
        for (const auto& j : jobs_) {
            if (j.since)
                running.push_back({j.id, j.priority, at(*j.since), j.owner});
            else
                waiting.push_back({j.id, j.priority, j.queued, j.owner});
        }
        return schedule(waiting, running, slots(slots_, 2), at(now_), served_);
    }

    Simulated& job(const Id& id) {
        return *std::find_if(jobs_.begin(), jobs_.end(), [&](const auto& j) { return j.id == id; });
    }

    /// Until there is nothing more to change now.
    void settle() {
        for (int rounds = 0;; ++rounds) {
            ASSERT_LT(rounds, 50) << "the same moment is scheduled again and again";
            auto turn = turns();
            served_ = turn.served;
            look_again_ = turn.next_deadline;
            for (const auto& id : turn.preempt) {
                job(id).since.reset();
                job(id).queued = ++arrivals_;
            }
            for (const auto& id : turn.grant)
                job(id).since = now_;
            if (turn.preempt.empty() && turn.grant.empty()) return;
        }
    }

    [[nodiscard]] Priority highest(uint32_t owner) const {
        auto level = Low;
        for (const auto& j : jobs_)
            if (j.owner == owner && j.priority != Foreground) level = std::min(level, j.priority);
        return level;
    }
    [[nodiscard]] size_t running_of(uint32_t owner) const {
        return static_cast<size_t>(std::count_if(jobs_.begin(), jobs_.end(), [&](const auto& j) {
            return j.since && j.owner == owner && j.priority != Foreground;
        }));
    }

    void check() {
        size_t background = 0;
        size_t most_served = 0;
        for (uint32_t owner = 0; owner < owners_; ++owner) {
            background += running_of(owner);
            most_served = std::max(most_served, running_of(owner));
        }
        ASSERT_LE(background, slots_);
        for (auto& j : jobs_) {
            bool ready = j.priority == Foreground || j.priority == highest(j.owner);
            ASSERT_TRUE(ready || !j.since) << "a lower level runs beside a higher one of its owner";
            if (j.since || !ready) {
                j.hungry.reset();
                continue;
            }
            j.hungry = j.hungry.value_or(now_);
            ASSERT_LE(now_ - *j.hungry, bound()) << "job " << j.id.hex << " of " << j.owner << " among "
                                                 << owners_ << " owners and " << slots_ << " slots";
            if (j.priority == Foreground) continue;
            ASSERT_EQ(background, slots_) << "a slot is free, and somebody waits";
            ASSERT_TRUE(running_of(j.owner) > 0 || most_served < 2) << "somebody has nothing beside plenty";
        }
    }

    /// To the end of a job, the end of a slice, or the next arrival, whichever is first.
    void step() {
        auto next = now_ + 1 + any(Slice);
        if (look_again_) next = std::min(next, std::max(look_again_->since_boot / seconds{1}, now_ + 1));
        for (const auto& j : jobs_)
            if (j.since) next = std::min(next, now_ + std::max<int64_t>(j.work, 1));
        for (auto& j : jobs_)
            if (j.since) j.work -= next - now_;
        std::erase_if(jobs_, [](const auto& j) { return j.work <= 0; });
        now_ = next;
    }

    std::mt19937 random_;
    uint32_t slots_;
    uint32_t owners_;
    std::vector<Simulated> jobs_;
    Served served_;
    std::optional<BootTime> look_again_;
    int64_t now_ = 0;
    uint64_t made_ = 0;
    uint64_t arrivals_ = 0;
};

TEST(FairShare, NobodyStarves) {
    for (uint32_t seed = 0; seed < 12; ++seed) {
        for (uint32_t count : {1, 2, 4}) {
            Machine machine(seed, count);
            machine.run(100 * Slice);
            if (HasFatalFailure()) FAIL() << "seed " << seed << ", " << count << " slots";
        }
    }
}

} // namespace

} // namespace haulier::job
