// SPDX-License-Identifier: LGPL-2.1-or-later
#include "daemon/manager/ownership_transfer.hpp"

#include "job/outcomes.hpp"
#include "parts_fixture.hpp"

namespace haulier::daemon {

namespace {

using job::State;

class OwnershipTransferTest : public PartsTest {
protected:
    void take(const job::Id& id, uint32_t uid) {
        ownership_.take(id, uid, [this](const Status& status) {
            answers_.push_back(status ? std::optional<Errc>{} : std::optional<Errc>{status.error().code});
        });
    }
    /// A queued job with one file, half of which is here.
    JobRecord& add_half_done() {
        auto& record = add(request_for(1, true));
        decide(job::checkpointed(record.working(), 0, record.working_files()[0], {50, {}, 100},
                                 job::segments_of(record.working_files()[0], false), clock_.now()));
        return record;
    }

    Admission admission_{config_, Instance::System, jobs_, usage_, [](uint32_t) {}};
    int ended_ = 0;
    OwnershipTransfer ownership_{context_, admission_, [this] { ++ended_; }};
    std::vector<std::optional<Errc>> answers_;
};

TEST_F(OwnershipTransferTest, TheNewWorkerChecksPathsAndTheFormerOneDeletesItsFiles) {
    auto& record = add_half_done();
    take(record.durable().id, Bob);
    EXPECT_TRUE(record.changing_owner);
    EXPECT_EQ(requests_.count(), 1U);
    ASSERT_EQ(workers_.requests.size(), 1U);
    EXPECT_EQ(workers_.requests[0].owner, Bob);
    EXPECT_TRUE(workers_.requests[0].items.at(0).foreign);
    workers_.answer();
    ASSERT_TRUE(commits_.flush());
    ASSERT_EQ(workers_.texts(), std::vector<std::string>{"discard -0.part"});
    EXPECT_EQ(workers_.requests[0].owner, Ann);
    EXPECT_EQ(record.durable_file(0).offset, 0U);
    EXPECT_EQ(record.durable().owner, Ann);
    workers_.answer();
    EXPECT_TRUE(answers_.empty());
    ASSERT_TRUE(commits_.flush());
    EXPECT_EQ(answers_, std::vector<std::optional<Errc>>{std::nullopt});
    EXPECT_EQ(record.durable().owner, Bob);
    EXPECT_FALSE(record.changing_owner);
    EXPECT_EQ(requests_.count(), 0U);
    EXPECT_EQ(ended_, 1);
}

TEST_F(OwnershipTransferTest, PathsThatTheNewWorkerRefusesChangeNothing) {
    auto& record = add_half_done();
    take(record.durable().id, Bob);
    workers_.answer(Error{Errc::LocalFile, "not a safe path"});
    EXPECT_EQ(answers_, std::vector<std::optional<Errc>>{Errc::LocalFile});
    EXPECT_EQ(record.durable().owner, Ann);
    EXPECT_EQ(record.durable_file(0).offset, 50U);
    EXPECT_FALSE(record.changing_owner);
}

TEST_F(OwnershipTransferTest, OnlyOneUserTakesAJobAtATime) {
    auto& record = add_half_done();
    take(record.durable().id, Bob);
    take(record.durable().id, 1002);
    EXPECT_EQ(answers_, std::vector<std::optional<Errc>>{Errc::InvalidState});
    take(record.durable().id, Ann);
    ASSERT_TRUE(commits_.flush());
    EXPECT_EQ(answers_.back(), std::nullopt) << "the owner may say so";
}

TEST_F(OwnershipTransferTest, FilesThatWereAddedMeanwhileHaveNotBeenChecked) {
    auto& record = add_half_done();
    take(record.durable().id, Bob);
    workers_.answer();
    ASSERT_TRUE(commits_.flush());
    decide(*job::add_files(record.working(), {file_spec("more")}, config_.limits, clock_.now()));
    workers_.answer();
    EXPECT_EQ(answers_, std::vector<std::optional<Errc>>{Errc::InvalidState});
    EXPECT_EQ(record.working().owner, Ann);
}

TEST_F(OwnershipTransferTest, TransfersOfTheFormerOwnerCountNoMoreUnlessTheStoreFails) {
    auto& record = add_half_done();
    decide(job::granted(record.working(), clock_.now()));
    record.transfers[0].owner = Ann;
    take(record.durable().id, Bob);
    break_store();
    workers_.answer();
    EXPECT_EQ(answers_, std::vector<std::optional<Errc>>{Errc::Store});
    EXPECT_FALSE(record.transfers.at(0).ignored);
    repair_store();
    take(record.durable().id, Bob);
    workers_.answer();
    EXPECT_TRUE(record.transfers.at(0).ignored);
    ASSERT_TRUE(commits_.flush());
    EXPECT_TRUE(had(job::Effect::StopTransfers));
    EXPECT_EQ(record.durable().state, State::Queued);
}

TEST_F(OwnershipTransferTest, TheNewOwnerMustHaveRoom) {
    auto& record = add_half_done();
    config_.limits.jobs_per_user = 0;
    take(record.durable().id, Bob);
    take(job::Id{std::string(32, 'f')}, Bob);
    EXPECT_EQ(answers_, (std::vector<std::optional<Errc>>{Errc::TooManyJobs, Errc::NotFound}));
    EXPECT_TRUE(workers_.requests.empty());
}

} // namespace

} // namespace haulier::daemon
