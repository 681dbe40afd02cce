// SPDX-License-Identifier: LGPL-2.1-or-later
#include "daemon/bus/hearsay.hpp"

#include <gtest/gtest.h>

namespace haulier::bus {
namespace {

std::optional<bool> connected_when(uint32_t state, uint32_t connectivity = 0) {
    Told told;
    told.state = state;
    told.connectivity = connectivity;
    return hearsay_of(told).connected;
}

TEST(Hearsay, OfNobodyIsNothing) {
    EXPECT_EQ(hearsay_of({}), daemon::Hearsay{});
}

TEST(Hearsay, LeavesTheWayUpAndDownToTheKernel) {
    for (uint32_t state : {0u, 30u, 40u})
        EXPECT_EQ(connected_when(state), std::nullopt) << state;
    for (uint32_t state : {10u, 20u})
        EXPECT_EQ(connected_when(state), false) << state;
    for (uint32_t state : {50u, 60u, 70u})
        EXPECT_EQ(connected_when(state), true) << state;
}

TEST(Hearsay, TakesAPortalForNoNetwork) {
    EXPECT_EQ(connected_when(60, 2), false);
    EXPECT_EQ(connected_when(60, 1), true) << "a network without a way to the internet has servers, too";
    EXPECT_EQ(connected_when(70, 4), true);
}

TEST(Hearsay, KnowsAMeterFromAGuess) {
    auto metered = [](uint32_t value) {
        Told told;
        told.metered = value;
        return hearsay_of(told).metered;
    };
    EXPECT_EQ(metered(0), job::Metered::Unknown);
    EXPECT_EQ(metered(1), job::Metered::Yes);
    EXPECT_EQ(metered(2), job::Metered::No);
    EXPECT_EQ(metered(3), job::Metered::GuessYes);
    EXPECT_EQ(metered(4), job::Metered::GuessNo);
    EXPECT_EQ(metered(5), job::Metered::Unknown) << "of tomorrow";
}

TEST(Hearsay, HearsOfPowerUnderEitherName) {
    Told told;
    told.on_battery = true;
    told.old_profile = "power-saver";
    EXPECT_EQ(hearsay_of(told).on_battery, true);
    EXPECT_EQ(hearsay_of(told).power_saver, true);
    told.profile = "balanced";
    EXPECT_EQ(hearsay_of(told).power_saver, false) << "the new name goes first";
}

} // namespace
} // namespace haulier::bus
