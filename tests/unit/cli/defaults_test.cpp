// SPDX-License-Identifier: LGPL-2.1-or-later
#include "cli/defaults.hpp"

#include <gtest/gtest.h>

namespace haulier::cli {
namespace {

TEST(Remarkable, LeavesOutWhatIsAsItAlwaysIs) {
    Json job{
        {"Id", "0123"},           {"State", "suspended"}, {"Priority", "normal"}, {"AutoComplete", false},
        {"NotBefore", 0},         {"BandwidthLimit", 0},  {"Description", ""},    {"NetworkCost", "standard"},
        {"MinimumRetryDelay", 60}};
    job["NotifyService"] = Json::array({"", "/"});
    EXPECT_EQ(remarkable(job).dump(), R"({"Id":"0123","State":"suspended"})");
}

TEST(Remarkable, KeepsWhatWasChosen) {
    Json job{{"Priority", "high"}, {"AutoComplete", true}, {"BandwidthLimit", 5000}};
    EXPECT_EQ(remarkable(job), job);
}

TEST(Remarkable, KnowsThatTheCostFollowsThePriority) {
    EXPECT_FALSE(
        remarkable({{"Priority", "foreground"}, {"NetworkCost", "no-roaming"}}).contains("NetworkCost"));
    EXPECT_TRUE(
        remarkable({{"Priority", "foreground"}, {"NetworkCost", "standard"}}).contains("NetworkCost"));
    EXPECT_TRUE(remarkable({{"Priority", "low"}, {"NetworkCost", "always"}}).contains("NetworkCost"));
}

TEST(Remarkable, AlwaysShowsWhatWeakensSecurity) {
    Json job = Json::object();
    job["SecurityFlags"] = Json::array();
    EXPECT_TRUE(remarkable(job).contains("SecurityFlags"));
    EXPECT_EQ(in_words("SecurityFlags", job["SecurityFlags"]), "none");
}

TEST(Remarkable, KeepsPropertiesOfTomorrow) {
    EXPECT_TRUE(remarkable({{"Colour", ""}}).contains("Colour"));
}

} // namespace
} // namespace haulier::cli
