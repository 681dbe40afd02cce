// SPDX-License-Identifier: LGPL-2.1-or-later
#include "daemon/bus/access/unread_replies.hpp"

#include "users.hpp"

#include <gtest/gtest.h>

namespace haulier::bus {

namespace {

constexpr UnreadReplies::Limits FewReplies{
    .connection = 100, .user = 250, .all = 400, .user_of_many = 50, .estimated = 1000};

TEST(UnreadReplies, AreLimitedForEachConnection) {
    UnreadReplies unread{FewReplies};
    EXPECT_FALSE(unread.must_wait(":1.1", Bert));
    unread.add(":1.1", Bert, 60);
    EXPECT_FALSE(unread.must_wait(":1.1", Bert));
    unread.add(":1.1", Bert, 60);
    EXPECT_TRUE(unread.must_wait(":1.1", Bert));
    EXPECT_FALSE(unread.must_wait(":1.2", Bert));
    unread.learned(":1.1", 110);
    EXPECT_TRUE(unread.must_wait(":1.1", Bert)) << "it does not read";
    unread.learned(":1.1", 10);
    EXPECT_FALSE(unread.must_wait(":1.1", Bert));
    EXPECT_EQ(unread.connections(), std::vector<std::string>{":1.1"});
    unread.learned(":1.1", 0);
    EXPECT_TRUE(unread.connections().empty());
}

TEST(UnreadReplies, AreNotSentToAConnectionThatReadsNothing) {
    UnreadReplies unread{FewReplies};
    EXPECT_FALSE(unread.has_too_much_unread(":1.1"));
    unread.add(":1.1", Bert, 120);
    EXPECT_FALSE(unread.has_too_much_unread(":1.1")) << "it is an estimate";
    unread.learned(":1.1", 120);
    EXPECT_TRUE(unread.has_too_much_unread(":1.1"));
    unread.learned(":1.1", 0);
    EXPECT_FALSE(unread.has_too_much_unread(":1.1"));
    unread.add(":1.1", Bert, 1000);
    EXPECT_TRUE(unread.has_too_much_unread(":1.1"));
}

TEST(UnreadReplies, AreLimitedForEachUser) {
    UnreadReplies unread{FewReplies};
    for (const auto* name : {":1.1", ":1.2", ":1.3"})
        unread.add(name, Bert, 90);
    EXPECT_TRUE(unread.must_wait(":1.4", Bert));
    EXPECT_FALSE(unread.must_wait(":2.1", Anna));
    unread.remove(":1.1");
    unread.remove(":1.1");
    EXPECT_FALSE(unread.must_wait(":1.4", Bert));
    unread.learned(":1.9", 1000); // not known
    EXPECT_FALSE(unread.must_wait(":1.4", Bert));
}

TEST(UnreadReplies, OfManyUsersLeaveRoomForThoseWhoRead) {
    UnreadReplies unread{FewReplies};
    for (uint32_t user = 1; user <= 4; ++user)
        for (const auto* name : {".1", ".2"})
            unread.add(":" + std::to_string(user) + name, user, 60);
    EXPECT_TRUE(unread.must_wait(":1.3", 1));
    EXPECT_FALSE(unread.must_wait(":9.1", Anna));
    unread.add(":9.1", Anna, 40);
    EXPECT_FALSE(unread.must_wait(":9.1", Anna));
}

TEST(UnreadReplies, AreEstimatedByTheMethod) {
    EXPECT_GT(reply_estimate("ListJobs"), reply_estimate("GetAll"));
    EXPECT_GT(reply_estimate("GetAll"), reply_estimate("Get"));
    EXPECT_GT(reply_estimate(""), 0U);
}

} // namespace

} // namespace haulier::bus
