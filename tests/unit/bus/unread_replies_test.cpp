// SPDX-License-Identifier: LGPL-2.1-or-later
#include "daemon/bus/access/unread_replies.hpp"

#include <gtest/gtest.h>

namespace haulier::bus {

namespace {

constexpr uint32_t Bob = 1000;
constexpr uint32_t Alice = 1001;
constexpr UnreadReplies::Limits Small{
    .connection = 100, .user = 250, .all = 400, .user_of_many = 50, .estimated = 1000};

TEST(UnreadReplies, AreLimitedForEachConnection) {
    UnreadReplies unread{Small};
    EXPECT_FALSE(unread.must_wait(":1.1", Bob));
    unread.add(":1.1", Bob, 60);
    EXPECT_FALSE(unread.must_wait(":1.1", Bob));
    unread.add(":1.1", Bob, 60);
    EXPECT_TRUE(unread.must_wait(":1.1", Bob));
    EXPECT_FALSE(unread.must_wait(":1.2", Bob));
    unread.learned(":1.1", 110);
    EXPECT_TRUE(unread.must_wait(":1.1", Bob)) << "it does not read";
    unread.learned(":1.1", 10);
    EXPECT_FALSE(unread.must_wait(":1.1", Bob));
    EXPECT_EQ(unread.connections(), std::vector<std::string>{":1.1"});
    unread.learned(":1.1", 0);
    EXPECT_TRUE(unread.connections().empty());
}

TEST(UnreadReplies, AreNotSentToAConnectionThatReadsNothing) {
    UnreadReplies unread{Small};
    EXPECT_FALSE(unread.is_deaf(":1.1"));
    unread.add(":1.1", Bob, 120);
    EXPECT_FALSE(unread.is_deaf(":1.1")) << "it is an estimate";
    unread.learned(":1.1", 120);
    EXPECT_TRUE(unread.is_deaf(":1.1"));
    unread.learned(":1.1", 0);
    EXPECT_FALSE(unread.is_deaf(":1.1"));
    unread.add(":1.1", Bob, 1000);
    EXPECT_TRUE(unread.is_deaf(":1.1"));
}

TEST(UnreadReplies, AreLimitedForEachUser) {
    UnreadReplies unread{Small};
    for (const auto* name : {":1.1", ":1.2", ":1.3"})
        unread.add(name, Bob, 90);
    EXPECT_TRUE(unread.must_wait(":1.4", Bob));
    EXPECT_FALSE(unread.must_wait(":2.1", Alice));
    unread.remove(":1.1");
    unread.remove(":1.1");
    EXPECT_FALSE(unread.must_wait(":1.4", Bob));
    unread.learned(":1.9", 1000); // not known
    EXPECT_FALSE(unread.must_wait(":1.4", Bob));
}

TEST(UnreadReplies, OfManyUsersLeaveRoomForThoseWhoRead) {
    UnreadReplies unread{Small};
    for (uint32_t user = 1; user <= 4; ++user)
        for (const auto* name : {".1", ".2"})
            unread.add(":" + std::to_string(user) + name, user, 60);
    EXPECT_TRUE(unread.must_wait(":1.3", 1));
    EXPECT_FALSE(unread.must_wait(":9.1", Alice));
    unread.add(":9.1", Alice, 40);
    EXPECT_FALSE(unread.must_wait(":9.1", Alice));
}

TEST(UnreadReplies, AreEstimatedByTheMethod) {
    EXPECT_GT(reply_estimate("ListJobs"), reply_estimate("GetAll"));
    EXPECT_GT(reply_estimate("GetAll"), reply_estimate("Get"));
    EXPECT_GT(reply_estimate(""), 0U);
}

} // namespace

} // namespace haulier::bus
