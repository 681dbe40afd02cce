// SPDX-License-Identifier: LGPL-2.1-or-later
#include "daemon/bus/unread_signals.hpp"

#include "users.hpp"

#include <gtest/gtest.h>
#include <string>

namespace haulier::bus {

namespace {

constexpr UnreadSignals::Limits FewSignals{.always = 10,
                                           .listener = 100,
                                           .user = 250,
                                           .all = 500,
                                           .ask_after = 50,
                                           .questions_of_user = 2,
                                           .questions = 3};

struct UnreadSignalsTest : testing::Test {
    UnreadSignals unread{FewSignals};

    /// Sends as much as the listener may get, in signals of ten bytes.
    uint64_t fill(const std::string& name, uint32_t uid) {
        unread.add(name, uid);
        uint64_t sent = 0;
        for (; unread.may_send(name); sent += 10)
            unread.sent(name, 10);
        return sent;
    }
};

TEST_F(UnreadSignalsTest, AreLimitedForEachListener) {
    EXPECT_EQ(fill(":1.1", Bert), 100U);
    EXPECT_EQ(unread.next_question(), ":1.1");
    EXPECT_FALSE(unread.next_question()) << "it still owes an answer";
    EXPECT_TRUE(unread.answered(":1.1")) << "it has lost signals";
    EXPECT_EQ(fill(":1.1", Bert), 100U);
    EXPECT_FALSE(unread.may_send(":1.9")) << "no listener";
}

TEST_F(UnreadSignalsTest, ThatAreReadAreNotLimited) {
    unread.add(":1.1", Bert);
    for (int i = 0; i < 1000; ++i) {
        ASSERT_TRUE(unread.may_send(":1.1"));
        unread.sent(":1.1", 10);
        auto asked = unread.next_question();
        EXPECT_FALSE(asked && unread.answered(*asked));
    }
}

TEST_F(UnreadSignalsTest, SentAfterTheQuestionAreNotCoveredByTheAnswer) {
    unread.add(":1.1", Bert);
    unread.sent(":1.1", 60);
    EXPECT_EQ(unread.next_question(), ":1.1");
    unread.sent(":1.1", 30);
    EXPECT_FALSE(unread.answered(":1.1"));
    EXPECT_EQ(fill(":1.1", Bert), 70U);
    EXPECT_FALSE(unread.answered(":1.1")) << "it was not asked";
}

TEST_F(UnreadSignalsTest, OfOneUserLeaveRoomForOthers) {
    for (const auto* name : {":1.1", ":1.2", ":1.3", ":1.4", ":1.5"})
        fill(name, Bert);
    EXPECT_EQ(fill(":1.6", Bert), 10U) << "what a listener may always have";
    EXPECT_EQ(fill(":2.1", Anna), 100U);
    unread.remove(":1.1");
    unread.remove(":1.2");
    EXPECT_EQ(unread.next_question(), ":1.3");
}

TEST_F(UnreadSignalsTest, AreLimitedInAll) {
    for (uint32_t user = 1; user <= 10; ++user)
        for (int i = 0; i < 2; ++i)
            fill(":" + std::to_string(user) + "." + std::to_string(i), user);
    EXPECT_EQ(fill(":99.1", 99), 10U);
}

TEST_F(UnreadSignalsTest, AreAskedForWithAFewQuestionsAtATime) {
    for (const auto* name : {":1.1", ":1.2", ":1.3"}) {
        unread.add(name, Bert);
        unread.sent(name, 60);
    }
    EXPECT_EQ(unread.next_question(), ":1.1");
    EXPECT_EQ(unread.next_question(), ":1.2");
    EXPECT_FALSE(unread.next_question()) << "two of a user";
    for (const auto* name : {":2.1", ":2.2"}) {
        unread.add(name, Anna);
        unread.sent(name, 60);
    }
    EXPECT_EQ(unread.next_question(), ":2.1");
    EXPECT_FALSE(unread.next_question()) << "three in all";
    unread.remove(":1.1"); // a listener that leaves owes nothing any more
    EXPECT_EQ(unread.next_question(), ":1.3");
    unread.not_asked(":1.3");
    EXPECT_EQ(unread.next_question(), ":1.3");
}

TEST_F(UnreadSignalsTest, ThatWereLostBecauseOfOthersAreToldWhenThereIsRoom) {
    for (const auto* name : {":1.1", ":1.2", ":1.3"})
        fill(name, Bert);
    EXPECT_EQ(fill(":1.4", Bert), 10U);
    EXPECT_EQ(unread.next_question(), ":1.1");
    EXPECT_EQ(unread.next_question(), ":1.2");
    unread.remove(":1.1");
    unread.remove(":1.2");
    EXPECT_EQ(unread.next_question(), ":1.3");
    EXPECT_EQ(unread.next_question(), ":1.4");
    EXPECT_TRUE(unread.answered(":1.4"));
    EXPECT_TRUE(unread.may_send(":1.4"));
}

} // namespace

} // namespace haulier::bus
