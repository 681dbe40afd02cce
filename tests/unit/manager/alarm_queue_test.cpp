// SPDX-License-Identifier: LGPL-2.1-or-later
#include "daemon/manager/alarm_queue.hpp"

#include "daemon/manager/job_record.hpp"

#include <gtest/gtest.h>
#include <vector>

namespace haulier::daemon {

namespace {

class AlarmQueueTest : public testing::Test {
protected:
    void run_due() {
        while (loop_.turn(Usec{0})) {
        }
    }
    [[nodiscard]] static BootTime past() { return SystemClock{}.now().boot - std::chrono::seconds{1}; }
    [[nodiscard]] static BootTime future() { return SystemClock{}.now().boot + std::chrono::hours{1}; }

    Loop loop_;
    std::vector<JobRecord*> rung_;
    AlarmQueue queue_{loop_, [this](JobRecord& record) { rung_.push_back(&record); }};
    JobRecord first_;
    JobRecord second_;
};

TEST_F(AlarmQueueTest, RingsForThoseThatAreDueInTheirOrder) {
    JobRecord third;
    queue_.set(second_.expiry, second_, past());
    queue_.set(first_.expiry, first_, past() - std::chrono::seconds{1});
    queue_.set(third.expiry, third, future());
    run_due();
    EXPECT_EQ(rung_, (std::vector{&first_, &second_}));
    EXPECT_FALSE(first_.expiry.is_set());
    EXPECT_TRUE(third.expiry.is_set());
    run_due();
    EXPECT_EQ(rung_.size(), 2U);
}

TEST_F(AlarmQueueTest, ATimeCanBeReplacedAndTakenBack) {
    queue_.set(first_.expiry, first_, past());
    queue_.set(first_.expiry, first_, future());
    queue_.set(second_.expiry, second_, past());
    queue_.set(second_.expiry, second_, std::nullopt);
    EXPECT_FALSE(second_.expiry.is_set());
    run_due();
    EXPECT_TRUE(rung_.empty());
    queue_.set(first_.expiry, first_, past());
    run_due();
    EXPECT_EQ(rung_, std::vector{&first_});
}

TEST_F(AlarmQueueTest, AJobThatIsGoneLeavesTheQueue) {
    {
        JobRecord gone;
        queue_.set(gone.expiry, gone, past());
    }
    queue_.set(first_.expiry, first_, past());
    run_due();
    EXPECT_EQ(rung_, std::vector{&first_});
}

TEST_F(AlarmQueueTest, AQueueThatIsGoneLeavesTheJobs) {
    {
        AlarmQueue gone{loop_, [](JobRecord&) {}};
        gone.set(first_.expiry, first_, future());
        EXPECT_TRUE(first_.expiry.is_set());
    }
    EXPECT_FALSE(first_.expiry.is_set());
}

} // namespace

} // namespace haulier::daemon
