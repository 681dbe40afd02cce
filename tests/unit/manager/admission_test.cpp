// SPDX-License-Identifier: LGPL-2.1-or-later
#include "daemon/manager/admission.hpp"

#include "store_fixture.hpp"

#include <gtest/gtest.h>

namespace haulier::daemon {

namespace {

constexpr uint32_t Root = 0;

struct AdmissionTest : testing::Test {
    Config config;
    UsageAccounting usage;
    JobTable jobs{usage, job::Visibility::Full};
    std::vector<uint32_t> evicted;
    std::function<void()> on_evict;
    Admission admission{config, Instance::System, jobs, usage, [this](uint32_t owner) {
                            evicted.push_back(owner);
                            if (on_evict) on_evict();
                        }};

    static job::Decision creation(char letter, uint32_t owner, uint32_t files = 1) {
        job::Id id{std::string(32, letter)};
        return *job::create(id, owner, request_for(files), job::Limits{}, SystemClock{}.now());
    }
    static Errc code_of(const Status& status) {
        EXPECT_FALSE(status);
        return status ? Errc::Internal : status.error().code;
    }
};

TEST_F(AdmissionTest, JobsOfTheSameTurnCount) {
    config.limits.jobs_per_user = 2;
    for (char letter : {'a', 'b'}) {
        ASSERT_TRUE(admission.admit(creation(letter, Ann)));
        jobs.replace(creation(letter, Ann));
    }
    EXPECT_EQ(code_of(admission.admit(creation('c', Ann))), Errc::TooManyJobs);
    EXPECT_TRUE(admission.admit(creation('c', Bob)));
    config.limits.jobs = 2;
    EXPECT_EQ(code_of(admission.admit(creation('c', Bob))), Errc::TooManyJobs);
    EXPECT_TRUE(evicted.empty()) << "ended jobs are not counted, so their end makes no room";
}

TEST_F(AdmissionTest, ACheckEvictsNothing) {
    config.limits.text_per_user = 100;
    EXPECT_EQ(code_of(admission.check(Ann, {0, 101})), Errc::TooLarge);
    EXPECT_TRUE(evicted.empty());
}

TEST_F(AdmissionTest, EndedJobsOfTheOwnerGiveWayToText) {
    usage.book({}, {Ann, {0, 80}});
    config.limits.text_per_user = 100;
    EXPECT_TRUE(admission.make_room(Ann, {0, 20}));
    EXPECT_TRUE(evicted.empty());
    EXPECT_EQ(code_of(admission.make_room(Ann, {0, 21})), Errc::TooLarge);
    EXPECT_EQ(evicted, std::vector<uint32_t>{Ann});
    on_evict = [this] { usage.book({Ann, {0, 80}}, {}); };
    EXPECT_TRUE(admission.make_room(Ann, {0, 21}));
}

TEST_F(AdmissionTest, RootIsExemptFromLimitsOfTheSystemInstance) {
    config.limits.jobs_per_user = 0;
    config.calls_per_user = 5;
    EXPECT_TRUE(admission.admit(creation('a', Root)));
    EXPECT_GT(admission.most_calls_of(Root), 5U);
    EXPECT_EQ(admission.most_calls_of(Ann), 5U);
    Admission session{config, Instance::Session, jobs, usage, [](uint32_t) {}};
    EXPECT_EQ(code_of(session.admit(creation('a', Root))), Errc::TooManyJobs);
    EXPECT_EQ(session.most_calls_of(Root), 5U);
}

TEST_F(AdmissionTest, GrowthIsWhatADecisionAdds) {
    auto d = creation('a', Ann, 2);
    auto growth = admission.growth_by(d);
    EXPECT_EQ(growth.jobs, 1U);
    jobs.replace(d);
    EXPECT_EQ(usage.of(Ann), growth);

    auto changed = d;
    changed.files.erase(0);
    changed.files[1].response_headers = std::string(100, 'x');
    changed.job.description = std::string(10, 'y');
    EXPECT_EQ(admission.growth_by(changed), (job::Usage{0, 110}));
    jobs.replace(changed);
    EXPECT_EQ(usage.of(Ann).text, growth.text + 110);
    EXPECT_EQ(admission.growth_by(d), (job::Usage{0, 0})) << "a job may always shrink";
}

TEST_F(AdmissionTest, WhatWaitsForAWorkerCounts) {
    config.limits.text_per_user = 100;
    admission.reserve(Ann, 60);
    EXPECT_EQ(code_of(admission.check(Ann, {0, 50})), Errc::TooLarge);
    admission.release(Ann, 60);
    EXPECT_TRUE(admission.check(Ann, {0, 50}));
}

TEST_F(AdmissionTest, AJobThatChangesItsOwnerCountsOnce) {
    jobs.replace(creation('a', Ann));
    jobs.replace(creation('b', Bob));
    const auto& record = *jobs.find(job::Id{std::string(32, 'a')});
    config.limits.jobs = 2;
    EXPECT_TRUE(admission.admit_owner(record, Bob));
    config.limits.jobs_per_user = 1;
    EXPECT_EQ(code_of(admission.admit_owner(record, Bob)), Errc::TooManyJobs);
}

TEST_F(AdmissionTest, AFullOwnerKeepsNothingThatServersSend) {
    EXPECT_FALSE(admission.is_full(Ann));
    usage.book({}, {Ann, {1, config.limits.text_per_user}});
    EXPECT_TRUE(admission.is_full(Ann));
    EXPECT_FALSE(admission.is_full(Bob));
}

} // namespace

} // namespace haulier::daemon
