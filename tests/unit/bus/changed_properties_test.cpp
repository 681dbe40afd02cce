// SPDX-License-Identifier: LGPL-2.1-or-later
#include "daemon/bus/changed_properties.hpp"

#include <gtest/gtest.h>

namespace haulier::bus {

namespace {

using Names = std::vector<std::string>;

TEST(ChangedProperties, AreThoseThatDiffer) {
    job::Job before;
    auto after = before;
    EXPECT_EQ(changed_properties(before, after, {}), Names{});
    after.display_name = "another";
    after.http.headers = {"X-One: 1"};
    EXPECT_EQ(changed_properties(before, after, {}), (Names{"DisplayName", "CustomHeaders"}));
}

TEST(ChangedProperties, TellOfANewOwner) {
    job::Job before;
    auto after = before;
    after.owner = 1000;
    EXPECT_EQ(changed_properties(before, after, {}), Names{"Owner"});
}

} // namespace

} // namespace haulier::bus
