// SPDX-License-Identifier: LGPL-2.1-or-later
#include "notify/delivery_queue.hpp"

#include "notify/session_buses.hpp"
#include "notify_samples.hpp"

#include <gtest/gtest.h>

namespace haulier::notify {

namespace {

using job::NotificationKind;
using std::chrono::seconds;

TEST(DeliveryQueue, OwesOnlyWhatAClientCouldBeTold) {
    DeliveryQueue queue;
    queue.set_service(SampleService);
    EXPECT_FALSE(queue.owes());
    queue.set_service({});
    queue.add({1, {NotificationKind::Transferred, job::NoFile}, {}});
    EXPECT_FALSE(queue.owes());
    queue.set_object(Target{":1.7", "/client"});
    EXPECT_TRUE(queue.owes());
    EXPECT_FALSE(queue.owes_service());
    queue.set_object(std::nullopt);
    queue.set_service(SampleService);
    EXPECT_TRUE(queue.owes());
    EXPECT_TRUE(queue.owes_service());
}

TEST(DeliveryQueue, KeepsFilesWhenTheEndIsRevoked) {
    DeliveryQueue queue;
    queue.add({1, {NotificationKind::FileTransferred, 0}, {}});
    queue.add({2, {NotificationKind::Error, job::NoFile}, {}});
    queue.add({3, {NotificationKind::Transferred, job::NoFile}, {}});
    queue.revoke({.end = true, .all_files = false, .files = {}});
    EXPECT_EQ(queue.first().row, 1);
    EXPECT_TRUE(queue.remove_first(1));
    EXPECT_TRUE(queue.empty());
}

TEST(DeliveryQueue, RemovesTheFirstEntryOnlyIfItIsTheOneThatWasTold) {
    DeliveryQueue queue;
    EXPECT_FALSE(queue.remove_first(1));
    queue.add({2, {NotificationKind::Transferred, job::NoFile}, {}});
    EXPECT_FALSE(queue.remove_first(1));
    EXPECT_FALSE(queue.empty());
    EXPECT_EQ(queue.remove_all().size(), 1U);
    EXPECT_TRUE(queue.empty());
}

TEST(DeliveryQueue, DropsWhatIsNotWanted) {
    DeliveryQueue queue;
    queue.add({1, {NotificationKind::FileTransferred, 0}, {}});
    queue.add({2, {NotificationKind::Error, job::NoFile}, {}});
    queue.revoke({.end = false, .all_files = true, .files = {}});
    EXPECT_EQ(queue.first().row, 2);
    queue.revoke({.end = true, .all_files = true, .files = {}});
    EXPECT_TRUE(queue.empty());
}

TEST(DeliveryQueue, TellsNoOldNewsToANewObject) {
    DeliveryQueue queue;
    queue.news.modified(Start, Usec{0});
    queue.set_object(Target{":1.7", "/client"});
    EXPECT_FALSE(queue.news.due());
}

TEST(DeliveryQueue, PrefersAnObjectThatReplies) {
    const Target object{":1.7", "/client"};
    DeliveryQueue queue;
    EXPECT_FALSE(queue.target(true));
    queue.set_service(SampleService);
    EXPECT_EQ(queue.target(false), target_of(SampleService));
    queue.set_object(object);
    queue.add({1, {NotificationKind::Transferred, job::NoFile}, {}});
    queue.add({2, {NotificationKind::Transferred, job::NoFile}, {}});
    EXPECT_EQ(queue.target(true), object);
    EXPECT_EQ(queue.target(false), target_of(SampleService));
    queue.pass_over_object();
    EXPECT_EQ(queue.target(true), target_of(SampleService));
    queue.remove_first(1);
    EXPECT_EQ(queue.target(true), object); // of the next it may be told
    queue.set_service({});
    EXPECT_EQ(queue.target(false), object); // there is none else
}

TEST(Target, IsDisplayedWithItsBus) {
    EXPECT_EQ(display_name_of({":1.7", "/client"}), ":1.7");
    EXPECT_EQ(display_name_of(target_of(SampleService)), "org.example.App");
    EXPECT_EQ(display_name_of(target_of(SampleSessionService)), "session:org.example.App");
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
