// SPDX-License-Identifier: LGPL-2.1-or-later
// The queue of ready jobs, by example, and compared with its plain definition: a list that is sorted and gone
// through each time.
#include "job/ready_queue.hpp"

#include "job/schedule.hpp"
#include "schedule_samples.hpp"
#include "support/chance.hpp"

#include <algorithm>
#include <gtest/gtest.h>
#include <random>

namespace haulier::job {

namespace {

using Next = ReadyQueue::Next;

constexpr ReadyPool BackgroundPool{1, false};
constexpr ReadyPool ForegroundPool{1, true};

Ids shown(const ReadyQueue& queue, const ReadyPool& pool, const std::set<std::string>& full_lines = {},
          const std::map<Id, std::string>& lines = {}) {
    Ids all;
    queue.walk(pool, [&](const Id& id) {
        auto line = lines.find(id);
        if (line != lines.end() && full_lines.contains(line->second)) return Next::Line;
        all.push_back(id);
        return Next::Job;
    });
    return all;
}

TEST(ReadyQueue, ShowsJobsByPriorityAndAge) {
    ReadyQueue queue;
    queue.place(Id{"b"}, {1, Priority::Normal, 2, "x"});
    queue.place(Id{"a"}, {1, Priority::Normal, 1, "y"});
    queue.place(Id{"c"}, {1, Priority::High, 3, "y"});
    queue.place(Id{"f"}, {1, Priority::Foreground, 4, "y"});
    queue.place(Id{"o"}, {2, Priority::Normal, 5, "y"});
    EXPECT_EQ(shown(queue, BackgroundPool), ids({"c", "a", "b"}));
    EXPECT_EQ(shown(queue, ForegroundPool), ids({"f"}));
    EXPECT_EQ(queue.pools(), (std::vector<ReadyPool>{BackgroundPool, ForegroundPool, {2, false}}));
    queue.place(Id{"c"}, {1, Priority::Low, 3, "y"});
    EXPECT_EQ(shown(queue, BackgroundPool), ids({"a", "b", "c"})) << "the later place counts";
    queue.remove(Id{"o"});
    queue.remove(Id{"o"});
    EXPECT_EQ(queue.size(), 4U);
    EXPECT_EQ(queue.pools(), (std::vector<ReadyPool>{BackgroundPool, ForegroundPool}));
}

TEST(ReadyQueue, PassesOverALineThatCannotMove) {
    ReadyQueue queue;
    for (uint64_t n = 1; n <= 3; ++n) {
        queue.place(Id{"full" + std::to_string(n)}, {1, Priority::Normal, 2 * n, "full"});
        queue.place(Id{"free" + std::to_string(n)}, {1, Priority::Normal, 2 * n + 1, "free"});
    }
    Ids seen;
    queue.walk(BackgroundPool, [&](const Id& id) {
        seen.push_back(id);
        return id.hex.starts_with("full") ? Next::Line : Next::Job;
    });
    EXPECT_EQ(seen, ids({"full1", "free1", "free2", "free3"}));
}

TEST(ReadyQueue, EndsWhenItIsTold) {
    ReadyQueue queue;
    queue.place(Id{"a"}, {1, Priority::Normal, 1, "x"});
    queue.place(Id{"b"}, {1, Priority::Normal, 2, "x"});
    int seen = 0;
    queue.walk(BackgroundPool, [&](const Id&) {
        ++seen;
        return Next::End;
    });
    EXPECT_EQ(seen, 1);
}

/// Jobs as in a list, and the same in a queue.
class RandomJobs {
public:
    explicit RandomJobs(uint64_t seed) : dice_(seed) {}

    uint64_t roll(uint64_t sides) { return std::uniform_int_distribution<uint64_t>{0, sides - 1}(dice_); }

    void step() {
        if (roll(3) > 0 || list_.empty()) {
            Id id{"job" + std::to_string(roll(60))};
            ReadyQueue::Place place{static_cast<uint32_t>(1 + roll(4)), static_cast<Priority>(roll(4)),
                                    ++since_, "line" + std::to_string(roll(5))};
            list_[id] = place;
            queue_.place(id, place);
        } else {
            auto id = std::next(list_.begin(), static_cast<int64_t>(roll(list_.size())))->first;
            list_.erase(id);
            queue_.remove(id);
        }
    }
    /// Of jobs whose line is not full, in the order of the definition.
    [[nodiscard]] std::vector<Waiting> plain(const std::set<std::string>& full) const {
        std::vector<Waiting> all;
        for (const auto& [id, place] : list_)
            if (!full.contains(place.line)) all.push_back({id, place.priority, place.since, place.owner});
        std::sort(all.begin(), all.end(), [](const Waiting& a, const Waiting& b) {
            return std::pair{a.priority, a.since} < std::pair{b.priority, b.since};
        });
        return all;
    }
    /// The same of one pool, or only the first of them.
    [[nodiscard]] std::vector<Waiting> indexed(const ReadyPool& pool, const std::set<std::string>& full,
                                               uint64_t most = ~uint64_t{0}) const {
        std::vector<Waiting> all;
        queue_.walk(pool, [&](const Id& id) {
            const auto& place = list_.at(id);
            if (full.contains(place.line)) return Next::Line;
            all.push_back({id, place.priority, place.since, place.owner});
            return all.size() > most ? Next::End : Next::Job;
        });
        return all;
    }
    [[nodiscard]] const ReadyQueue& queue() const { return queue_; }
    [[nodiscard]] std::set<std::string> some_lines() {
        std::set<std::string> lines;
        for (auto n = roll(4); n > 0; --n)
            lines.insert("line" + std::to_string(roll(5)));
        return lines;
    }

private:
    std::mt19937 dice_;
    std::map<Id, ReadyQueue::Place> list_;
    ReadyQueue queue_;
    uint64_t since_ = 0;
};

Ids ids_of(const std::vector<Waiting>& jobs) {
    Ids all;
    for (const auto& job : jobs)
        all.push_back(job.id);
    return all;
}

TEST(ReadyQueue, ShowsWhatAListWouldShow) {
    RandomJobs jobs{test::printed_seed()};
    for (int round = 0; round < 3000; ++round) {
        jobs.step();
        auto full = jobs.some_lines();
        auto plain = jobs.plain(full);
        for (uint32_t owner = 1; owner <= 4; ++owner) {
            for (bool foreground : {false, true}) {
                std::vector<Waiting> of_pool;
                std::copy_if(
                    plain.begin(), plain.end(), std::back_inserter(of_pool), [&](const Waiting& job) {
                        return job.owner == owner && (job.priority == Priority::Foreground) == foreground;
                    });
                ASSERT_EQ(ids_of(jobs.indexed({owner, foreground}, full)), ids_of(of_pool))
                    << "round " << round;
            }
        }
    }
}

TEST(ReadyQueue, ItsFirstJobsAreAsGoodForTheScheduleAsAll) {
    RandomJobs jobs{test::printed_seed()};
    for (int round = 0; round < 3000; ++round) {
        jobs.step();
        auto full = jobs.some_lines();
        SchedulePolicy policy{static_cast<uint32_t>(1 + jobs.roll(4)), Usec{300},
                              static_cast<uint32_t>(1 + jobs.roll(3))};
        std::vector<Running> running;
        for (auto n = jobs.roll(8); n > 0; --n)
            running.push_back({Id{"running" + std::to_string(n)}, static_cast<Priority>(jobs.roll(4)),
                               BootTime{Usec{static_cast<int64_t>(jobs.roll(600))}},
                               static_cast<uint32_t>(1 + jobs.roll(4)), jobs.roll(5) == 0});
        Served served;
        for (uint32_t owner = 1; owner <= 4; ++owner)
            served[owner] = jobs.roll(10);
        std::vector<Waiting> first;
        for (const auto& pool : jobs.queue().pools()) {
            auto slots = pool.foreground ? policy.foreground_jobs : policy.background_jobs;
            auto of_pool = jobs.indexed(pool, full, most_grants(slots));
            first.insert(first.end(), of_pool.begin(), of_pool.end());
        }
        BootTime now{Usec{600}};
        auto of_all = schedule(jobs.plain(full), running, policy, now, served);
        auto of_first = schedule(first, running, policy, now, served);
        ASSERT_EQ(of_first.grant, of_all.grant) << "round " << round;
        ASSERT_EQ(of_first.preempt, of_all.preempt) << "round " << round;
        ASSERT_EQ(of_first.next_deadline, of_all.next_deadline) << "round " << round;
        ASSERT_EQ(of_first.served, of_all.served) << "round " << round;
    }
}

} // namespace

} // namespace haulier::job
