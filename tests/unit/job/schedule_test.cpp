// SPDX-License-Identifier: LGPL-2.1-or-later
#include "job/schedule.hpp"

#include <gtest/gtest.h>

namespace haulier::job {

namespace {

TEST(ToGrant, ServesInOrderOfArrival) {
    std::vector<Waiting> queue{{Id{"c"}, 3}, {Id{"a"}, 1}, {Id{"b"}, 2}};
    EXPECT_EQ(to_grant(queue, 0, 2), (std::vector<Id>{Id{"a"}, Id{"b"}}));
    EXPECT_EQ(to_grant(queue, 1, 2), (std::vector<Id>{Id{"a"}}));
    EXPECT_EQ(to_grant(queue, 0, 9).size(), 3U);
}

TEST(ToGrant, GivesNothingWhenAllSlotsAreTaken) {
    std::vector<Waiting> queue{{Id{"a"}, 1}};
    EXPECT_TRUE(to_grant(queue, 4, 4).empty());
    EXPECT_TRUE(to_grant(queue, 5, 4).empty());
    EXPECT_TRUE(to_grant({}, 0, 4).empty());
}

} // namespace

} // namespace haulier::job
