// SPDX-License-Identifier: LGPL-2.1-or-later
#include "daemon/manager/file_namer.hpp"

#include "job/outcomes.hpp"
#include "parts_fixture.hpp"

namespace haulier::daemon {

namespace {

using Texts = std::vector<std::string>;

class FileNamerTest : public PartsTest {
protected:
    /// A job with all its files here.
    JobRecord& add_finished(const job::Request& request) {
        auto& record = add_running(request);
        for (uint32_t i = 0; i < request.files.size(); ++i) {
            job::Fetched fetched;
            fetched.report = {100, {}, 100};
            fetched.inode = {1, i + 1};
            decide(job::fetched(record.working(), i, record.working_files(), fetched,
                                job::segments_of(record.working_files()[i], false), config_.limits,
                                clock_.now()));
        }
        return record;
    }
    void name(const JobRecord& record, const std::vector<uint32_t>& indexes) {
        auto decision = job::complete_files(record.working(), record.working_files(), indexes, clock_.now());
        ASSERT_TRUE(decision);
        decide(std::move(*decision));
        namer_.name(record.working().id, indexes);
    }

    FileNamer namer_{context_};
};

} // namespace

TEST_F(FileNamerTest, TheJobGoesOnAndTheStoreLearnsOfTheName) {
    auto& record = add_finished(request_for(2));
    name(record, {0});
    EXPECT_EQ(workers_.texts(), Texts{"publish /srv/f0"});
    std::optional<Status> answer;
    namer_.await(record.working().id, 0, [&](const Status& status) { answer = status; });
    workers_.answer();
    EXPECT_FALSE(answer) << "not before that is durable";
    ASSERT_TRUE(commits_.flush());
    ASSERT_TRUE(answer);
    EXPECT_TRUE(*answer);
    EXPECT_TRUE(record.durable_file(0).completed);
    EXPECT_FALSE(record.durable_file(1).completed);
    EXPECT_EQ(record.durable().state, job::State::Transferred);
    EXPECT_TRUE(record.namings.empty());
}

TEST_F(FileNamerTest, FilesOfOneNameComeOneAfterTheOther) {
    auto request = request_for(3);
    request.files[2].local = request.files[0].local;
    auto& record = add_finished(request);
    name(record, {0, 1, 2});
    EXPECT_EQ(workers_.texts(), (Texts{"publish /srv/f0", "publish /srv/f1"}));
    workers_.answer();
    EXPECT_EQ(workers_.texts(), Texts{"publish /srv/f1"}) << "the first name is not durable yet";
    ASSERT_TRUE(commits_.flush());
    EXPECT_EQ(workers_.texts(), (Texts{"publish /srv/f1", "publish /srv/f0"}));
}

TEST_F(FileNamerTest, AFailureIsToldToWhoWaits) {
    auto& record = add_finished(request_for(1));
    name(record, {0});
    std::optional<Status> answer;
    namer_.await(record.working().id, 0, [&](const Status& status) { answer = status; });
    workers_.answer(Error{Errc::FileExists, "the name is taken"});
    ASSERT_TRUE(commits_.flush());
    ASSERT_TRUE(answer);
    EXPECT_EQ(answer->error().code, Errc::FileExists);
    EXPECT_FALSE(record.durable_file(0).naming);
}

TEST_F(FileNamerTest, WhatTheStoreHasLostIsDoneAgain) {
    auto& record = add_finished(request_for(1));
    name(record, {0});
    break_store();
    workers_.answer();
    EXPECT_TRUE(record.durable_file(0).naming);
    EXPECT_TRUE(record.namings.empty());
    repair_store();
    namer_.restart(record);
    EXPECT_EQ(workers_.texts(), Texts{"publish /srv/f0"});
    workers_.answer();
    ASSERT_TRUE(commits_.flush());
    EXPECT_TRUE(stored().front().files.front().completed);
}

TEST_F(FileNamerTest, NothingIsOrderedForAJobThatHasEnded) {
    auto request = request_for(2);
    request.files[1].local = request.files[0].local;
    auto& record = add_finished(request);
    name(record, {0, 1});
    std::optional<Status> answer;
    namer_.await(record.working().id, 1, [&](const Status& status) { answer = status; });
    bool quiet = false;
    namer_.when_quiet(record.working().id, [&] { quiet = true; });
    decide(*job::cancel(record.working(), clock_.now()));
    EXPECT_FALSE(quiet);
    workers_.answer();
    EXPECT_TRUE(workers_.texts().empty());
    ASSERT_TRUE(answer);
    EXPECT_EQ(answer->error().code, Errc::InvalidState);
    EXPECT_TRUE(quiet);
}

} // namespace haulier::daemon
