// SPDX-License-Identifier: LGPL-2.1-or-later
#include "daemon/manager/job_table.hpp"

#include "job/outcomes.hpp"
#include "job/segments.hpp"
#include "store_fixture.hpp"
#include "support/chance.hpp"

#include <gtest/gtest.h>
#include <random>

namespace haulier::daemon {

namespace {

const job::Id JobA{std::string(32, 'a')};
const job::Id JobB{std::string(32, 'b')};

struct JobTableTest : testing::Test {
    UsageAccounting usage;
    JobTable jobs{usage, job::Visibility::Full};
    Now now = SystemClock{}.now();

    JobRecord& add(const job::Id& id, const job::Request& request = request_for(2), uint32_t owner = Ann) {
        jobs.replace(*job::create(id, owner, request, job::Limits{}, now));
        return *jobs.find(id);
    }
    JobRecord& add_durable(const job::Id& id, const job::Request& request = request_for(2)) {
        auto& record = add(id, request);
        jobs.make_durable();
        return record;
    }
    job::Decision renamed(const JobRecord& record, const std::string& name) const {
        job::Decision d;
        d.job = record.working();
        d.job.display_name = name;
        d.job.modified = now.wall;
        return d;
    }
};

TEST_F(JobTableTest, ANewJobDoesNotExistForClientsBeforeTheCommit) {
    auto& record = add(JobA);
    EXPECT_FALSE(record.is_durable());
    EXPECT_TRUE(jobs.list().empty());
    EXPECT_EQ(jobs.count(), 0U);
    EXPECT_EQ(usage.of(Ann).jobs, 1U) << "but it takes up room";

    jobs.make_durable();
    EXPECT_TRUE(record.is_durable());
    EXPECT_EQ(jobs.list(), std::vector<const JobRecord*>{&record});
    EXPECT_EQ(jobs.count(Ann), 1U);
    EXPECT_EQ(jobs.count(Bob), 0U);
}

TEST_F(JobTableTest, DecisionsReadWorkingValuesAndClientsDurableOnes) {
    auto& record = add_durable(JobA);
    auto change = jobs.replace(renamed(record, "other"));
    EXPECT_EQ(change.before->display_name, "sample");
    EXPECT_EQ(change.after->display_name, "other");
    EXPECT_TRUE(record.is_changing());
    EXPECT_EQ(record.working().display_name, "other");
    EXPECT_EQ(record.durable().display_name, "sample");
    jobs.make_durable();
    EXPECT_FALSE(record.is_changing());
    EXPECT_EQ(record.durable().display_name, "other");
}

Tally counted_one_by_one(const JobRecord& record, uint32_t& unsized) {
    Tally tally;
    unsized = 0;
    for (uint32_t i = 0; i < record.durable_file_count(); ++i) {
        auto size = job::size_of(record.durable_file(i));
        unsized += size == job::UnknownSize;
        tally.total += size == job::UnknownSize ? 0 : size;
        tally.transferred += transferred_of(record, i);
    }
    return tally;
}

TEST_F(JobTableTest, SumsAreThoseOfTheDurableFiles) {
    auto& record = add_durable(JobA, request_for(5));
    EXPECT_EQ(record.sums(), (FileSums{0, 5, 0}));
    std::mt19937_64 random{test::printed_seed()};
    auto below = [&](uint64_t bound) { return random() % bound; };
    for (int step = 0; step < 300; ++step) {
        auto index = static_cast<uint32_t>(below(record.working_files().size() + 1));
        job::Decision d;
        d.job = record.working();
        d.job.files_total = std::max(d.job.files_total, index + 1);
        if (index < record.working_files().size()) d.files[index] = record.working_files()[index];
        auto& file = d.files[index];
        file.total = below(3) == 0 ? job::UnknownSize : below(1000);
        file.offset = below(100);
        jobs.replace(d);
        if (below(3) == 0) jobs.roll_back();
        if (below(3) == 0) jobs.make_durable();
        record.transfers.clear();
        record.transfers[index].moved = below(200);
        uint32_t unsized = 0;
        auto expected = counted_one_by_one(record, unsized);
        if (index >= record.durable_file_count()) record.transfers.clear();
        ASSERT_EQ(record.sums().known, expected.total);
        ASSERT_EQ(record.sums().unsized, unsized);
        ASSERT_EQ(tally_of(record).transferred, expected.transferred);
        ASSERT_EQ(tally_of(record).total, unsized > 0 ? job::UnknownSize : expected.total);
    }
    JobRecord again{record.working(), record.working_files()};
    jobs.make_durable();
    EXPECT_EQ(again.sums(), record.sums());
}

TEST_F(JobTableTest, ActivityIsSummedUpByOwner) {
    auto set = [&](const job::Id& id, job::State state) {
        job::Decision d;
        d.job = jobs.find(id)->working();
        d.job.state = state;
        for (uint32_t i = 0; i < 2; ++i) {
            d.files[i] = jobs.find(id)->working_files()[i];
            d.files[i].total = 100;
            d.files[i].offset = 10;
        }
        jobs.replace(d);
        jobs.make_durable();
    };
    add_durable(JobA);
    add(JobB, request_for(2), Bob);
    jobs.make_durable();
    EXPECT_EQ(jobs.activity(std::nullopt), Activity{}) << "both are suspended";
    set(JobA, job::State::Queued);
    EXPECT_EQ(jobs.activity(Ann), (Activity{200, 20, 0, 0, 0}));
    set(JobA, job::State::Transferring);
    jobs.find(JobA)->rate = 7;
    jobs.find(JobA)->transfers[0].moved = 15;
    EXPECT_EQ(jobs.activity(Ann), (Activity{200, 25, 7, 1, 0}));
    EXPECT_EQ(jobs.activity(Bob), Activity{});
    set(JobB, job::State::Error);
    EXPECT_EQ(jobs.activity(Bob), (Activity{0, 0, 0, 0, 1}));
    EXPECT_EQ(jobs.activity(std::nullopt), (Activity{200, 25, 7, 1, 1}));
    set(JobA, job::State::Transferred);
    EXPECT_EQ(jobs.activity(Ann), (Activity{0, 0, 0, 0, 1})) << "no service completes it";
    set(JobA, job::State::Acknowledged);
    set(JobB, job::State::Cancelled);
    EXPECT_EQ(jobs.activity(std::nullopt), Activity{});
}

TEST_F(JobTableTest, HiddenJobsAreNoActivity) {
    auto request = request_for(1, true);
    add_durable(JobA, request);
    request.settings.set<&job::Settings::visibility>(job::Visibility::Hidden);
    add_durable(JobB, request);
    auto give = [&](const job::Id& id, job::State state, std::optional<job::Visibility> visibility) {
        job::Decision d;
        d.job = jobs.find(id)->working();
        d.job.state = state;
        d.job.visibility = visibility;
        jobs.replace(d);
        jobs.make_durable();
    };
    give(JobA, job::State::Error, std::nullopt);
    give(JobB, job::State::Error, job::Visibility::Hidden);
    EXPECT_EQ(jobs.activity(Ann).needing_someone, 1U);
    EXPECT_EQ(jobs.count(Ann), 2U);
    give(JobB, job::State::Transferring, job::Visibility::Progress);
    EXPECT_EQ(jobs.activity(Ann).running, 1U);
    give(JobB, job::State::Transferring, job::Visibility::Hidden);
    EXPECT_EQ(jobs.activity(Ann).running, 0U);

    JobTable of_system{usage, job::Visibility::Hidden};
    of_system.restore(jobs.find(JobA)->working(), {});
    EXPECT_EQ(of_system.activity(std::nullopt), Activity{});
}

TEST_F(JobTableTest, ValuesThatDoNotChangeAreHeldOnce) {
    auto& record = add_durable(JobA);
    EXPECT_EQ(&record.working(), &record.durable());
    EXPECT_EQ(&record.working_files()[0], &record.durable_file(0));
    auto d = renamed(record, "sample");
    d.files[1] = record.working_files()[1];
    d.files[1].offset = 50;
    jobs.replace(d);
    EXPECT_FALSE(record.is_changing(0));
    EXPECT_EQ(&record.working_files()[0], &record.durable_file(0));
    EXPECT_TRUE(record.is_changing(1));
    EXPECT_EQ(record.durable_file(1).offset, 0U);
    EXPECT_EQ(record.working_files()[1].offset, 50U);
}

TEST_F(JobTableTest, AFailedCommitPutsTheDurableValuesBack) {
    auto& record = add_durable(JobA);
    auto before = usage.of(Ann);
    record.cursor = 2;
    auto d = renamed(record, std::string(200, 'x'));
    d.files[0] = record.working_files()[0];
    d.files[0].transferred = true;
    d.files[2] = d.files[0];
    jobs.replace(d);
    record.cursor = 3;
    EXPECT_GT(usage.of(Ann).text, before.text);
    EXPECT_EQ(record.durable_file_count(), 2U);

    jobs.roll_back();
    EXPECT_FALSE(record.is_changing());
    EXPECT_EQ(record.working().display_name, "sample");
    EXPECT_EQ(record.working_files().size(), 2U);
    EXPECT_FALSE(record.working_files()[0].transferred);
    EXPECT_EQ(record.cursor, 0U) << "the file is to be transferred again";
    EXPECT_EQ(usage.of(Ann), before);
}

TEST_F(JobTableTest, SeveralDecisionsAreUndoneTogether) {
    auto& record = add_durable(JobA);
    for (uint64_t offset : {10, 20, 30}) {
        auto d = renamed(record, std::to_string(offset));
        d.files[0] = record.working_files()[0];
        d.files[0].offset = offset;
        jobs.replace(d);
    }
    EXPECT_EQ(record.durable_file(0).offset, 0U);
    jobs.roll_back();
    EXPECT_EQ(record.working_files()[0].offset, 0U);
    EXPECT_EQ(record.working().display_name, "sample");
}

TEST_F(JobTableTest, AFailedCommitForgetsNewJobs) {
    add_durable(JobA);
    add(JobB);
    jobs.roll_back();
    EXPECT_EQ(jobs.find(JobB), nullptr);
    EXPECT_NE(jobs.find(JobA), nullptr);
    EXPECT_EQ(usage.of(Ann).jobs, 1U);
}

TEST_F(JobTableTest, AKeyIsFoundAtOnceAndFreeAtTheEnd) {
    auto request = request_for(1);
    request.key = "nightly";
    auto& record = add(JobA, request);
    EXPECT_EQ(jobs.find_key({Ann, "", "nightly"}), &record) << "not durable yet, but taken";
    EXPECT_EQ(jobs.find_key({Bob, "", "nightly"}), nullptr);
    EXPECT_EQ(jobs.find_key({Ann, "", ""}), nullptr);
    jobs.make_durable();
    jobs.replace(*job::cancel(record.working(), now));
    EXPECT_EQ(jobs.find_key({Ann, "", "nightly"}), nullptr);
    jobs.roll_back();
    EXPECT_EQ(jobs.find_key({Ann, "", "nightly"}), &record);
}

TEST_F(JobTableTest, AppsInSandboxesHaveKeysAndCountsOfTheirOwn) {
    auto request = request_for(0);
    request.key = "nightly";
    auto& of_user = add_durable(JobA, request);
    request.app_id = "org.example.App";
    request.grants.emplace();
    auto& of_app = add_durable(JobB, request);
    EXPECT_EQ(jobs.find_key({Ann, "", "nightly"}), &of_user);
    EXPECT_EQ(jobs.find_key({Ann, "org.example.App", "nightly"}), &of_app);
    EXPECT_EQ(jobs.find_key({Ann, "org.example", "nightly"}), nullptr);
    EXPECT_EQ(jobs.count(Ann), 2U);
    EXPECT_EQ(jobs.count_of_app(Ann, "org.example.App"), 1U);
    EXPECT_EQ(jobs.count_of_app(Bob, "org.example.App"), 0U) << "the same app of another user";
    EXPECT_EQ(jobs.count_of_app(Ann, "org.example.Other"), 0U);
    EXPECT_EQ(jobs.activity_of_app(Ann, "org.example.Other"), Activity{});
}

TEST_F(JobTableTest, CountsFollowOwnersAndEnds) {
    auto& first = add_durable(JobA);
    auto& second = add_durable(JobB);
    jobs.replace(*job::take_ownership(first.working(), Bob, now));
    EXPECT_EQ(jobs.count(Ann), 2U) << "as clients see it";
    EXPECT_EQ(usage.of(Bob).jobs, 1U);
    jobs.make_durable();
    EXPECT_EQ(jobs.count(Ann), 1U);
    EXPECT_EQ(jobs.count(Bob), 1U);
    jobs.replace(*job::cancel(second.working(), now));
    jobs.make_durable();
    EXPECT_EQ(jobs.count(), 1U);
    EXPECT_EQ(jobs.count(Ann), 0U);
    EXPECT_EQ(usage.of(Ann).jobs, 0U);
    EXPECT_GT(usage.of(Ann).text, 0U) << "still readable";
    EXPECT_EQ(jobs.list(), std::vector<const JobRecord*>{&first});
    EXPECT_EQ(jobs.list(true).size(), 2U);
    jobs.erase(JobB);
    EXPECT_EQ(usage.of(Ann), job::Usage{});
}

TEST_F(JobTableTest, JobsOfTheStoreAreThereAtOnce) {
    job::Job job;
    job.id = JobA;
    job.owner = Ann;
    auto& record = jobs.restore(job, std::vector<job::File>(3));
    EXPECT_EQ(record.durable().id, JobA);
    EXPECT_EQ(record.durable_file_count(), 3U);
    EXPECT_EQ(jobs.list().size(), 1U);
    EXPECT_EQ(usage.of(Ann).text, record.memory_size());
}

TEST_F(JobTableTest, TheListBeginsWithTheOldestJobWhicheverCameFirst) {
    auto restored = [&](const job::Id& id, int64_t created) {
        job::Job job;
        job.id = id;
        job.owner = Ann;
        job.created = WallTime{Usec{created}};
        return &jobs.restore(job, {});
    };
    using List = std::vector<const JobRecord*>;
    const auto* newest = restored(JobA, 3);
    const auto* oldest = restored(JobB, 1);
    const auto* middle = restored({std::string(32, 'c')}, 2);
    const auto* second_in_the_middle = restored({std::string(32, 'd')}, 2);
    EXPECT_EQ(jobs.list(), (List{oldest, middle, second_in_the_middle, newest}));
    jobs.erase(middle->durable().id);
    EXPECT_EQ(jobs.list(), (List{oldest, second_in_the_middle, newest}));
}

TEST_F(JobTableTest, TheOrderOfArrivalInTheQueueIsKept) {
    auto& first = add_durable(JobB, request_for(1, true));
    auto& second = add_durable(JobA, request_for(1, true));
    EXPECT_LT(first.queued_since, second.queued_since);
    jobs.replace(renamed(first, "still queued"));
    EXPECT_LT(first.queued_since, second.queued_since);
    jobs.replace(*job::granted(first.working(), now));
    jobs.replace(*job::interrupted(first.working(), now));
    EXPECT_GT(first.queued_since, second.queued_since);
}

TEST_F(JobTableTest, ArrivalsAreWhatIsNewOfAFile) {
    auto& record = add_durable(JobA, request_for(1));
    auto d = renamed(record, "sample");
    d.files[0] = record.working_files()[0];
    d.files[0].filled = {{0, 10}};
    EXPECT_TRUE(jobs.replace(d).arrivals.files.empty());
    d.files[0].filled = {{0, 25}};
    d.files[0].transferred = true;
    auto arrivals = jobs.replace(d).arrivals;
    EXPECT_EQ(arrivals.files, std::vector<uint32_t>{0});
    EXPECT_EQ(arrivals.ranges[0], (std::vector<job::Range>{{10, 15}}));
    EXPECT_TRUE(jobs.replace(d).arrivals.files.empty()) << "announced once";
}

TEST_F(JobTableTest, AJobNeedsTheNetworkForOtherMachinesOnly) {
    auto& record = add_durable(JobA, request_for(1));
    EXPECT_EQ(record.reach, job::Reach::Machine);
    auto d = renamed(record, "sample");
    d.files[1].spec.remote = "http://localhost/f";
    d.files[1].spec.mirrors = {"http://example.org/f"};
    jobs.replace(d);
    EXPECT_EQ(record.reach, job::Reach::Network);
    jobs.roll_back();
    EXPECT_EQ(record.reach, job::Reach::Machine);
}

} // namespace

} // namespace haulier::daemon
