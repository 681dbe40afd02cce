// SPDX-License-Identifier: LGPL-2.1-or-later
#include "notify/delivery_queue.hpp"

#include "notify/session_buses.hpp"

#include <gtest/gtest.h>

namespace haulier::notify {

namespace {

using job::NotificationKind;
using std::chrono::seconds;

constexpr BootTime Start{seconds{1000}};
const job::NotifyService Service{"org.example.App", "/app"};
const job::NotifyService SessionService{"org.example.App", "/app", job::ServiceBus::Session};

TEST(BackOff, DoublesUpToAMaximum) {
    BackOff back_off;
    EXPECT_FALSE(back_off.has_failed());
    EXPECT_EQ(back_off.not_before(), BootTime{});
    for (int pause : {5, 10, 20, 40, 80, 160, 320, 600, 600}) {
        back_off.extend(Start, Policy{});
        EXPECT_EQ(back_off.not_before(), Start + seconds{pause});
    }
    EXPECT_TRUE(back_off.has_failed());
    back_off.reset();
    EXPECT_FALSE(back_off.has_failed());
    EXPECT_EQ(back_off.not_before(), BootTime{});
}

TEST(DeliveryQueue, OwesOnlyWhatAClientCouldBeTold) {
    DeliveryQueue queue;
    queue.set_service(Service);
    EXPECT_FALSE(queue.owes());
    queue.set_service({});
    queue.add({1, {NotificationKind::Transferred, job::NoFile}});
    EXPECT_FALSE(queue.owes());
    queue.set_object(Target{":1.7", "/client"});
    EXPECT_TRUE(queue.owes());
    EXPECT_FALSE(queue.owes_service());
    queue.set_object(std::nullopt);
    queue.set_service(Service);
    EXPECT_TRUE(queue.owes());
    EXPECT_TRUE(queue.owes_service());
}

TEST(DeliveryQueue, KeepsFilesWhenTheEndIsRevoked) {
    DeliveryQueue queue;
    queue.add({1, {NotificationKind::FileTransferred, 0}});
    queue.add({2, {NotificationKind::Error, job::NoFile}});
    queue.add({3, {NotificationKind::Transferred, job::NoFile}});
    queue.revoke_final();
    EXPECT_EQ(queue.first().row, 1);
    EXPECT_TRUE(queue.remove_first(1));
    EXPECT_TRUE(queue.empty());
}

TEST(DeliveryQueue, RemovesTheFirstEntryOnlyIfItIsTheOneThatWasTold) {
    DeliveryQueue queue;
    EXPECT_FALSE(queue.remove_first(1));
    queue.add({2, {NotificationKind::Transferred, job::NoFile}});
    EXPECT_FALSE(queue.remove_first(1));
    EXPECT_FALSE(queue.empty());
    EXPECT_EQ(queue.remove_all().size(), 1U);
    EXPECT_TRUE(queue.empty());
}

TEST(DeliveryQueue, StartsAfreshWithAnotherObject) {
    DeliveryQueue queue;
    queue.back_off.extend(Start, Policy{});
    queue.unanswered = 2;
    queue.news.modified(Start, Usec{0});
    queue.set_object(Target{":1.7", "/client"});
    EXPECT_FALSE(queue.back_off.has_failed());
    EXPECT_EQ(queue.unanswered, 0U);
    EXPECT_FALSE(queue.news.due());
}

TEST(DeliveryQueue, KnowsItsService) {
    DeliveryQueue queue;
    EXPECT_FALSE(queue.is_service({}));
    queue.set_service(SessionService);
    EXPECT_TRUE(queue.has_session_service());
    EXPECT_TRUE(queue.is_service(target_of(SessionService)));
    EXPECT_FALSE(queue.is_service(target_of(Service)));
    EXPECT_FALSE(queue.is_service({"org.example.App", "/app", Target::Kind::Object}));
}

TEST(Target, IsDisplayedWithItsBus) {
    EXPECT_EQ(display_name_of({":1.7", "/client"}), ":1.7");
    EXPECT_EQ(display_name_of(target_of(Service)), "org.example.App");
    EXPECT_EQ(display_name_of(target_of(SessionService)), "session:org.example.App");
}

TEST(SessionBuses, AreExpectedAgainWhenTheUserLogsIn) {
    SessionBuses buses;
    EXPECT_EQ(buses.set_active_users({1000}), (std::set<uint32_t>{1000}));
    EXPECT_TRUE(buses.is_active(1000));
    buses.set_missing(1001);
    EXPECT_EQ(buses.set_active_users({1000, 1002}), (std::set<uint32_t>{1002}));
    EXPECT_TRUE(buses.is_missing(1001));
    EXPECT_EQ(buses.set_active_users({1001}), (std::set<uint32_t>{1001}));
    EXPECT_FALSE(buses.is_missing(1001));
    EXPECT_FALSE(buses.is_active(1000));
    buses.set_missing(1000);
    buses.may_exist(1000);
    EXPECT_FALSE(buses.is_missing(1000));
}

} // namespace

} // namespace haulier::notify
