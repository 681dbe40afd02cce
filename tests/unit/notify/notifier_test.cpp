// SPDX-License-Identifier: LGPL-2.1-or-later
// The promises of delivery, against a fake world that records every call and answers when the test says so.
#include "notify/notifier.hpp"

#include "notify_samples.hpp"

#include <functional>
#include <gtest/gtest.h>
#include <map>
#include <string>
#include <utility>
#include <variant>
#include <vector>

namespace haulier::notify {

namespace {

using job::Notification;
using job::NotificationKind;
using std::chrono::seconds;

const job::Id JobA{"aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"};
/// Plays both buses, the outbox and the daemon.
class FakeDaemon final : public Sender, public Outbox, public Host {
public:
    struct OpenCall {
        Delivery delivery;
        std::function<void(const DeliveryResult&)> done;
        [[nodiscard]] bool is_progress() const {
            return std::holds_alternative<JobModified>(delivery.content) ||
                   std::holds_alternative<FileRangesTransferred>(delivery.content);
        }
    };
    void send(const Delivery& delivery, std::function<void(const DeliveryResult&)> done) override {
        open.push_back({delivery, std::move(done)});
    }
    void acknowledged(int64_t row) override { acknowledged_rows.push_back(row); }
    void launches_changed(uint32_t, const job::NotifyService&, uint32_t count) override { launches = count; }
    [[nodiscard]] BootTime now() const override { return time; }
    void wake_at(BootTime when) override { wake = when; }
    [[nodiscard]] Content content_of(const job::Id&, const Notification& notification) const override {
        switch (notification.kind) {
        case NotificationKind::Transferred: break;
        case NotificationKind::Error: return JobFailed{};
        case NotificationKind::FileTransferred: return FileTransferred{notification.file, {}, {}};
        case NotificationKind::RemoteNameExpired: return RemoteNameExpired{notification.file, {}};
        }
        return JobTransferred{};
    }
    void object_changed(const job::Id&) override { ++object_changes; }
    void answered(const job::Id&, int64_t row, uint32_t, const std::string& answer) override {
        answers[row].push_back(answer);
    }
    void delivery_failed(const Delivery&, CallOutcome) override { ++failures; }
    void check_connection(const std::string& unique_name) override { checked.push_back(unique_name); }
    void find_owner(const std::string& name) override {
        ++questions;
        if (notifier) notifier->owner_found(name, owners[name]);
    }
    void watch_new_owners(bool watch) override { watching = watch; }

    std::vector<OpenCall> open;
    std::vector<int64_t> acknowledged_rows;
    std::map<int64_t, std::vector<std::string>> answers; ///< to questions, by row
    std::vector<std::string> checked;
    std::map<std::string, std::string> owners; ///< of names on our bus
    Notifier* notifier = nullptr;              ///< if the bus replies at once
    bool watching = false;
    int questions = 0;
    int object_changes = 0;
    int failures = 0;
    uint32_t launches = 0;
    BootTime time{seconds{1000}};
    BootTime wake;
};

struct NotifierTest : testing::Test {
    FakeDaemon world;
    Notifier notifier{{world, world}, world, world, Policy{}};
    int64_t rows = 0;

    NotifierTest() { world.notifier = &notifier; }
    static job::Id job_number(int n) {
        auto hex = std::to_string(n);
        return {std::string(32 - hex.size(), '0') + hex};
    }
    int64_t add(const job::Id& id, NotificationKind kind = NotificationKind::Transferred) {
        notifier.add(id, ++rows, Notification{kind, job::is_about_file(kind) ? 0 : job::NoFile});
        return rows;
    }
    static Target object(const std::string& connection) { return {connection, "/client"}; }
    void add_job_a(const job::NotifyService& service = {}) { notifier.add_job(JobA, 1000, service); }
    /// Answers the oldest open call.
    void answer(CallOutcome outcome, const std::string& sender = "", const std::string& text = "") {
        ASSERT_FALSE(world.open.empty());
        auto call = world.open.front();
        world.open.erase(world.open.begin());
        call.done({outcome, sender, text});
    }
    void pass(Usec span) {
        world.time = world.time + span;
        notifier.run();
    }
};

TEST_F(NotifierTest, WithoutARegistrationNothingIsSentAndNothingForgotten) {
    add_job_a();
    add(JobA);
    notifier.run();
    EXPECT_TRUE(world.open.empty());
    EXPECT_FALSE(notifier.busy());
    notifier.set_object(JobA, object(":1.7"));
    notifier.run();
    ASSERT_EQ(world.open.size(), 1U);
    EXPECT_EQ(world.open[0].delivery.target, object(":1.7"));
}

TEST_F(NotifierTest, ARowLeavesOnlyWhenAcknowledged) {
    add_job_a();
    auto row = add(JobA);
    notifier.set_object(JobA, object(":1.7"));
    notifier.run();
    EXPECT_TRUE(world.acknowledged_rows.empty());
    answer(CallOutcome::Acknowledged, ":1.7");
    EXPECT_EQ(world.acknowledged_rows, (std::vector<int64_t>{row}));
    EXPECT_TRUE(world.open.empty());
}

TEST_F(NotifierTest, AfterRefusalsTheIntervalsGrow) {
    add_job_a();
    add(JobA);
    notifier.set_object(JobA, object(":1.7"));
    notifier.run();
    for (int wait : {5, 10, 20, 40, 80, 160, 320, 600, 600}) {
        answer(CallOutcome::Refused, ":1.7");
        EXPECT_EQ(world.wake, world.time + seconds{wait});
        pass(seconds{wait} - Usec{1});
        EXPECT_TRUE(world.open.empty()) << wait;
        pass(Usec{1});
        ASSERT_EQ(world.open.size(), 1U) << wait;
        EXPECT_EQ(world.failures, 1) << "logged once";
    }
    answer(CallOutcome::Acknowledged, ":1.7");
    add(JobA);
    notifier.run();
    answer(CallOutcome::Refused, ":1.7");
    EXPECT_EQ(world.failures, 2);
}

TEST_F(NotifierTest, FilesComeBeforeTheEndAndOneAtATime) {
    add_job_a();
    add(JobA, NotificationKind::FileTransferred);
    add(JobA, NotificationKind::FileTransferred);
    add(JobA, NotificationKind::Transferred);
    notifier.set_object(JobA, object(":1.7"));
    notifier.run();
    const std::vector<Content> expected{FileTransferred{}, FileTransferred{}, JobTransferred{}};
    for (const auto& content : expected) {
        ASSERT_EQ(world.open.size(), 1U);
        EXPECT_EQ(world.open[0].delivery.content, content);
        answer(CallOutcome::Acknowledged, ":1.7");
    }
    EXPECT_EQ(world.acknowledged_rows.size(), 3U);
}

TEST_F(NotifierTest, TheObjectIsPreferredToTheService) {
    add_job_a(SampleService);
    add(JobA);
    notifier.set_object(JobA, object(":1.7"));
    notifier.run();
    ASSERT_EQ(world.open.size(), 1U);
    EXPECT_EQ(world.open[0].delivery.target.kind, Target::Kind::Object);
    EXPECT_EQ(world.launches, 0U);
}

TEST_F(NotifierTest, WithoutTheObjectTheServiceIsCalledAtOnce) {
    add_job_a(SampleService);
    add(JobA);
    notifier.set_object(JobA, object(":1.7"));
    notifier.run();
    answer(CallOutcome::Gone);
    ASSERT_EQ(world.open.size(), 1U);
    EXPECT_EQ(world.open[0].delivery.target, target_of(SampleService));
    EXPECT_FALSE(notifier.object_of(JobA));
}

TEST_F(NotifierTest, AnUnknownObjectIsPassedOverAndNotForgotten) {
    add_job_a(SampleService);
    add(JobA);
    add(JobA);
    notifier.set_object(JobA, object(":1.7"));
    notifier.run();
    answer(CallOutcome::NoSuchObject, ":1.7");
    EXPECT_EQ(notifier.object_of(JobA), object(":1.7"));
    ASSERT_EQ(world.open.size(), 1U);
    EXPECT_EQ(world.open[0].delivery.target, target_of(SampleService));
    answer(CallOutcome::Acknowledged, ":1.9");
    ASSERT_EQ(world.open.size(), 1U);
    EXPECT_EQ(world.open[0].delivery.target, object(":1.7")); // of the next it may have to be told
}

TEST_F(NotifierTest, AnUnknownObjectWithoutAServiceIsCalledAgainLater) {
    add_job_a();
    add(JobA);
    notifier.set_object(JobA, object(":1.7"));
    notifier.run();
    answer(CallOutcome::NoSuchObject, ":1.7");
    EXPECT_TRUE(world.acknowledged_rows.empty());
    EXPECT_EQ(world.failures, 1);
    pass(seconds{5});
    ASSERT_EQ(world.open.size(), 1U);
    EXPECT_EQ(world.open[0].delivery.target, object(":1.7"));
}

TEST_F(NotifierTest, AMissingMethodForAFileMeansNotWanted) {
    add_job_a();
    auto file = add(JobA, NotificationKind::FileTransferred);
    add(JobA);
    notifier.set_object(JobA, object(":1.7"));
    notifier.run();
    answer(CallOutcome::NoSuchMethod, ":1.7");
    EXPECT_EQ(world.acknowledged_rows, (std::vector<int64_t>{file}));
    ASSERT_EQ(world.open.size(), 1U);
    answer(CallOutcome::NoSuchMethod, ":1.7"); // the end stays owed
    EXPECT_EQ(world.acknowledged_rows.size(), 1U);
    pass(seconds{5});
    EXPECT_EQ(world.open.size(), 1U);
}

TEST_F(NotifierTest, AnEndThatTheObjectDoesNotWantIsNotOwed) {
    add_job_a();
    auto end = add(JobA);
    notifier.set_object(JobA, object(":1.7"));
    notifier.run();
    answer(CallOutcome::Declined, ":1.7");
    EXPECT_EQ(world.acknowledged_rows, (std::vector<int64_t>{end}));
    EXPECT_FALSE(notifier.has_work());
}

TEST_F(NotifierTest, AnEndThatTheObjectDoesNotWantIsForTheService) {
    add_job_a(SampleService);
    add(JobA);
    notifier.set_object(JobA, object(":1.7"));
    notifier.run();
    answer(CallOutcome::Declined, ":1.7");
    EXPECT_TRUE(world.acknowledged_rows.empty());
    ASSERT_EQ(world.open.size(), 1U);
    EXPECT_EQ(world.open[0].delivery.target.kind, Target::Kind::Service);
}

TEST_F(NotifierTest, AConnectionThatLeavesLosesItsObjects) {
    add_job_a();
    notifier.set_object(JobA, object(":1.7"));
    notifier.connection_lost(":1.8");
    EXPECT_TRUE(notifier.object_of(JobA));
    notifier.connection_lost(":1.7");
    EXPECT_FALSE(notifier.object_of(JobA));
    EXPECT_EQ(world.object_changes, 2);
}

TEST_F(NotifierTest, TheConnectionThatRepliesForTheServiceBecomesTheObject) {
    add_job_a(SampleService);
    add(JobA, NotificationKind::FileTransferred);
    add(JobA);
    notifier.run();
    answer(CallOutcome::Acknowledged, ":1.9");
    EXPECT_EQ(notifier.object_of(JobA), (Target{":1.9", "/app"}));
    ASSERT_EQ(world.open.size(), 1U);
    EXPECT_EQ(world.open[0].delivery.target.destination, ":1.9");
}

TEST_F(NotifierTest, AfterThreeUnansweredCallsTheServiceIsToldAndTheObjectStays) {
    add_job_a(SampleService);
    add(JobA);
    notifier.set_object(JobA, object(":1.7"));
    notifier.run();
    answer(CallOutcome::Unanswered);
    pass(seconds{5});
    answer(CallOutcome::Unanswered);
    pass(seconds{10});
    answer(CallOutcome::Unanswered);
    ASSERT_EQ(world.open.size(), 1U);
    EXPECT_EQ(world.open[0].delivery.target, target_of(SampleService));
    answer(CallOutcome::Acknowledged, ":1.9");
    EXPECT_EQ(notifier.object_of(JobA), object(":1.7"));
    add(JobA);
    notifier.run();
    EXPECT_EQ(world.open.at(0).delivery.target, target_of(SampleService));
    answer(CallOutcome::Acknowledged, ":1.9");
    notifier.heard_from(":1.7"); // it was stopped, and goes on
    add(JobA);
    notifier.run();
    EXPECT_EQ(world.open.at(0).delivery.target, object(":1.7"));
}

TEST_F(NotifierTest, WithoutAServiceAnObjectThatDoesNotReplyIsCalledMoreAndMoreRarely) {
    add_job_a();
    add(JobA);
    notifier.set_object(JobA, object(":1.7"));
    notifier.run();
    for (int wait : {5, 10, 20, 40, 80, 160, 320, 600, 600}) {
        answer(CallOutcome::Unanswered);
        pass(seconds{wait} - Usec{1});
        EXPECT_TRUE(world.open.empty()) << wait;
        pass(Usec{1});
        ASSERT_EQ(world.open.size(), 1U) << wait;
    }
    EXPECT_EQ(world.failures, 1);
    EXPECT_TRUE(notifier.object_of(JobA));
}

TEST_F(NotifierTest, AClientThatDoesNotReplyDelaysNoOther) {
    for (int i = 0; i < 10; ++i) {
        notifier.add_job(job_number(i), 1000, {});
        notifier.set_object(job_number(i), object(":1.1"));
        add(job_number(i));
    }
    add_job_a();
    notifier.set_object(JobA, object(":1.7"));
    add(JobA);
    notifier.run();
    // One call to the client that does not reply, and one to the other.
    ASSERT_EQ(world.open.size(), 2U);
    EXPECT_EQ(world.open[1].delivery.job, JobA);
}

TEST_F(NotifierTest, AtMostFourCallsAreInFlightForAnOwner) {
    for (int i = 0; i < 6; ++i) {
        notifier.add_job(job_number(i), 1000, {});
        notifier.set_object(job_number(i), object(":1." + std::to_string(i)));
        add(job_number(i));
    }
    notifier.add_job(JobA, 1001, {});
    notifier.set_object(JobA, object(":1.77"));
    add(JobA);
    notifier.run();
    EXPECT_EQ(world.open.size(), 5U);
    answer(CallOutcome::Acknowledged, ":1.0");
    EXPECT_EQ(world.open.size(), 5U);
}

TEST_F(NotifierTest, TwoHundredClientsThatDoNotReplyDelayAnotherByASecond) {
    for (int i = 0; i < 200; ++i) {
        notifier.add_job(job_number(i), 1000, {});
        notifier.set_object(job_number(i), object(":1." + std::to_string(i)));
        add(job_number(i));
    }
    pass(Usec{1});
    add_job_a();
    notifier.set_object(JobA, object(":1.777"));
    add(JobA);
    notifier.run();
    ASSERT_EQ(world.open.size(), 4U);
    auto begin = world.time;
    while (world.open.size() < 201 && world.time < begin + seconds{10})
        pass(world.wake - world.time);
    EXPECT_LE(world.time, begin + std::chrono::milliseconds{1100});
    EXPECT_EQ(world.open.back().delivery.job, JobA);
}

TEST_F(NotifierTest, ClientsThatDidNotReplyDelayNoOtherAtAll) {
    for (int i = 0; i < 40; ++i) {
        notifier.add_job(job_number(i), 1000, {});
        notifier.set_object(job_number(i), object(":1." + std::to_string(i)));
        add(job_number(i));
    }
    notifier.run();
    // Half an hour: each is called again and again, and never replies.
    for (auto end = world.time + std::chrono::minutes{30}; world.time < end; pass(seconds{25}))
        for (auto calls = world.open.size(); calls > 0; --calls)
            answer(CallOutcome::Unanswered);
    EXPECT_LE(world.open.size(), Policy{}.unanswered_calls_maximum);
    add_job_a();
    notifier.set_object(JobA, object(":1.777"));
    add(JobA);
    notifier.run();
    EXPECT_EQ(world.open.back().delivery.job, JobA);
}

TEST_F(NotifierTest, AConnectionThatIsRememberedIsChecked) {
    add_job_a(SampleService);
    notifier.set_object(JobA, object(":1.7"));
    EXPECT_EQ(world.checked, (std::vector<std::string>{":1.7"}));
    notifier.set_object(JobA, std::nullopt);
    add(JobA);
    notifier.run();
    answer(CallOutcome::Acknowledged, ":1.9");
    EXPECT_EQ(world.checked, (std::vector<std::string>{":1.7", ":1.9"}));
}

TEST_F(NotifierTest, ARunningServiceThatRefusesIsNotLimited) {
    add_job_a(SampleService);
    add(JobA);
    notifier.run();
    world.owners[SampleService.name] = ":1.9";
    for (int wait : {5, 10, 20, 40}) {
        answer(CallOutcome::Refused, ":1.9");
        EXPECT_EQ(world.wake, world.time + seconds{wait});
        pass(seconds{wait});
        ASSERT_EQ(world.open.size(), 1U) << wait;
    }
    EXPECT_EQ(world.launches, 1U);
}

TEST_F(NotifierTest, AServiceThatNeverEndsAJobIsStartedMoreAndMoreRarely) {
    add_job_a(SampleService);
    add(JobA);
    notifier.run();
    answer(CallOutcome::Gone); // first start: it crashed
    pass(seconds{5});
    answer(CallOutcome::Gone); // second
    EXPECT_EQ(world.launches, 2U);
    pass(seconds{59});
    EXPECT_TRUE(world.open.empty());
    pass(seconds{1});
    answer(CallOutcome::Gone); // third, a minute after the second
    EXPECT_EQ(world.launches, 3U);
    pass(seconds{119});
    EXPECT_TRUE(world.open.empty());
    pass(seconds{1});
    EXPECT_EQ(world.open.size(), 1U);
}

TEST_F(NotifierTest, AServiceThatEndsJobsIsStartedAtOnce) {
    for (int i = 0; i < 5; ++i) {
        auto id = job_number(i);
        notifier.add_job(id, 1000, SampleService);
        add(id);
        notifier.run();
        ASSERT_EQ(world.open.size(), 1U) << i;
        answer(CallOutcome::Acknowledged, ":1." + std::to_string(100 + i));
        notifier.forget(id);
        notifier.service_works(1000, SampleService);
        notifier.connection_lost(":1." + std::to_string(100 + i));
        EXPECT_EQ(world.launches, 0U);
    }
}

TEST_F(NotifierTest, ARunningServiceIsNotCountedAsStarted) {
    for (int i = 0; i < 20; ++i) {
        notifier.add_job(job_number(i), 1000, SampleService);
        add(job_number(i));
    }
    notifier.run();
    world.owners[SampleService.name] = ":1.9";
    for (int i = 0; i < 20; ++i)
        answer(CallOutcome::Acknowledged, ":1.9");
    EXPECT_EQ(world.acknowledged_rows.size(), 20U);
    EXPECT_EQ(world.launches, 0U) << "it was not started in vain";
}

TEST_F(NotifierTest, LaunchesAreRememberedAcrossARestart) {
    notifier.restore_launches(1000, SampleService, 3);
    add_job_a(SampleService);
    add(JobA);
    notifier.run();
    EXPECT_TRUE(world.open.empty());
    EXPECT_EQ(world.wake, world.time + seconds{120});
}

TEST_F(NotifierTest, WhatIsNoLongerTrueIsNotSent) {
    add_job_a();
    add(JobA, NotificationKind::FileTransferred);
    add(JobA, NotificationKind::Error);
    notifier.revoke(JobA, {.end = true, .all_files = false, .files = {}});
    notifier.set_object(JobA, object(":1.7"));
    notifier.run();
    answer(CallOutcome::Acknowledged, ":1.7");
    EXPECT_TRUE(world.open.empty());
}

TEST_F(NotifierTest, ARowRevokedInFlightIsNotAcknowledged) {
    add_job_a();
    add(JobA, NotificationKind::Error);
    notifier.set_object(JobA, object(":1.7"));
    notifier.run();
    notifier.revoke(JobA, {.end = true, .all_files = false, .files = {}});
    auto fresh = add(JobA, NotificationKind::Transferred);
    answer(CallOutcome::Acknowledged, ":1.7");
    EXPECT_TRUE(world.acknowledged_rows.empty());
    ASSERT_EQ(world.open.size(), 1U);
    answer(CallOutcome::Acknowledged, ":1.7");
    EXPECT_EQ(world.acknowledged_rows, (std::vector<int64_t>{fresh}));
}

TEST_F(NotifierTest, ModificationsAreCoalescedAndNeverRepeated) {
    add_job_a();
    notifier.set_object(JobA, object(":1.7"));
    notifier.modified(JobA, std::chrono::milliseconds{500});
    notifier.modified(JobA, std::chrono::milliseconds{500});
    notifier.run();
    ASSERT_EQ(world.open.size(), 1U);
    EXPECT_TRUE(world.open[0].is_progress());
    notifier.modified(JobA, std::chrono::milliseconds{500});
    answer(CallOutcome::Refused, ":1.7");
    EXPECT_TRUE(world.open.empty());
    pass(std::chrono::milliseconds{499});
    EXPECT_TRUE(world.open.empty());
    pass(std::chrono::milliseconds{1});
    EXPECT_EQ(world.open.size(), 1U);
}

TEST_F(NotifierTest, NoServiceIsStartedForAModification) {
    add_job_a(SampleService);
    notifier.modified(JobA, Usec{0});
    notifier.run();
    EXPECT_TRUE(world.open.empty());
}

TEST_F(NotifierTest, AModificationBeforeTheObjectWasSetIsNotSent) {
    add_job_a();
    notifier.modified(JobA, Usec{0});
    notifier.set_object(JobA, object(":1.7"));
    notifier.run();
    EXPECT_TRUE(world.open.empty());
    notifier.modified(JobA, Usec{0});
    notifier.set_object(JobA, object(":1.8")); // another client, which may have looked already
    notifier.run();
    EXPECT_TRUE(world.open.empty());
}

TEST_F(NotifierTest, AModificationMeantForALostObjectIsNotSentToTheNext) {
    add_job_a(SampleService);
    notifier.set_object(JobA, object(":1.7"));
    notifier.modified(JobA, seconds{1});
    notifier.ranges_filled(JobA, 0, {{0, 1}}, seconds{1});
    notifier.connection_lost(":1.7");
    add(JobA);
    notifier.run();
    answer(CallOutcome::Acknowledged, ":1.9"); // the service is the object from now on
    pass(seconds{10});
    EXPECT_TRUE(world.open.empty());
}

struct SessionTest : NotifierTest {
    void SetUp() override { add_job_a(SampleSessionService); }
    void expect_waiting() {
        EXPECT_TRUE(world.open.empty());
        EXPECT_TRUE(notifier.busy());
        EXPECT_TRUE(notifier.has_work());
        EXPECT_TRUE(notifier.owes(JobA));
    }
};

TEST_F(SessionTest, IsCalledLikeAnyServiceAndNeverBecomesTheObject) {
    auto first = add(JobA, NotificationKind::FileTransferred);
    auto second = add(JobA);
    notifier.run();
    ASSERT_EQ(world.open.size(), 1U);
    EXPECT_EQ(world.open[0].delivery.target, target_of(SampleSessionService));
    answer(CallOutcome::Acknowledged);
    EXPECT_FALSE(notifier.object_of(JobA));
    ASSERT_EQ(world.open.size(), 1U);
    EXPECT_EQ(world.open[0].delivery.target, target_of(SampleSessionService));
    answer(CallOutcome::Acknowledged);
    EXPECT_EQ(world.acknowledged_rows, (std::vector<int64_t>{first, second}));
    EXPECT_FALSE(notifier.busy());
    EXPECT_FALSE(notifier.has_work());
}

TEST_F(SessionTest, AnObjectOnOurBusComesFirst) {
    notifier.set_object(JobA, object(":1.7"));
    add(JobA);
    notifier.run();
    ASSERT_EQ(world.open.size(), 1U);
    answer(CallOutcome::Gone);
    ASSERT_EQ(world.open.size(), 1U);
    EXPECT_EQ(world.open[0].delivery.target, target_of(SampleSessionService));
}

TEST_F(SessionTest, ThatAcknowledgesIsNotLimited) {
    for (int i = 0; i < 20; ++i) {
        add(JobA, NotificationKind::FileTransferred);
        notifier.run();
        ASSERT_EQ(world.open.size(), 1U) << i;
        answer(CallOutcome::Acknowledged);
    }
    EXPECT_EQ(world.launches, 0U);
}

TEST_F(SessionTest, ThatFailsIsStartedMoreAndMoreRarely) {
    add(JobA);
    notifier.run();
    answer(CallOutcome::Gone);
    pass(seconds{5});
    answer(CallOutcome::Unanswered);
    EXPECT_EQ(world.launches, 2U);
    pass(seconds{59});
    EXPECT_TRUE(world.open.empty());
    pass(seconds{1});
    ASSERT_EQ(world.open.size(), 1U);
    answer(CallOutcome::Acknowledged);
    EXPECT_EQ(world.launches, 0U);
}

TEST_F(SessionTest, ThatRefusesIsCalledAgainLater) {
    add(JobA);
    notifier.run();
    for (int wait : {5, 10, 20, 40}) {
        answer(CallOutcome::Refused);
        pass(seconds{wait});
        ASSERT_EQ(world.open.size(), 1U) << wait;
    }
    EXPECT_EQ(world.launches, 0U);
}

TEST_F(SessionTest, WithoutABusWaitsUntilTheUserLogsIn) {
    auto row = add(JobA);
    notifier.run();
    answer(CallOutcome::NoBus);
    pass(seconds{100'000});
    expect_waiting();
    notifier.set_active_users({1, 1001});
    notifier.run();
    expect_waiting();
    notifier.set_active_users({Owner, 1, 1001});
    notifier.run();
    ASSERT_EQ(world.open.size(), 1U);
    answer(CallOutcome::Acknowledged);
    EXPECT_EQ(world.acknowledged_rows, (std::vector<int64_t>{row}));
    EXPECT_EQ(world.launches, 0U);
}

TEST_F(SessionTest, AllJobsOfAnOwnerWithoutABusWait) {
    auto other = job_number(2);
    notifier.add_job(other, Owner, {"org.example.Other", "/app", job::ServiceBus::Session});
    auto onours = job_number(3);
    notifier.add_job(onours, Owner, SampleService);
    auto stranger = job_number(4);
    notifier.add_job(stranger, 1001, SampleSessionService);
    add(JobA);
    notifier.run();
    answer(CallOutcome::NoBus);
    for (const auto& id : {other, onours, stranger})
        add(id);
    notifier.run();
    ASSERT_EQ(world.open.size(), 2U);
    EXPECT_EQ(world.open[0].delivery.job, onours);
    EXPECT_EQ(world.open[1].delivery.job, stranger);
    notifier.set_active_users({Owner});
    notifier.run();
    EXPECT_EQ(world.open.size(), 4U);
}

TEST_F(SessionTest, WhileTheUserIsLoggedInTheBusIsTriedAgain) {
    notifier.set_active_users({Owner});
    add(JobA);
    notifier.run();
    for (int wait : {5, 10, 20}) {
        answer(CallOutcome::NoBus);
        EXPECT_EQ(world.wake, world.time + seconds{wait});
        pass(seconds{wait});
        ASSERT_EQ(world.open.size(), 1U) << wait;
    }
    notifier.set_active_users({}); // logs out during the call
    answer(CallOutcome::NoBus);
    pass(seconds{100'000});
    expect_waiting();
    notifier.set_active_users({Owner});
    notifier.run();
    ASSERT_EQ(world.open.size(), 1U);
    answer(CallOutcome::NoBus);
    EXPECT_EQ(world.wake, world.time + seconds{5}); // the intervals start again
}

TEST_F(SessionTest, ALogInEndsTheWaitAfterARefusal) {
    add(JobA);
    notifier.run();
    answer(CallOutcome::Refused);
    notifier.set_active_users({Owner});
    notifier.run();
    EXPECT_EQ(world.open.size(), 1U);
}

TEST_F(SessionTest, ALogInDuringACallIsNotMissed) {
    add(JobA);
    notifier.run();
    notifier.set_active_users({Owner});
    answer(CallOutcome::NoBus);
    pass(seconds{5});
    EXPECT_EQ(world.open.size(), 1U);
}

TEST_F(SessionTest, RegisteringTriesAgain) {
    add(JobA);
    notifier.run();
    answer(CallOutcome::NoBus);
    notifier.set_service(JobA, SampleSessionService);
    notifier.run();
    ASSERT_EQ(world.open.size(), 1U);
    answer(CallOutcome::NoBus);
    notifier.add_job(job_number(2), Owner, SampleSessionService);
    notifier.run();
    EXPECT_EQ(world.open.size(), 1U);
}

TEST_F(SessionTest, TheSameNameIsAnotherServiceForEachOwner) {
    notifier.add_job(job_number(2), 1001, SampleSessionService);
    notifier.add_job(job_number(3), Owner, SampleSessionService);
    for (int number : {2, 3})
        add(job_number(number));
    add(JobA);
    notifier.run();
    ASSERT_EQ(world.open.size(), 2U); // one per destination and owner
    EXPECT_EQ(world.open[0].delivery.job, job_number(3));
    EXPECT_EQ(world.open[1].delivery.job, job_number(2));
    answer(CallOutcome::Gone);
    EXPECT_EQ(world.launches, 1U);
    notifier.service_works(1001, SampleSessionService);
    EXPECT_EQ(world.launches, 1U);
    notifier.service_works(Owner, SampleSessionService);
    EXPECT_EQ(world.launches, 0U);
}

TEST_F(SessionTest, ANewOwnersServiceDoesNotInheritWaits) {
    add(JobA);
    notifier.run();
    notifier.change_owner(JobA, 1001);
    answer(CallOutcome::NoBus); // from the former owner
    notifier.set_service(JobA, SampleSessionService);
    add(JobA);
    notifier.run();
    ASSERT_EQ(world.open.size(), 1U);
    auto other = job_number(2);
    notifier.add_job(other, 1001, {"org.example.Other", "/app", job::ServiceBus::Session});
    add(other);
    notifier.run();
    EXPECT_EQ(world.open.size(), 2U);
}

TEST_F(NotifierTest, ALateReplyForAJobThatWasTakenOverSetsNoObject) {
    add_job_a(SampleService);
    add(JobA);
    notifier.run();
    notifier.change_owner(JobA, 0);
    world.acknowledged_rows.clear();
    answer(CallOutcome::Acknowledged, ":1.9");
    EXPECT_FALSE(notifier.object_of(JobA));
    EXPECT_TRUE(world.acknowledged_rows.empty());
    EXPECT_FALSE(notifier.busy());
}

TEST_F(NotifierTest, AServiceReplacedDuringTheCallIsNotTheObject) {
    add_job_a(SampleService);
    add(JobA);
    notifier.run();
    notifier.set_service(JobA, {"org.example.Other", "/app"});
    answer(CallOutcome::Acknowledged, ":1.9");
    EXPECT_FALSE(notifier.object_of(JobA));
}

TEST_F(SessionTest, AReplacedServiceIsNotBlamedForTheOneBefore) {
    add(JobA);
    notifier.run();
    notifier.set_service(JobA, SampleService);
    answer(CallOutcome::Gone);
    EXPECT_EQ(world.launches, 0U);
}

struct RangesTest : NotifierTest {
    static constexpr Usec Interval = std::chrono::milliseconds{500};
    using Ranges = std::vector<job::Range>;

    void SetUp() override {
        add_job_a(SampleService);
        notifier.set_object(JobA, object(":1.7"));
    }
    void fill(uint32_t file, const Ranges& ranges) { notifier.ranges_filled(JobA, file, ranges, Interval); }
    /// The one open call tells these ranges.
    void expect_told(uint32_t file, const Ranges& ranges) {
        ASSERT_EQ(world.open.size(), 1U);
        const auto& delivery = world.open[0].delivery;
        EXPECT_EQ(delivery.content, (Content{FileRangesTransferred{file, ranges}}));
        EXPECT_EQ(delivery.target, object(":1.7"));
        answer(CallOutcome::Acknowledged, ":1.7");
    }
};

TEST_F(RangesTest, TheFirstAreSentAtOnceAndTheNextGathered) {
    fill(3, {{100, 50}});
    notifier.run();
    expect_told(3, {{100, 50}});
    fill(3, {{200, 10}});
    fill(3, {{150, 50}, {0, 1}});
    notifier.run();
    EXPECT_TRUE(world.open.empty());
    EXPECT_EQ(world.wake, world.time + Interval);
    pass(Interval - Usec{1});
    EXPECT_TRUE(world.open.empty());
    pass(Usec{1});
    expect_told(3, {{0, 1}, {150, 60}});
    pass(seconds{60});
    EXPECT_TRUE(world.open.empty());
}

TEST_F(RangesTest, FilesTakeTurnsEvenIfOneIsAlwaysFilled) {
    for (uint32_t file : {1U, 4U, 9U})
        fill(file, {{0, 1}});
    notifier.run();
    expect_told(1, {{0, 1}});
    for (uint32_t file : {4U, 9U, 1U, 1U}) {
        fill(1, {{7, 7}});
        EXPECT_TRUE(world.open.empty()) << file;
        pass(Interval);
        expect_told(file, file == 1 ? Ranges{{7, 7}} : Ranges{{0, 1}});
    }
}

TEST_F(RangesTest, AreNeverRepeated) {
    fill(0, {{0, 1}});
    notifier.run();
    answer(CallOutcome::Refused, ":1.7");
    pass(seconds{60});
    EXPECT_TRUE(world.open.empty());
    fill(0, {{1, 1}});
    notifier.run();
    answer(CallOutcome::NoSuchObject, ":1.7"); // a client without that method; it may have the others
    EXPECT_EQ(notifier.object_of(JobA), object(":1.7"));
    fill(0, {{2, 1}});
    pass(Interval);
    answer(CallOutcome::Gone);
    EXPECT_FALSE(notifier.object_of(JobA));
}

TEST_F(RangesTest, WaitBehindNotifications) {
    add(JobA, NotificationKind::FileTransferred);
    fill(0, {{0, 1}});
    notifier.run();
    ASSERT_EQ(world.open.size(), 1U);
    EXPECT_FALSE(world.open[0].is_progress());
    answer(CallOutcome::Acknowledged, ":1.7");
    expect_told(0, {{0, 1}});
}

TEST_F(RangesTest, AndModificationsHaveIntervalsOfTheirOwn) {
    fill(0, {{0, 1}});
    notifier.run();
    expect_told(0, {{0, 1}});
    fill(0, {{1, 1}});
    notifier.modified(JobA, Interval);
    notifier.run();
    ASSERT_EQ(world.open.size(), 1U);
    EXPECT_EQ(world.open[0].delivery.content, Content{JobModified{}});
    answer(CallOutcome::Acknowledged, ":1.7");
    pass(Interval);
    expect_told(0, {{1, 1}});
}

TEST_F(RangesTest, StartNoService) {
    notifier.set_object(JobA, std::nullopt);
    fill(0, {{0, 1}});
    notifier.run();
    EXPECT_TRUE(world.open.empty());
    notifier.set_object(JobA, object(":1.7"));
    notifier.run();
    EXPECT_TRUE(world.open.empty()); // it was not there then
    EXPECT_EQ(world.launches, 0U);
}

// ---- whom a pause belongs to ----

TEST_F(NotifierTest, ANewObjectWaitsNeitherForTheCallToTheOldOneNorForItsPause) {
    add_job_a();
    add(JobA);
    notifier.set_object(JobA, object(":1.7"));
    notifier.run();
    notifier.set_object(JobA, object(":1.8"));
    notifier.run();
    ASSERT_EQ(world.open.size(), 2U);
    EXPECT_EQ(world.open[1].delivery.target, object(":1.8"));
    answer(CallOutcome::Refused, ":1.7"); // has no say
    answer(CallOutcome::Acknowledged, ":1.8");
    EXPECT_EQ(world.acknowledged_rows.size(), 1U);
    EXPECT_EQ(world.failures, 0);
}

TEST_F(NotifierTest, AnOldObjectCannotAcknowledge) {
    add_job_a();
    add(JobA);
    notifier.set_object(JobA, object(":1.7"));
    notifier.run();
    notifier.set_object(JobA, object(":1.8"));
    notifier.run();
    answer(CallOutcome::Acknowledged, ":1.7");
    EXPECT_TRUE(world.acknowledged_rows.empty());
    answer(CallOutcome::Acknowledged, ":1.8");
    EXPECT_EQ(world.acknowledged_rows.size(), 1U);
}

TEST_F(NotifierTest, TheServiceDoesNotWaitForAnObjectThatLeavesDuringItsCall) {
    add_job_a(SampleService);
    add(JobA);
    notifier.set_object(JobA, object(":1.7"));
    notifier.run();
    notifier.connection_lost(":1.7");
    notifier.run();
    ASSERT_EQ(world.open.size(), 2U);
    EXPECT_EQ(world.open[1].delivery.target, target_of(SampleService));
}

TEST_F(NotifierTest, TheNextNotificationDoesNotWaitForThePauseOfOneThatWasRevoked) {
    add_job_a();
    add(JobA, NotificationKind::Error);
    notifier.set_object(JobA, object(":1.7"));
    notifier.run();
    for (int wait : {5, 10, 20, 40}) {
        answer(CallOutcome::Refused, ":1.7");
        pass(seconds{wait});
    }
    answer(CallOutcome::Refused, ":1.7");
    notifier.revoke(JobA, {.end = true, .all_files = false, .files = {}});
    add(JobA);
    notifier.run();
    EXPECT_EQ(world.open.size(), 1U);
}

TEST_F(NotifierTest, RegisteringAgainEndsThePause) {
    add_job_a();
    add(JobA, NotificationKind::FileTransferred);
    notifier.set_object(JobA, object(":1.7"));
    notifier.run();
    answer(CallOutcome::Refused, ":1.7");
    EXPECT_TRUE(world.open.empty());
    notifier.set_object(JobA, object(":1.7"));
    notifier.run();
    EXPECT_EQ(world.open.size(), 1U);
}

TEST_F(NotifierTest, ASilentConnectionIsLeftAloneByAllJobs) {
    add_job_a();
    notifier.add_job(job_number(1), 1000, {});
    for (const auto& id : {JobA, job_number(1)}) {
        add(id);
        notifier.set_object(id, object(":1.7"));
    }
    notifier.run();
    answer(CallOutcome::Unanswered);
    EXPECT_TRUE(world.open.empty());
    notifier.heard_from(":1.7");
    notifier.run();
    EXPECT_EQ(world.open.size(), 1U);
}

// ---- services that run, and starts ----

TEST_F(NotifierTest, AServiceThatRunsIsCalledByItsConnectionAndIsNoStart) {
    world.owners[SampleService.name] = ":1.9";
    notifier.restore_launches(1000, SampleService, 9);
    add_job_a(SampleService);
    add(JobA);
    notifier.run();
    ASSERT_EQ(world.open.size(), 1U);
    EXPECT_EQ(world.open[0].delivery.target.destination, ":1.9");
    EXPECT_EQ(world.open[0].delivery.target.path, SampleService.path);
    answer(CallOutcome::Acknowledged, ":1.9");
    EXPECT_EQ(world.launches, 0U);
}

TEST_F(NotifierTest, AServiceThatAppearsDoesNotWaitForItsNextStart) {
    notifier.restore_launches(1000, SampleService, 9);
    add_job_a(SampleService);
    add(JobA);
    notifier.run();
    EXPECT_TRUE(world.open.empty());
    EXPECT_TRUE(world.watching);
    world.owners[SampleService.name] = ":1.9";
    notifier.owner_changed(SampleService.name, ":1.9");
    notifier.run();
    ASSERT_EQ(world.open.size(), 1U);
    answer(CallOutcome::Acknowledged, ":1.9");
    EXPECT_FALSE(world.watching);
}

TEST_F(NotifierTest, AServiceThatLeavesDuringTheCallIsStartedAtOnce) {
    world.owners[SampleService.name] = ":1.9";
    add_job_a(SampleService);
    add(JobA);
    notifier.run();
    world.owners[SampleService.name].clear();
    answer(CallOutcome::Gone);
    ASSERT_EQ(world.open.size(), 1U);
    EXPECT_EQ(world.open[0].delivery.target, target_of(SampleService));
    EXPECT_EQ(world.launches, 0U);
}

TEST_F(NotifierTest, AStartThatCouldNotHappenIsNotCounted) {
    add_job_a(SampleService);
    add(JobA);
    notifier.run();
    for (int wait : {5, 10, 20}) {
        answer(CallOutcome::NotStarted);
        pass(seconds{wait});
        ASSERT_EQ(world.open.size(), 1U) << wait;
    }
    EXPECT_EQ(world.launches, 0U);
    answer(CallOutcome::NotStarted);
    notifier.set_service(JobA, SampleService); // the file is there now
    notifier.run();
    EXPECT_EQ(world.open.size(), 1U);
}

TEST_F(NotifierTest, StartsAreForgottenWithTheLastJobThatHasTheService) {
    add_job_a(SampleService);
    notifier.add_job(job_number(1), 1000, SampleService);
    notifier.restore_launches(1000, SampleService, 5);
    world.launches = 5;
    notifier.set_service(JobA, {});
    EXPECT_EQ(world.launches, 5U);
    notifier.set_service(job_number(1), {});
    EXPECT_EQ(world.launches, 0U);
}

TEST_F(NotifierTest, OneProgramGetsOneCallByAnyName) {
    world.owners[SampleService.name] = ":1.7";
    add_job_a(SampleService);
    notifier.add_job(job_number(1), 1000, {});
    notifier.set_object(job_number(1), object(":1.7"));
    add(JobA);
    add(job_number(1));
    notifier.run();
    ASSERT_EQ(world.open.size(), 1U);
    answer(CallOutcome::Acknowledged, ":1.7");
    EXPECT_EQ(world.open.size(), 1U);
}

TEST_F(NotifierTest, AProgramThatIsBeingStartedGetsNoSecondCall) {
    add_job_a(SampleService);
    add(JobA);
    notifier.run();
    notifier.owner_changed(SampleService.name,
                           ":1.9"); // it registers at once, and has not taken the call yet
    notifier.add_job(job_number(1), 1000, {});
    notifier.set_object(job_number(1), object(":1.9"));
    add(job_number(1));
    notifier.run();
    ASSERT_EQ(world.open.size(), 1U);
    answer(CallOutcome::Acknowledged, ":1.9");
    EXPECT_EQ(world.open.size(), 1U);
}

TEST_F(NotifierTest, APathThatChangesWhileTheServiceIsStartedIsTheOneThatIsTold) {
    add_job_a(SampleService);
    add(JobA);
    notifier.run();
    notifier.set_service(JobA, {SampleService.name, "/new"});
    answer(CallOutcome::Acknowledged, ":1.9"); // by the old path
    EXPECT_FALSE(notifier.object_of(JobA));
    EXPECT_TRUE(world.acknowledged_rows.empty());
    ASSERT_EQ(world.open.size(), 1U);
    EXPECT_EQ(world.open[0].delivery.target.path, "/new");
}

// ---- what is not wanted, or not true yet ----

TEST_F(NotifierTest, FilesThatAreNotWantedAnyMoreHoldNothingBack) {
    add_job_a();
    add(JobA, NotificationKind::FileTransferred);
    add(JobA);
    notifier.set_object(JobA, object(":1.7"));
    notifier.run();
    answer(CallOutcome::Refused, ":1.7");
    notifier.revoke(JobA, {.end = false, .all_files = true, .files = {}});
    notifier.run();
    ASSERT_EQ(world.open.size(), 1U);
    EXPECT_EQ(world.open[0].delivery.content, Content{JobTransferred{}});
}

TEST_F(NotifierTest, NothingIsSaidOfAJobThatIsHeld) {
    add_job_a();
    notifier.set_object(JobA, object(":1.7"));
    notifier.hold(JobA);
    add(JobA, NotificationKind::Error);
    notifier.run();
    EXPECT_TRUE(world.open.empty());
    EXPECT_TRUE(notifier.owes(JobA));
    notifier.release(JobA);
    notifier.run();
    EXPECT_EQ(world.open.size(), 1U);
}

TEST_F(NotifierTest, OwesWhatIsNotAcknowledged) {
    EXPECT_FALSE(notifier.owes(JobA));
    add_job_a();
    add(JobA);
    EXPECT_FALSE(notifier.owes(JobA)); // there is no client
    notifier.set_service(JobA, SampleService);
    EXPECT_TRUE(notifier.owes(JobA));
    notifier.run();
    EXPECT_TRUE(notifier.owes(JobA));
    answer(CallOutcome::Refused, ":1.9");
    EXPECT_TRUE(notifier.owes(JobA));
    pass(seconds{5});
    answer(CallOutcome::Acknowledged, ":1.9");
    EXPECT_FALSE(notifier.owes(JobA));
    notifier.modified(JobA, seconds{9});
    EXPECT_FALSE(notifier.owes(JobA));
}

TEST_F(NotifierTest, OwesNothingWithoutAnObjectOrService) {
    add_job_a();
    add(JobA);
    notifier.set_object(JobA, object(":1.7"));
    EXPECT_TRUE(notifier.owes(JobA));
    notifier.connection_lost(":1.7");
    EXPECT_FALSE(notifier.owes(JobA));
    notifier.forget(JobA);
    EXPECT_FALSE(notifier.owes(JobA));
}

TEST_F(NotifierTest, OfAForgottenJobNothingIsSent) {
    add_job_a();
    add(JobA);
    notifier.set_object(JobA, object(":1.7"));
    notifier.run();
    notifier.forget(JobA);
    answer(CallOutcome::Acknowledged, ":1.7");
    EXPECT_TRUE(world.acknowledged_rows.empty());
    EXPECT_FALSE(notifier.busy());
}

TEST_F(NotifierTest, ANewOwnerIsNotToldWhatWasForTheFormerOne) {
    add_job_a(SampleService);
    auto row = add(JobA);
    notifier.set_object(JobA, object(":1.7"));
    notifier.run();
    ASSERT_EQ(world.open.size(), 1U);
    notifier.change_owner(JobA, 2000);
    EXPECT_EQ(world.acknowledged_rows, (std::vector<int64_t>{row}));
    EXPECT_FALSE(notifier.object_of(JobA));
    EXPECT_FALSE(notifier.owes(JobA));
    answer(CallOutcome::Acknowledged, ":1.7");
    EXPECT_EQ(world.acknowledged_rows.size(), 1U);
    EXPECT_FALSE(notifier.busy());
    add(JobA);
    notifier.run();
    EXPECT_TRUE(world.open.empty());
    EXPECT_FALSE(notifier.has_work());
}

// ---- questions ----

struct QuestionTest : NotifierTest {
    static constexpr auto Question = NotificationKind::RemoteNameExpired;
    using Answers = std::map<int64_t, std::vector<std::string>>;

    int64_t ask(const job::NotifyService& service = {}, bool with_object = true) {
        add_job_a(service);
        auto row = add(JobA, Question);
        if (with_object) notifier.set_object(JobA, object(":1.7"));
        notifier.run();
        return row;
    }
};

TEST_F(QuestionTest, TheAnswerGoesToTheDaemonWhichKeepsTheRow) {
    auto row = ask();
    ASSERT_EQ(world.open.size(), 1U);
    EXPECT_EQ(world.open[0].delivery.content, (Content{RemoteNameExpired{0, {}}}));
    answer(CallOutcome::Acknowledged, ":1.7", "https://fresh");
    EXPECT_EQ(world.answers, (Answers{{row, {"https://fresh"}}}));
    EXPECT_TRUE(world.acknowledged_rows.empty());
    EXPECT_TRUE(world.open.empty());
    EXPECT_FALSE(notifier.owes(JobA));
}

TEST_F(QuestionTest, ErrorsAndSilenceAreNoAnswer) {
    for (auto outcome : {CallOutcome::Refused, CallOutcome::Unanswered, CallOutcome::NoSuchMethod}) {
        auto row = ask();
        answer(outcome, ":1.7");
        EXPECT_EQ(world.answers, (Answers{{row, {""}}})) << static_cast<int>(outcome);
        pass(seconds{3600});
        EXPECT_TRUE(world.open.empty()) << "asked once";
        notifier.forget(JobA);
        notifier.heard_from(":1.7");
        world.answers.clear();
    }
}

TEST_F(QuestionTest, AServiceIsStartedForIt) {
    auto row = ask({"org.example.App", "/app"}, false);
    ASSERT_EQ(world.open.size(), 1U);
    EXPECT_EQ(world.open[0].delivery.target.destination, "org.example.App");
    answer(CallOutcome::Acknowledged, ":1.9", "https://fresh");
    EXPECT_EQ(world.answers, (Answers{{row, {"https://fresh"}}}));
    EXPECT_EQ(notifier.object_of(JobA), (Target{":1.9", "/app", Target::Kind::Object})) << "BITS 5.4";
}

TEST_F(QuestionTest, AServiceThatCannotBeStartedIsNotAskedAgain) {
    auto row = ask({"org.example.App", "/app"}, false);
    answer(CallOutcome::NotStarted);
    EXPECT_EQ(world.answers, (Answers{{row, {""}}}));
}

TEST_F(QuestionTest, TheServiceIsAskedIfTheObjectHasLeftOrDoesNotWantTheCall) {
    for (auto outcome : {CallOutcome::Gone, CallOutcome::NoSuchObject, CallOutcome::Declined}) {
        ask({"org.example.App", "/app"});
        answer(outcome, ":1.7");
        notifier.run();
        ASSERT_EQ(world.open.size(), 1U) << static_cast<int>(outcome);
        EXPECT_EQ(world.open[0].delivery.target.destination, "org.example.App");
        answer(CallOutcome::Acknowledged, ":1.9");
        notifier.forget(JobA);
    }
    EXPECT_EQ(world.answers.size(), 3U);
}

TEST_F(QuestionTest, AClientHasTwoMinutesToComeBack) {
    auto row = ask({}, false);
    EXPECT_TRUE(world.open.empty());
    EXPECT_EQ(world.wake, world.time + seconds{120});
    pass(seconds{119});
    EXPECT_TRUE(world.answers.empty());
    notifier.set_object(JobA, object(":1.7"));
    notifier.run();
    ASSERT_EQ(world.open.size(), 1U);
    pass(seconds{20});
    EXPECT_TRUE(world.answers.empty()) << "it is being asked";
    answer(CallOutcome::Gone);
    pass(seconds{1});
    EXPECT_EQ(world.answers, (Answers{{row, {""}}}));
    notifier.set_object(JobA, object(":1.8"));
    notifier.run();
    EXPECT_TRUE(world.open.empty());
}

TEST_F(QuestionTest, EachAnswerGivesTheOthersTime) {
    add_job_a();
    notifier.set_object(JobA, object(":1.7"));
    for (int i = 0; i < 20; ++i)
        add(JobA, Question);
    notifier.run();
    for (int i = 0; i < 19; ++i) {
        pass(seconds{20});
        answer(CallOutcome::Acknowledged, ":1.7", "https://fresh");
        ASSERT_EQ(world.open.size(), 1U) << i;
    }
    for (const auto& [row, answers] : world.answers)
        EXPECT_EQ(answers, std::vector<std::string>{"https://fresh"});
}

TEST_F(QuestionTest, AnswersToWithdrawnQuestionsDoNotMatter) {
    ask();
    job::Revocation revoked;
    revoked.files = {0};
    notifier.revoke(JobA, revoked);
    answer(CallOutcome::Acknowledged, ":1.7", "https://fresh");
    pass(seconds{3600});
    EXPECT_TRUE(world.answers.empty());
}

} // namespace

} // namespace haulier::notify
