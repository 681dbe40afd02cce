// SPDX-License-Identifier: LGPL-2.1-or-later
#include "daemon/common/batch.hpp"

#include <gtest/gtest.h>
#include <optional>
#include <vector>

namespace haulier::daemon {

namespace {

struct BatchTest : testing::Test {
    std::vector<size_t> begun;
    std::vector<Callback<Done>> open;
    std::optional<Status> end;

    void start(size_t count) {
        run_batch(
            count,
            [this](size_t i, Callback<Done> done) {
                begun.push_back(i);
                open.push_back(std::move(done));
            },
            [this](const Status& status) { end = status; });
    }
    void finish(size_t which, const Status& status = Done{}) {
        auto done = open[which];
        done(status);
    }
};

TEST_F(BatchTest, OfNothingIsDoneAtOnce) {
    start(0);
    ASSERT_TRUE(end);
    EXPECT_TRUE(*end);
}

TEST_F(BatchTest, RunsAFewAtATimeAndAllOfThem) {
    start(40);
    EXPECT_EQ(begun.size(), 16U);
    for (size_t i = 0; i < 40; ++i)
        finish(i);
    EXPECT_EQ(begun.size(), 40U);
    ASSERT_TRUE(end);
    EXPECT_TRUE(*end);
}

TEST_F(BatchTest, BeginsNothingAfterAFailureButWaitsForWhatRuns) {
    start(40);
    finish(3, Error{Errc::LocalFile, "first"});
    finish(4, Error{Errc::LocalFile, "second"});
    EXPECT_EQ(begun.size(), 16U);
    EXPECT_FALSE(end);
    for (size_t i = 0; i < 16; ++i)
        if (i != 3 && i != 4) finish(i);
    ASSERT_TRUE(end);
    EXPECT_EQ(end->error().message, "first");
}

TEST(Batch, OfStepsThatEndAtOnceIsDoneAtOnce) {
    int steps = 0;
    bool done = false;
    run_batch(
        1000,
        [&](size_t, const Callback<Done>& step_done) {
            ++steps;
            step_done(Done{});
        },
        [&](const Status& status) { done = static_cast<bool>(status); });
    EXPECT_EQ(steps, 1000);
    EXPECT_TRUE(done);
}

} // namespace

} // namespace haulier::daemon
