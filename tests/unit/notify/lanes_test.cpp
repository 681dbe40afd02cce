// SPDX-License-Identifier: LGPL-2.1-or-later
#include "notify/lanes.hpp"

#include "notify_samples.hpp"

#include <gtest/gtest.h>

namespace haulier::notify {

namespace {

using std::chrono::seconds;

const job::Id A{"a"};
const job::Id B{"b"};
const job::Id C{"c"};

std::vector<job::Id> jobs_of(const Lanes& lanes) {
    std::vector<job::Id> jobs;
    for (const auto& turn : lanes.turns())
        jobs.push_back(turn.job);
    return jobs;
}

TEST(Lanes, HaveOneTurnEachTheEarliestFirst) {
    Lanes lanes;
    lanes.place(A, connection(":1.1"), Start + seconds{3});
    lanes.place(B, connection(":1.1"), Start + seconds{2});
    lanes.place(C, connection(":1.2"), Start + seconds{1});
    EXPECT_EQ(jobs_of(lanes), (std::vector<job::Id>{C, B}));
    lanes.place(A, connection(":1.1"), Start);
    EXPECT_EQ(jobs_of(lanes), (std::vector<job::Id>{A, C}));
    lanes.place(A, connection(":1.3"), Start);
    EXPECT_EQ(jobs_of(lanes), (std::vector<job::Id>{A, C, B}));
    lanes.remove(C);
    lanes.remove(C);
    EXPECT_EQ(jobs_of(lanes), (std::vector<job::Id>{A, B}));
}

} // namespace

} // namespace haulier::notify
