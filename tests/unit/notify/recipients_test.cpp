// SPDX-License-Identifier: LGPL-2.1-or-later
#include "notify/recipients.hpp"

#include "notify/service_owners.hpp"
#include "notify_samples.hpp"

#include <gtest/gtest.h>

namespace haulier::notify {

namespace {

using std::chrono::seconds;

const Target ServiceTarget{"org.example.App", "/app", Target::Kind::Service};
const Target SessionTarget{"org.example.App", "/app", Target::Kind::SessionService};

TEST(Recipients, AreKnownByBusAndName) {
    EXPECT_EQ(recipient_of(1000, {":1.7", "/a"}), recipient_of(1001, {":1.7", "/b"}));
    EXPECT_EQ(recipient_of(1000, ServiceTarget), recipient_of(1001, ServiceTarget));
    EXPECT_NE(recipient_of(1000, SessionTarget), recipient_of(1001, SessionTarget));
    EXPECT_NE(recipient_of(1000, ServiceTarget), recipient_of(1000, SessionTarget));
    EXPECT_NE(lane_of(1000, ServiceTarget), lane_of(1001, ServiceTarget));
    EXPECT_EQ(lane_of(1000, {":1.7", "/a"}), connection(":1.7"));
}

TEST(Recipients, CountTheCallsThatWereNotReplied) {
    Recipients recipients;
    auto client = connection(":1.7");
    recipients.called(client);
    EXPECT_TRUE(recipients.is_busy(client));
    recipients.did_not_reply(client, Start, Policy{});
    recipients.ended(client);
    EXPECT_FALSE(recipients.is_busy(client));
    EXPECT_EQ(recipients.unanswered(client), 1U);
    EXPECT_EQ(recipients.not_before(client), Start + seconds{5});
    recipients.called(client);
    recipients.heard_from(client);
    EXPECT_EQ(recipients.unanswered(client), 0U);
    EXPECT_TRUE(recipients.is_busy(client));
    recipients.forget(client); // left during the call
    recipients.did_not_reply(client, Start, Policy{});
    recipients.ended(client);
    EXPECT_EQ(recipients.unanswered(client), 0U);
}

TEST(ServiceOwners, AreAskedForAndForgotten) {
    ServiceOwners owners;
    EXPECT_FALSE(owners.is_asked("a.b"));
    owners.asked("a.b");
    EXPECT_TRUE(owners.is_asked("a.b"));
    owners.changed("a.b", ":1.8", Start); // the answer that comes is newer
    EXPECT_EQ(owners.find("a.b"), nullptr);
    owners.answered("a.b", "", Start);
    ASSERT_NE(owners.find("a.b"), nullptr);
    owners.connection_lost("");
    owners.changed("a.b", ":1.9", Start);
    EXPECT_EQ(owners.find("a.b")->unique_name, ":1.9");
    owners.connection_lost(":1.9");
    EXPECT_EQ(owners.find("a.b"), nullptr);
}

} // namespace

} // namespace haulier::notify
