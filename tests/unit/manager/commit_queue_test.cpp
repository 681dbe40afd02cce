// SPDX-License-Identifier: LGPL-2.1-or-later
// Decide, persist, adopt: with a real database, and a loop that the test turns.
#include "daemon/manager/commit_queue.hpp"

#include "store_fixture.hpp"

namespace haulier::daemon {

namespace {

class CommitQueueTest : public StoreTest {
protected:
    static job::Decision creation(const std::string& name) {
        auto request = request_for(0);
        request.settings.set<&job::Settings::display_name>(name);
        auto hex = std::string(32 - name.size(), '0') + name;
        return *job::create(job::Id{hex}, Ann, request, job::Limits{}, SystemClock{}.now());
    }
    Callback<Done> note() {
        return [this](const Status& status) { errors_.push_back(status ? "" : "lost"); };
    }

    std::vector<size_t> commits_; ///< the number of decisions of each
    int failures_ = 0;
    int recoveries_ = 0;
    std::vector<std::string> errors_; ///< answers; empty = success
    UsageAccounting usage_;
    JobTable jobs_{usage_, job::Visibility::Full};
    CommitQueue queue_{loop_,
                       open_store(),
                       jobs_,
                       [this](const std::vector<CommittedDecision>& decisions) {
                           commits_.push_back(decisions.size());
                           for (const auto& d : decisions)
                               if (d.then) d.then(Done{});
                       },
                       [this] { ++failures_; },
                       [this] { ++recoveries_; }};
};

TEST_F(CommitQueueTest, DecisionsOfOneTurnShareOneCommit) {
    queue_.stage(creation("a"), note());
    queue_.stage(creation("b"), note());
    EXPECT_TRUE(commits_.empty());
    drain();
    EXPECT_EQ(commits_, std::vector<size_t>{2});
    EXPECT_EQ(errors_, (std::vector<std::string>{"", ""}));
    EXPECT_EQ(stored().size(), 2U);
}

TEST_F(CommitQueueTest, WhatIsCountedIsStoredWithTheNextDecision) {
    auto stored_counters = [&] {
        std::vector<job::Statistics> all;
        queue_.load_statistics([&](const auto& loaded) { all = *loaded; });
        EXPECT_TRUE(queue_.flush());
        return all.empty() ? job::Counters{} : all.at(0).counters;
    };
    job::Counters bytes;
    bytes.bytes_received = 70;
    queue_.count(Ann, bytes);
    queue_.acknowledge(1);
    ASSERT_TRUE(queue_.flush());
    EXPECT_EQ(stored_counters(), job::Counters{});
    break_store();
    queue_.stage(creation("a"));
    EXPECT_EQ(failures_, 1);
    repair_store();
    queue_.stage(creation("b"));
    ASSERT_TRUE(queue_.flush());
    auto expected = bytes;
    expected.jobs_created = 1;
    EXPECT_EQ(stored_counters(), expected) << "a decision that was lost is not counted, but its bytes are";
    auto d = creation("b");
    d.job.state = job::State::Cancelled;
    queue_.stage(d);
    ASSERT_TRUE(queue_.flush());
    expected.jobs_cancelled = 1;
    EXPECT_EQ(stored_counters(), expected);
}

TEST_F(CommitQueueTest, LaterDecisionsOfTheTurnBuildOnEarlierOnes) {
    auto d = creation("a");
    queue_.stage(d);
    const auto& record = *jobs_.find(d.job.id);
    d.job = record.working();
    d.job.description = "second";
    queue_.stage(d);
    EXPECT_EQ(record.working().description, "second");
    EXPECT_TRUE(stored().empty());
    ASSERT_TRUE(queue_.flush());
    EXPECT_EQ(record.durable().description, "second");
    EXPECT_EQ(stored().front().job.description, "second");
}

TEST_F(CommitQueueTest, WhenOneCannotBeStoredNoneOfTheTurnHappened) {
    queue_.stage(creation("a"));
    ASSERT_TRUE(queue_.flush());
    auto change = creation("a");
    change.job.description = "changed";
    break_store("b");
    queue_.stage(change, note());
    queue_.stage(creation("b"), note());
    EXPECT_EQ(errors_, (std::vector<std::string>{"lost", "lost"}));
    EXPECT_EQ(failures_, 1);
    EXPECT_EQ(jobs_.find(change.job.id)->working().description, "");
    EXPECT_EQ(jobs_.find(creation("b").job.id), nullptr);
    ASSERT_TRUE(queue_.flush());
    EXPECT_EQ(commits_, std::vector<size_t>{1});

    repair_store();
    EXPECT_TRUE(queue_.is_failing());
    queue_.stage(creation("c"), note());
    ASSERT_TRUE(queue_.flush());
    EXPECT_FALSE(queue_.is_failing());
    EXPECT_EQ(recoveries_, 1);
    EXPECT_EQ(errors_.back(), "");
    EXPECT_EQ(stored().size(), 2U);
}

TEST_F(CommitQueueTest, AReplyCanWaitForTheCommitOfOthersDecisions) {
    queue_.stage(creation("a"));
    queue_.after_commit(note());
    EXPECT_TRUE(errors_.empty());
    drain();
    EXPECT_EQ(errors_, std::vector<std::string>{""});

    queue_.after_commit(note());
    drain();
    EXPECT_EQ(errors_.size(), 2U) << "even if there is nothing to commit";
}

TEST_F(CommitQueueTest, AReplyThatWaitsIsToldOfAFailure) {
    break_store("b");
    queue_.stage(creation("a"));
    queue_.after_commit(note());
    queue_.stage(creation("b"));
    EXPECT_EQ(errors_, std::vector<std::string>{"lost"});
}

TEST_F(CommitQueueTest, ACommitOfNothingIsNoRecovery) {
    break_store("b");
    queue_.stage(creation("b"), note());
    ASSERT_TRUE(queue_.is_failing());
    ASSERT_TRUE(queue_.flush());
    EXPECT_TRUE(queue_.is_failing());
    EXPECT_EQ(queue_.examine(), store::Health::Sound);
    EXPECT_FALSE(queue_.is_failing());
}

TEST_F(CommitQueueTest, WhatHappenedOutsideIsWrittenAgainAfterAFailure) {
    break_store("b");
    queue_.set_launches({Ann, "org.example.App", 3});
    queue_.stage(creation("b"), note());
    queue_.set_launches({Ann, "org.example.App", 0});
    queue_.set_launches({Bob, "org.example.App", 1});
    queue_.stage(creation("b"), note());
    EXPECT_TRUE(open_store().load_launches()->empty());
    EXPECT_EQ(queue_.examine(), store::Health::Sound);
    drain();
    EXPECT_EQ(*open_store().load_launches(),
              std::vector<store::Launches>{(store::Launches{Bob, "org.example.App", 1})});
}

TEST_F(CommitQueueTest, ARemovedJobIsGoneAfterTheCommit) {
    queue_.stage(creation("a"));
    ASSERT_TRUE(queue_.flush());
    queue_.remove(creation("a").job.id, note());
    EXPECT_EQ(stored().size(), 1U);
    EXPECT_TRUE(errors_.empty());
    drain();
    EXPECT_TRUE(stored().empty());
    EXPECT_EQ(errors_, std::vector<std::string>{""});
}

TEST_F(CommitQueueTest, ARemovalThatFailsIsNoSuccess) {
    queue_.stage(creation("a"));
    ASSERT_TRUE(queue_.flush());
    break_store();
    queue_.remove(creation("a").job.id, note());
    drain();
    EXPECT_EQ(errors_, std::vector<std::string>{"lost"});
}

} // namespace

} // namespace haulier::daemon
