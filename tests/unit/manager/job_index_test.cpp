// SPDX-License-Identifier: LGPL-2.1-or-later
// The scheduler's index after random decisions, compared with its plain definition: all jobs are looked at.
#include "daemon/manager/job_index.hpp"

#include "job/conditions.hpp"
#include "job/outcomes.hpp"
#include "parts_fixture.hpp"
#include "support/chance.hpp"

#include <random>

namespace haulier::daemon {

namespace {

using job::State;
using Ids = std::set<job::Id>;

class JobIndexTest : public PartsTest {
protected:
    void review() {
        auto touched = jobs_.take_touched();
        for (const auto& id : index_.due(clock_.now().wall))
            touched.push_back(id);
        for (const auto& id : touched) {
            if (const auto* record = jobs_.find(id))
                index_.place(*record, clock_.now());
            else
                index_.erase(id);
        }
    }
    [[nodiscard]] Ids ready() const {
        Ids all;
        for (const auto& pool : index_.ready().pools())
            index_.ready().walk(pool, [&](const job::Id& id) {
                all.insert(id);
                return job::ReadyQueue::Next::Job;
            });
        return all;
    }
    [[nodiscard]] Ids plainly_ready() const {
        Ids all;
        for (const auto& [id, record] : jobs_) {
            const auto& job = record->working();
            if (!record->is_changing() && job.state == State::Queued &&
                job::readiness(job, clock_.now().wall) == job::Readiness::Ready)
                all.insert(id);
        }
        return all;
    }
    [[nodiscard]] Ids plainly_running() const {
        Ids all;
        for (const auto& [id, record] : jobs_)
            if (job::is_running(record->working().state)) all.insert(id);
        return all;
    }
    void decide_something(JobRecord& record, unsigned what) {
        const auto& job = record.working();
        const auto& files = record.working_files();
        auto now = clock_.now();
        auto stage = [&](Result<job::Decision> decision) {
            if (decision) commits_.stage(std::move(*decision));
        };
        job::SettingsPatch patch;
        switch (what) {
        case 0: return stage(job::resume(job, files, now));
        case 1: return stage(job::suspend(job, now));
        case 2: return commits_.stage(job::granted(job, now));
        case 3: return commits_.stage(job::interrupted(job, now));
        case 4: return commits_.stage(job::blocked(job, job::Cause::NetworkLost, now));
        case 5: return commits_.stage(job::try_again(job, files, now));
        case 6: return commits_.stage(job::owner_is(job, !job.clocks.owner_away, now));
        case 7:
            patch.set<&job::Settings::not_before>(now.wall + std::chrono::milliseconds{5});
            return stage(job::change(job, files, patch, now));
        case 8:
            patch.set<&job::Settings::priority>(job::Priority::Foreground);
            return stage(job::change(job, files, patch, now));
        case 9: return stage(job::cancel(job, now));
        default: return;
        }
    }

    JobIndex index_;
};

TEST_F(JobIndexTest, JobsWithADateBecomeReadyWhenItHasCome) {
    auto request = request_for(1, true);
    auto date = clock_.now().wall + std::chrono::hours{1};
    request.settings.set<&job::Settings::not_before>(date);
    auto& record = add(request);
    review();
    EXPECT_TRUE(ready().empty());
    EXPECT_TRUE(index_.due(date - Usec{1}).empty());
    EXPECT_EQ(index_.due(date), std::vector{record.working().id});
    index_.place(record, {clock_.now().boot, date});
    EXPECT_EQ(ready(), Ids{record.working().id});
    EXPECT_TRUE(index_.due(date).empty());
}

TEST_F(JobIndexTest, AJobThatIsChangingIsNotReadyUntilThatIsDurable) {
    auto& record = add(request_for(1, true));
    commits_.stage(*job::suspend(record.working(), clock_.now()));
    review();
    EXPECT_TRUE(ready().empty());
    jobs_.roll_back();
    review();
    EXPECT_EQ(ready(), Ids{record.working().id}) << "the change was lost";
}

TEST_F(JobIndexTest, JobsOfTheSameServerStandInOneLine) {
    auto request = request_for(2, true);
    auto& first = add(request);
    request.files[1].remote = "http://127.0.0.2/f";
    auto& of_two = add(request);
    auto& many = add(request_for(100, true));
    EXPECT_EQ(line_of(first), "http://127.0.0.1:80");
    EXPECT_EQ(line_of(of_two), of_two.working().id.hex);
    EXPECT_EQ(line_of(many), many.working().id.hex);
}

TEST_F(JobIndexTest, IsWhatALookAtAllJobsWouldFind) {
    std::mt19937 dice{test::printed_seed()};
    auto roll = [&](unsigned sides) { return std::uniform_int_distribution<unsigned>{0, sides - 1}(dice); };
    for (int n = 0; n < 20; ++n)
        add(request_for(1, roll(2) == 0));
    for (int round = 0; round < 600; ++round) {
        auto found = std::next(jobs_.begin(), roll(20));
        decide_something(*found->second, roll(round % 50 == 49 ? 10 : 9));
        if (roll(3) == 0) {
            EXPECT_TRUE(commits_.flush());
        }
        // A date may come meanwhile.
        Ids before = plainly_ready();
        review();
        if (before == plainly_ready()) {
            EXPECT_EQ(ready(), before) << "round " << round;
        }
        EXPECT_EQ(index_.running(), plainly_running()) << "round " << round;
    }
}

} // namespace

} // namespace haulier::daemon
