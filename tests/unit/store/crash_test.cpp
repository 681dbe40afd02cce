// SPDX-License-Identifier: LGPL-2.1-or-later
// kill -9 while it works: what was reported committed is there, what was not is there whole or not at all.
#include "store_samples.hpp"

#include "base/fd.hpp"

#include <csignal>
#include <fcntl.h>
#include <functional>
#include <random>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

namespace haulier::store {

namespace {

constexpr unsigned JobsInAGroup = 3;
constexpr unsigned FilesInAJob = 4;

/// A process that does something until it is killed.
class Victim {
public:
    explicit Victim(const std::function<void(int report)>& work) {
        int ends[2];
        EXPECT_EQ(pipe2(ends, O_CLOEXEC), 0);
        report_ = Fd{ends[0]};
        Fd writing{ends[1]};
        pid_ = fork();
        if (pid_ == 0) {
            work(writing.get());
            _exit(0);
        }
    }
    ~Victim() { kill_and_reap(); }
    Victim(const Victim&) = delete;
    Victim& operator=(const Victim&) = delete;

    /// The next number it reports; nothing when it is dead and all is read.
    std::optional<unsigned> next() {
        unsigned number = 0;
        return read(report_.get(), &number, sizeof number) == sizeof number ? std::optional{number}
                                                                            : std::nullopt;
    }
    void kill_and_reap() {
        if (pid_ <= 0) return;
        kill(pid_, SIGKILL);
        waitpid(std::exchange(pid_, -1), nullptr, 0);
    }

private:
    pid_t pid_ = -1;
    Fd report_;
};

/// Group n holds jobs 3n, 3n + 1 and 3n + 2.
void commit_groups(const std::string& directory, unsigned group, int report) {
    auto store = Store::open(directory);
    if (!store) return;
    for (;; ++group) {
        for (unsigned i = 0; i < JobsInAGroup; ++i) {
            job::Decision d = creation(group * JobsInAGroup + i, FilesInAJob);
            d.notifications = {{job::NotificationKind::Error, 0}};
            if (!store->save(d)) return;
        }
        if (!store->commit() || write(report, &group, sizeof group) != sizeof group) return;
    }
}

/// Burns a little time that is not a whole number of anything.
void spin_for(std::chrono::microseconds span) {
    auto end = std::chrono::steady_clock::now() + span;
    while (std::chrono::steady_clock::now() < end)
        continue;
}

} // namespace

TEST(Killed, WhatWasReportedCommittedIsThere) {
    DatabaseDir directory;
    std::mt19937 random{std::random_device{}()};
    unsigned expected = 0; // groups known to be committed
    for (int round = 0; round < 20; ++round) {
        {
            Victim victim{[&](int report) { commit_groups(directory.path(), expected, report); }};
            for (auto reports = 1 + random() % 20; reports > 0; --reports) {
                auto group = victim.next();
                ASSERT_TRUE(group) << "the child failed by itself";
                ASSERT_EQ(*group, expected++);
            }
            spin_for(std::chrono::microseconds{random() % 1500});
            victim.kill_and_reap();
            while (auto group = victim.next())
                ASSERT_EQ(*group, expected++);
        }
        Store store = open_quietly(directory);
        auto jobs = jobs_of(store);
        auto outbox = outbox_of(store);
        ASSERT_EQ(jobs.size() % JobsInAGroup, 0u) << "a group is there in part";
        auto groups = jobs.size() / JobsInAGroup;
        ASSERT_GE(groups, expected);
        ASSERT_LE(groups, expected + 1) << "more than the one commit under way";
        for (unsigned i = 0; i < jobs.size(); ++i) {
            ASSERT_EQ(jobs[i].job.id, id_of(i));
            ASSERT_EQ(jobs[i].files.size(), FilesInAJob);
            ASSERT_EQ(outbox.at(i).job, id_of(i));
        }
        ASSERT_EQ(outbox.size(), jobs.size());
        expected = static_cast<unsigned>(groups);
    }
}

TEST(Killed, InTheMiddleOfTheFirstStart) {
    std::mt19937 random{std::random_device{}()};
    for (int round = 0; round < 40; ++round) {
        DatabaseDir directory;
        {
            Victim victim{[&](int report) { commit_groups(directory.path(), 0, report); }};
            spin_for(std::chrono::microseconds{random() % 6000});
        }
        Store store = open_quietly(directory);
        save_and_commit(store, creation(999'999));
        EXPECT_EQ(jobs_of(store).size() % JobsInAGroup, 1u);
    }
}

} // namespace haulier::store
