// SPDX-License-Identifier: LGPL-2.1-or-later
#include "job/files_in_flight.hpp"

#include <gtest/gtest.h>

namespace haulier::job {

TEST(FilesInFlight, GrowWithEachSmallFileUpToTheLimit) {
    FlightLimits limits{4, 64};
    EXPECT_EQ(files_in_flight(limits, 0, false), 4U);
    EXPECT_EQ(files_in_flight(limits, 1, false), 5U);
    EXPECT_EQ(files_in_flight(limits, 60, false), 64U);
    EXPECT_EQ(files_in_flight(limits, ~uint32_t{0}, false), 64U);
}

TEST(FilesInFlight, AreFewWhileOneIsLarge) {
    EXPECT_EQ(files_in_flight({4, 64}, 100, true), 4U);
}

TEST(FilesInFlight, ComeOneByOneIfThatIsAskedFor) {
    EXPECT_EQ(files_in_flight({1, 64}, 100, false), 1U);
    EXPECT_EQ(files_in_flight({4, 2}, 100, false), 4U) << "the other limit is the lower one";
}

TEST(FilesInFlight, ShareALimit) {
    EXPECT_EQ(files_in_limit(4, 0), 4U);
    EXPECT_EQ(files_in_limit(4, 1024), 1U);
    EXPECT_EQ(files_in_limit(4, 3 * LeastShare), 3U);
    EXPECT_EQ(files_in_limit(4, 1'000'000), 4U);
    EXPECT_EQ(files_in_limit(64, 1'000'000), 30U);
}

} // namespace haulier::job
