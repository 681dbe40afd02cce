// SPDX-License-Identifier: LGPL-2.1-or-later
#include "cli/properties.hpp"

#include <algorithm>
#include <gtest/gtest.h>

namespace haulier::cli {
namespace {

TEST(NonDefault, OmitsDefaults) {
    Json job{
        {"Id", "0123"},           {"State", "suspended"}, {"Priority", "normal"}, {"AutoComplete", false},
        {"NotBefore", 0},         {"BandwidthLimit", 0},  {"Description", ""},    {"NetworkCost", "standard"},
        {"MinimumRetryDelay", 60}};
    job["NotifyService"] = Json::array({"", "/"});
    EXPECT_EQ(non_default(job).dump(), R"({"Id":"0123","State":"suspended"})");
}

TEST(NonDefault, KeepsOtherValues) {
    Json job{{"Priority", "high"}, {"AutoComplete", true}, {"BandwidthLimit", 5000}};
    EXPECT_EQ(non_default(job), job);
}

TEST(NonDefault, KnowsThatTheDefaultCostDependsOnThePriority) {
    EXPECT_FALSE(
        non_default({{"Priority", "foreground"}, {"NetworkCost", "no-roaming"}}).contains("NetworkCost"));
    EXPECT_TRUE(
        non_default({{"Priority", "foreground"}, {"NetworkCost", "standard"}}).contains("NetworkCost"));
    EXPECT_TRUE(non_default({{"Priority", "low"}, {"NetworkCost", "always"}}).contains("NetworkCost"));
}

TEST(NonDefault, KnowsThatTheUsualVisibilityDependsOnTheBus) {
    const Json full{{"Visibility", "full"}};
    const Json hidden{{"Visibility", "hidden"}};
    EXPECT_TRUE(non_default(full).empty());
    EXPECT_EQ(non_default(hidden), hidden);
    EXPECT_TRUE(non_default(hidden, Scope::System).empty());
    EXPECT_EQ(non_default(full, Scope::System), full);
}

TEST(NonDefault, AlwaysIncludesSecurityFlags) {
    Json job = Json::object();
    job["SecurityFlags"] = Json::array();
    EXPECT_TRUE(non_default(job).contains("SecurityFlags"));
    EXPECT_EQ(format_value("SecurityFlags", job["SecurityFlags"]), "none");
}

TEST(NonDefault, KeepsUnknownProperties) {
    EXPECT_TRUE(non_default({{"Colour", ""}}).contains("Colour"));
}

TEST(Properties, AreThoseOfTheInterface) {
    const auto* limit = find_property("BandwidthLimit");
    ASSERT_TRUE(limit);
    EXPECT_EQ(limit->type, "t");
    EXPECT_TRUE(limit->settable);
    EXPECT_EQ(limit->unit, Unit::BytesPerSecond);
    EXPECT_EQ(limit->none, 0);
    EXPECT_EQ(find_property("MaximumDownloadSize")->default_value, ~uint64_t{0});
    EXPECT_EQ(find_property("NotifyFlags")->default_value, Json::array({"transferred", "error"}));
    EXPECT_EQ(find_property("PowerPolicy")->words,
              (std::vector<std::string_view>{"always", "no-saver", "ac-only"}));
    EXPECT_FALSE(find_property("State")->settable);
    EXPECT_FALSE(find_property("Colour"));
}

TEST(Properties, HaveDefaultsOfTheirTypesAndAmongTheirWords) {
    for (const auto& property : JobProperties) {
        const auto& value = property.default_value;
        if (value.is_null()) continue;
        EXPECT_EQ(value.is_boolean(), property.type == "b") << property.name;
        EXPECT_EQ(value.is_number(), property.type == "u" || property.type == "t") << property.name;
        EXPECT_EQ(value.is_string(), property.type == "s") << property.name;
        bool is_choice = property.type == "s" && !property.words.empty();
        auto found = is_choice
                         ? std::count(property.words.begin(), property.words.end(), value.get<std::string>())
                         : 1;
        EXPECT_EQ(found, 1) << property.name;
    }
}

} // namespace
} // namespace haulier::cli
