// SPDX-License-Identifier: LGPL-2.1-or-later
#include "daemon/environment/reported_conditions.hpp"

#include <gtest/gtest.h>

namespace haulier::daemon {
namespace {

std::optional<bool> connected_when(uint32_t state, uint32_t connectivity = 0) {
    RawProperties told;
    told.state = state;
    told.connectivity = connectivity;
    return reported_conditions_of(told).connected;
}

TEST(ReportedConditions, OfNobodyIsNothing) {
    EXPECT_EQ(reported_conditions_of({}), daemon::ReportedConditions{});
}

TEST(ReportedConditions, LeavesTheWayUpAndDownToTheKernel) {
    for (uint32_t state : {0u, 30u, 40u})
        EXPECT_EQ(connected_when(state), std::nullopt) << state;
    for (uint32_t state : {10u, 20u})
        EXPECT_EQ(connected_when(state), false) << state;
    for (uint32_t state : {50u, 60u, 70u})
        EXPECT_EQ(connected_when(state), true) << state;
}

TEST(ReportedConditions, TakesAPortalForNoNetwork) {
    EXPECT_EQ(connected_when(60, 2), false);
    EXPECT_EQ(connected_when(60, 1), true) << "a network without a way to the internet has servers, too";
    EXPECT_EQ(connected_when(70, 4), true);
}

TEST(ReportedConditions, KnowsAMeterFromAGuess) {
    auto metered = [](uint32_t value) {
        RawProperties told;
        told.metered = value;
        return reported_conditions_of(told).metered;
    };
    EXPECT_EQ(metered(0), job::Metered::Unknown);
    EXPECT_EQ(metered(1), job::Metered::Yes);
    EXPECT_EQ(metered(2), job::Metered::No);
    EXPECT_EQ(metered(3), job::Metered::GuessYes);
    EXPECT_EQ(metered(4), job::Metered::GuessNo);
    EXPECT_EQ(metered(5), job::Metered::Unknown) << "of tomorrow";
}

TEST(ReportedConditions, HearsOfPowerUnderEitherName) {
    RawProperties told;
    told.on_battery = true;
    told.old_profile = "power-saver";
    EXPECT_EQ(reported_conditions_of(told).on_battery, true);
    EXPECT_EQ(reported_conditions_of(told).power_saver, true);
    told.profile = "balanced";
    EXPECT_EQ(reported_conditions_of(told).power_saver, false) << "the new name goes first";
}

} // namespace
} // namespace haulier::daemon
