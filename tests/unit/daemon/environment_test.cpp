// SPDX-License-Identifier: LGPL-2.1-or-later
#include "daemon/environment/environment.hpp"

#include <gtest/gtest.h>
#include <set>
#include <string>
#include <vector>

namespace haulier::daemon {

namespace {

const Routes NoRoutes{false, {}};

TEST(Merged, IsOnlineWhenTheKernelHasARouteAndNobodyDeniesIt) {
    EXPECT_TRUE(combined({}, {}).online);
    EXPECT_TRUE(combined({}, {.connected = true}).online);
    EXPECT_FALSE(combined({}, {.connected = false}).online);
    EXPECT_FALSE(combined(NoRoutes, {}).online);
    EXPECT_FALSE(combined(NoRoutes, {.connected = true}).online) << "a word makes no route";
}

TEST(Merged, BelievesNetworkManagerOnlyAboutWhatItManages) {
    using Names = std::set<std::string>;
    struct Row {
        Names defaults;
        Names managed;
        bool online;
    };
    const std::vector<Row> rows = {
        {{"eth0"}, {}, true},
        {{"eth0"}, {"wlan0"}, true},
        {{"eth0"}, {"eth0"}, false},
        {{"eth0"}, {"eth0", "wlan0"}, false},
        {{"eth0", "wlan0"}, {"wlan0"}, true},
        {{}, {}, true},
        {{}, {"wlan0"}, false}, // a bridge of containers leads nowhere
    };
    for (const auto& row : rows) {
        const ReportedConditions reported{.connected = false, .managed = row.managed};
        EXPECT_EQ(combined({true, row.defaults}, reported).online, row.online)
            << testing::PrintToString(row.defaults) << testing::PrintToString(row.managed);
        EXPECT_FALSE(combined({false, {}}, reported).online);
    }
}

TEST(Merged, TakesWhatNobodySaysForUnknownAndForMainsPower) {
    EXPECT_EQ(combined({}, {}), job::Conditions{});
    auto c = combined(
        {}, {.metered = job::Metered::GuessYes, .roaming = true, .on_battery = true, .power_saver = true});
    EXPECT_EQ(c.metered, job::Metered::GuessYes);
    EXPECT_TRUE(c.roaming);
    EXPECT_TRUE(c.on_battery);
    EXPECT_TRUE(c.power_saver);
}

struct SurroundingsTest : testing::Test {
    std::vector<job::Conditions> told;
    Environment environment{[this](const job::Conditions& now) { told.push_back(now); }};
};

TEST_F(SurroundingsTest, TellOnlyWhatChangesTheSum) {
    environment.set_routes({});
    environment.set_reported({.connected = true});
    EXPECT_TRUE(told.empty());
    environment.set_routes(NoRoutes);
    environment.set_reported({.connected = false});
    ASSERT_EQ(told.size(), 1U);
    EXPECT_FALSE(told[0].online);
    environment.set_routes({});
    EXPECT_EQ(told.size(), 1U) << "NetworkManager is still asleep";
    environment.set_reported({});
    ASSERT_EQ(told.size(), 2U);
    EXPECT_TRUE(told[1].online);
}

TEST_F(SurroundingsTest, ForgetWhatIsNoLongerSaid) {
    environment.set_reported({.metered = job::Metered::Yes, .on_battery = true});
    environment.set_reported({.on_battery = true});
    ASSERT_EQ(told.size(), 2U);
    EXPECT_EQ(told[1].metered, job::Metered::Unknown);
    EXPECT_TRUE(told[1].on_battery);
    EXPECT_EQ(environment.conditions(), told[1]);
}

} // namespace

} // namespace haulier::daemon
