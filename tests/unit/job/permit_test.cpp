// SPDX-License-Identifier: LGPL-2.1-or-later
// Permits: granted when a job with the same settings might run.
#include "job/permit.hpp"

#include "samples.hpp"

#include <gtest/gtest.h>
#include <string>

namespace haulier::job {

namespace {

PermitRequest request_named(const std::string& name) {
    PermitRequest request;
    request.settings.set<&Settings::display_name>(name);
    return request;
}

Permit permit_for(const PermitRequest& request) {
    auto permit = make_permit({std::string(32, 'a')}, 1000, request, 1);
    EXPECT_TRUE(permit);
    return *permit;
}

std::string reason(const Permit& permit, const Conditions& conditions, int64_t second = 0,
                   bool storable = true) {
    return std::string{wait_reason(permit, conditions, at_second(second).wall, storable).word};
}

} // namespace

TEST(Permits, AreGrantedLikeAJobWithTheSameSettings) {
    auto request = request_named("flatpak");
    const Conditions fine;
    EXPECT_EQ(reason(permit_for(request), fine), "running");
    EXPECT_EQ(reason(permit_for(request), {.online = false}), "network");
    EXPECT_EQ(reason(permit_for(request), {.metered = Metered::Yes}), "cost");
    EXPECT_EQ(reason(permit_for(request), {.on_battery = true}), "running");
    EXPECT_EQ(reason(permit_for(request), fine, 0, false), "storage");

    request.settings.set<&Settings::network_cost>(NetworkCost::Always);
    request.settings.set<&Settings::power_policy>(PowerPolicy::AcOnly);
    EXPECT_EQ(reason(permit_for(request), {.metered = Metered::Yes}), "running");
    EXPECT_EQ(reason(permit_for(request), {.on_battery = true}), "power");

    request.settings.set<&Settings::not_before>(at_second(10).wall);
    EXPECT_EQ(reason(permit_for(request), fine, 9), "not-before");
    EXPECT_EQ(reason(permit_for(request), fine, 10), "running");
}

TEST(Permits, WaitWhileTheirOwnersJobsAreHeldOrTheOwnerIsAway) {
    auto permit = permit_for(request_named("flatpak"));
    permit.like.clocks.bar = Bar{Bar::Why::Held, at_second(60).wall};
    EXPECT_EQ(wait_reason(permit, {}, at_second(0).wall, true), (WaitReason{"held", at_second(60).wall}));
    permit.like.clocks.bar.reset();
    permit.like.clocks.owner_away = true;
    EXPECT_EQ(reason(permit, {}), "login");
}

TEST(Permits, WithASlotWaitForIt) {
    auto request = request_named("flatpak");
    request.takes_slot = true;
    auto permit = permit_for(request);
    EXPECT_EQ(reason(permit, {}), "turn");
    EXPECT_TRUE(is_admissible(permit, {}, at_second(0).wall));
    EXPECT_FALSE(is_admissible(permit, {.online = false}, at_second(0).wall));
    permit.slot_since = at_second(1).boot;
    EXPECT_EQ(reason(permit, {}), "running");
    EXPECT_EQ(reason(permit, {.online = false}), "network");
}

TEST(Permits, NeedANameThatPeopleCanRead) {
    EXPECT_FALSE(make_permit({}, 1000, request_named(""), 1));
    auto refused = make_permit({}, 1000, request_named(std::string(257, 'n')), 1);
    ASSERT_FALSE(refused);
    EXPECT_EQ(refused.error().code, Errc::StringTooLong);
}

} // namespace haulier::job
