// SPDX-License-Identifier: LGPL-2.1-or-later
// What is remembered of ended jobs.
#include "store_samples.hpp"
#include "support/files.hpp"

namespace haulier::store {

namespace {

job::EndedJob ended(unsigned number, uint32_t owner = 1000) {
    job::EndedJob job;
    job.id = id_of(number);
    job.type = job::Type::Upload;
    job.owner = owner;
    job.display_name = "job " + std::to_string(number);
    job.outcome = number % 2 == 0 ? job::Outcome::Partial : job::Outcome::Expired;
    job.created = WallTime{Usec{1}};
    job.ended = WallTime{Usec{number}};
    job.active_for = Usec{5'000'000};
    job.bytes = ~uint64_t{0};
    job.files_total = 3;
    job.files_transferred = 2;
    job.cause = job::Cause::HttpStatus;
    job.code = 404;
    job.target = "/srv";
    job.app_id = "org.example.App";
    job.app_id_source = job::AppIdSource::Sandbox;
    job.visibility = job::Visibility::Progress;
    return job;
}

std::vector<unsigned> numbers(Store& store, const EndedFilter& filter = {}) {
    std::vector<unsigned> found;
    auto jobs = store.list_ended(filter);
    for (const auto& job : *jobs)
        found.push_back(static_cast<unsigned>(std::stoul(job.id.hex)));
    return found;
}
using Numbers = std::vector<unsigned>;

Store with_ten(const DatabaseDir& directory) {
    auto store = open_quietly(directory);
    for (unsigned number = 1; number <= 10; ++number)
        expect_done(store.add_ended(ended(number, number <= 6 ? 1000 : 1001), 100));
    expect_done(store.commit());
    return store;
}

} // namespace

TEST(EndedJobs, AreReadAsTheyWereWritten) {
    DatabaseDir directory;
    auto plain = ended(2);
    plain.cause.reset();
    plain.code = 0;
    plain.app_id.clear();
    plain.app_id_source = job::AppIdSource::None;
    plain.visibility.reset();
    {
        auto store = open_quietly(directory);
        EXPECT_EQ(*store.oldest_ended(), std::nullopt);
        expect_done(store.add_ended(ended(1), 100));
        expect_done(store.add_ended(plain, 100));
        expect_done(store.commit());
    }
    auto store = open_quietly(directory);
    EXPECT_EQ(*store.list_ended({}), (std::vector{plain, ended(1)}));
    EXPECT_EQ(*store.oldest_ended(), WallTime{Usec{1}});
}

TEST(EndedJobs, AreFiltered) {
    DatabaseDir directory;
    auto store = with_ten(directory);
    EXPECT_EQ(numbers(store, {1001}), (Numbers{10, 9, 8, 7}));
    EXPECT_EQ(numbers(store, {1000, WallTime{Usec{5}}}), (Numbers{6, 5}));
    EXPECT_EQ(numbers(store, {std::nullopt, {}, {job::Outcome::Partial}}), (Numbers{10, 8, 6, 4, 2}));
    EXPECT_EQ(numbers(store, {1000, {}, {job::Outcome::Complete, job::Outcome::Expired}}),
              (Numbers{5, 3, 1}));
    EXPECT_EQ(numbers(store, {std::nullopt, {}, {}, 2, 3}), (Numbers{8, 7, 6}));
    EXPECT_EQ(numbers(store, {1000, {}, {}, 5, 3}), Numbers{1});
    EXPECT_EQ(numbers(store, {7}), Numbers{});
}

TEST(EndedJobs, AreHiddenWhereTheirJobsWere) {
    DatabaseDir directory;
    auto store = open_quietly(directory);
    for (unsigned number = 1; number <= 3; ++number) {
        auto job = ended(number);
        if (number == 1) job.visibility = job::Visibility::Hidden;
        if (number == 2) job.visibility.reset();
        expect_done(store.add_ended(job, 100));
    }
    EndedFilter shown{.hidden = false, .usual_visibility = job::Visibility::Full};
    EXPECT_EQ(numbers(store, shown), (Numbers{3, 2}));
    shown.usual_visibility = job::Visibility::Hidden;
    EXPECT_EQ(numbers(store, shown), Numbers{3});
    shown.owner = 1000;
    EXPECT_EQ(numbers(store, shown), Numbers{3});
    EXPECT_EQ(numbers(store, {1000}), (Numbers{3, 2, 1}));
    EXPECT_EQ(*store.forget_ended({1000}), 3U);
}

TEST(EndedJobs, OfAnAppAreThoseThatItsSandboxNamed) {
    DatabaseDir directory;
    auto store = open_quietly(directory);
    for (unsigned number = 1; number <= 3; ++number) {
        auto job = ended(number);
        if (number == 1) job.app_id_source = job::AppIdSource::Client;
        if (number == 2) job.app_id = "org.example.Other";
        expect_done(store.add_ended(job, 100));
    }
    EXPECT_EQ(numbers(store, {.app = "org.example.App"}), Numbers{3});
    EXPECT_EQ(numbers(store, {.owner = 1000, .app = "org.example.Other"}), Numbers{2});
    EXPECT_EQ(numbers(store, {.owner = 1001, .app = "org.example.Other"}), Numbers{});
}

TEST(EndedJobs, AreForgotten) {
    DatabaseDir directory;
    auto store = with_ten(directory);
    EXPECT_EQ(*store.forget_ended({1001, WallTime{Usec{9}}}), 2u);
    EXPECT_EQ(*store.forget_ended({std::nullopt, {}, {job::Outcome::Expired}}), 4u);
    EXPECT_EQ(*store.forget_ended({7}), 0u);
    expect_done(store.expire_ended(WallTime{Usec{4}}));
    expect_done(store.commit());
    EXPECT_EQ(numbers(store), (Numbers{8, 6, 4}));
}

TEST(EndedJobs, TheNewestOfAnOwnerStay) {
    DatabaseDir directory;
    auto store = with_ten(directory);
    expect_done(store.add_ended(ended(11), 3));
    EXPECT_EQ(numbers(store, {1000}), (Numbers{11, 6, 5}));
    EXPECT_EQ(numbers(store, {1001}).size(), 4u);
}

TEST(EndedJobs, WhatIsForgottenIsInNoFile) {
    DatabaseDir directory;
    auto store = open_quietly(directory);
    auto secret = ended(1);
    secret.display_name = "a-name-to-be-forgotten";
    expect_done(store.add_ended(secret, 100));
    expect_done(store.commit());
    EXPECT_EQ(*store.forget_ended({}), 1u);
    expect_done(store.commit());
    for (const auto& file : std::filesystem::directory_iterator{directory.path()}) {
        EXPECT_EQ(test::read_file(file.path()).find(secret.display_name), std::string::npos) << file.path();
    }
}

TEST(EndedJobs, ARowWithoutSenseIsLeftOut) {
    DatabaseDir directory;
    auto store = with_ten(directory);
    run_sql(directory.database(), "UPDATE ended_jobs SET result = 'gossip' WHERE number = 9; "
                                  "UPDATE ended_jobs SET files_total = -1 WHERE number = 10");
    EXPECT_EQ(numbers(store, {1001}), (Numbers{8, 7}));
}

} // namespace haulier::store
