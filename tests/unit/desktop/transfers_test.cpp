// SPDX-License-Identifier: LGPL-2.1-or-later
// What is shown for which sequence of events.
#include "desktop/transfers.hpp"

#include <algorithm>
#include <gtest/gtest.h>
#include <string>

namespace haulier::desktop {

namespace {

using namespace std::chrono_literals;

const std::string Film = "/home/a/film.iso";

class TransfersTest : public testing::Test {
protected:
    static JobKey key(const std::string& id, BusKind bus = BusKind::Session) { return {bus, id}; }
    static Job job(JobState state, const std::string& app = "") {
        Job made{.name = "film.iso", .app = app, .target = Film, .visibility = Visibility::Full};
        made.state = state;
        made.files = 1;
        made.known = 1000;
        return made;
    }
    static Properties state(const char* word) { return {{"State", word}}; }
    static Properties failed(const char* sentence) {
        return {{"State", "error"},
                {"Error", Value::List{"remote-file", "http-status", int32_t{404}, sentence, uint32_t{0}}}};
    }
    static Properties waits(const char* reason) {
        return {{"State", "transient-error"}, {"WaitReason", Value::List{reason, uint64_t{0}}}};
    }

    void put(const std::string& id, const Job& made, Transfers::Found found = Transfers::Found::New) {
        transfers.put(key(id), made, found, now);
    }
    void change(const std::string& id, const Properties& properties) {
        transfers.change(key(id), properties, now);
    }
    /// Several jobs of an app that move.
    void put_many(int count, const std::string& app) {
        for (int i = 0; i < count; ++i)
            put("job" + std::to_string(i), job(JobState::Transferring, app));
    }
    Update update() { return transfers.update(now); }
    Update after(Usec span) {
        now = now + span;
        return update();
    }
    static std::vector<std::string> ids(const Update& update) {
        std::vector<std::string> found;
        for (const auto& view : update.views)
            found.push_back(view.id);
        return found;
    }

    TargetKind target = TargetKind::File; ///< of the file; all folders exist
    Transfers transfers{[this](const std::string& path) {
        if (!path.starts_with('/')) return TargetKind::Gone;
        return path == Film ? target : TargetKind::Folder;
    }};
    BootTime now{1000s};
};

using Strings = std::vector<std::string>;

TEST_F(TransfersTest, AViewBeginsAfterASecondAndEndsWithTheJob) {
    put("a", job(JobState::Queued));
    auto first = update();
    EXPECT_EQ(ids(first), Strings{});
    ASSERT_TRUE(first.next);
    EXPECT_EQ(*first.next - now, 1s);
    change("a", state("transferring"));
    EXPECT_EQ(ids(after(1s)), Strings{"session/a"});
    transfers.end(key("a"), "complete", {});
    auto last = update();
    EXPECT_EQ(ids(last), Strings{});
    ASSERT_EQ(last.ended.size(), 1U);
    EXPECT_EQ(last.ended[0].ending, Ending::Finished);
    ASSERT_EQ(last.notices.size(), 1U);
    EXPECT_TRUE(last.notices[0].had_view);
    EXPECT_EQ(last.notices[0].summary, "Download finished");
    EXPECT_EQ(last.notices[0].body, "film.iso");
    EXPECT_FALSE(last.next);
}

TEST_F(TransfersTest, AShortJobHasOnlyANotice) {
    put("a", job(JobState::Transferring));
    update();
    transfers.end(key("a"), "complete", {});
    auto last = after(500ms);
    EXPECT_TRUE(last.ended.empty());
    ASSERT_EQ(last.notices.size(), 1U);
    EXPECT_FALSE(last.notices[0].had_view);
}

TEST_F(TransfersTest, AJobThatEndedBeforeItWasReadIsToldFromItsFacts) {
    transfers.end(key("a"), "complete",
                  {{"DisplayName", "quick"}, {"Visibility", "full"}, {"Type", "upload"}, {"Target", Film}});
    auto last = update();
    ASSERT_EQ(last.notices.size(), 1U);
    EXPECT_EQ(last.notices[0].summary, "Upload finished");
    EXPECT_EQ(last.notices[0].body, "quick");
    EXPECT_TRUE(last.notices[0].actions.empty()) << "an upload leads nowhere";
}

TEST_F(TransfersTest, AJobWithSomeOfItsFilesIsIncomplete) {
    transfers.end(key("a"), "partial",
                  {{"Visibility", "full"}, {"FilesTotal", uint32_t{2}}, {"FilesTransferred", uint32_t{1}}});
    EXPECT_EQ(update().notices.at(0).summary, "Download incomplete");
    transfers.end(key("b"), "partial", {{"Visibility", "full"}, {"FilesTotal", uint32_t{2}}});
    EXPECT_TRUE(update().notices.empty()) << "with none of them it is as good as cancelled";
}

TEST_F(TransfersTest, HiddenJobsAreNotShownAndTheOthersOnlyWhatIsAskedFor) {
    struct Case {
        Visibility visibility;
        size_t views;
        size_t notices;
    };
    for (auto [visibility, views, notices] :
         {Case{Visibility::Hidden, 0, 0}, Case{Visibility::Progress, 1, 0}, Case{Visibility::Result, 0, 1},
          Case{Visibility::Full, 1, 1}}) {
        auto one = job(JobState::Transferring);
        one.visibility = visibility;
        put("a", one);
        EXPECT_EQ(after(1s).views.size(), views);
        transfers.end(key("a"), "complete", {});
        auto last = update();
        EXPECT_EQ(last.notices.size(), notices);
        EXPECT_EQ(last.ended.size(), views);
        if (visibility == Visibility::Progress) {
            EXPECT_EQ(last.ended.at(0).ending, Ending::Quiet);
        }
    }
}

TEST_F(TransfersTest, AJobThatIsHiddenWhileItMovesDisappearsQuietly) {
    put("a", job(JobState::Transferring));
    after(1s);
    change("a", {{"Visibility", "hidden"}});
    auto next = update();
    EXPECT_TRUE(next.views.empty());
    ASSERT_EQ(next.ended.size(), 1U);
    EXPECT_EQ(next.ended[0].ending, Ending::Quiet);
    EXPECT_TRUE(next.notices.empty());
}

TEST_F(TransfersTest, AFailureIsToldOnceWithItsSentenceAndCanBeTriedAgain) {
    put("a", job(JobState::Transferring));
    after(1s);
    change("a", failed("example.org: the server responded with HTTP status 404"));
    auto next = update();
    ASSERT_EQ(next.ended.size(), 1U);
    EXPECT_EQ(next.ended[0].ending, Ending::Failed);
    EXPECT_EQ(next.ended[0].sentence, "example.org: the server responded with HTTP status 404");
    ASSERT_EQ(next.notices.size(), 1U);
    EXPECT_EQ(next.notices[0].summary, "Download failed");
    EXPECT_EQ(next.notices[0].body, "film.iso: example.org: the server responded with HTTP status 404");
    EXPECT_EQ(next.notices[0].actions, std::vector{NoticeAction::TryAgain});
    EXPECT_TRUE(update().notices.empty());
    change("a", state("transferring"));
    EXPECT_EQ(ids(after(1s)), Strings{"session/a"}) << "tried again";
    change("a", failed("again"));
    EXPECT_EQ(update().notices.size(), 1U);
}

TEST_F(TransfersTest, WhatWasThereBeforeIsShownAtOnceButIsNoNews) {
    put("failed", job(JobState::Error), Transfers::Found::Before);
    put("never started", job(JobState::Suspended), Transfers::Found::Before);
    auto paused = job(JobState::Suspended);
    paused.done = 10;
    put("paused", paused, Transfers::Found::Before);
    put("moving", job(JobState::Transferring), Transfers::Found::Before);
    auto first = update();
    EXPECT_EQ(ids(first), (Strings{"session/moving", "session/paused"}));
    EXPECT_TRUE(first.notices.empty());
}

TEST_F(TransfersTest, APausedJobKeepsItsViewAndACancelledOneLosesItQuietly) {
    put("a", job(JobState::Transferring));
    after(1s);
    change("a", state("suspended"));
    auto paused = update();
    ASSERT_EQ(paused.views.size(), 1U);
    EXPECT_TRUE(paused.views[0].suspended);
    EXPECT_EQ(paused.views[0].info, "paused");
    transfers.end(key("a"), "cancelled", {});
    auto last = update();
    ASSERT_EQ(last.ended.size(), 1U);
    EXPECT_EQ(last.ended[0].ending, Ending::Quiet);
    EXPECT_TRUE(last.notices.empty());
}

TEST_F(TransfersTest, ATransferredJobWaitsAMomentForItsProgram) {
    put("a", job(JobState::Transferring));
    after(1s);
    change("a", state("transferred"));
    auto waiting = update();
    EXPECT_EQ(waiting.views.size(), 1U);
    ASSERT_TRUE(waiting.next);
    auto later = after(*waiting.next - now);
    EXPECT_TRUE(later.views.empty());
    ASSERT_EQ(later.ended.size(), 1U);
    EXPECT_EQ(later.ended[0].ending, Ending::Quiet);
    transfers.end(key("a"), "complete", {});
    ASSERT_EQ(update().notices.size(), 1U);
}

TEST_F(TransfersTest, TheEndIsKnownBeforeHowItCame) {
    put("a", job(JobState::Transferring));
    after(1s);
    change("a", state("acknowledged"));
    EXPECT_EQ(ids(update()), Strings{"session/a"});
    transfers.end(key("a"), "complete", {});
    EXPECT_EQ(update().ended.at(0).ending, Ending::Finished);
    put("b", job(JobState::Transferring));
    after(1s);
    change("b", state("cancelled"));
    auto later = after(5s);
    EXPECT_EQ(later.ended.at(0).ending, Ending::Quiet);
    EXPECT_EQ(transfers.find(key("b")), nullptr);
}

TEST_F(TransfersTest, MoreThanThreeJobsOfAnAppShareAView) {
    put_many(3, "org.example.Pod");
    EXPECT_EQ(after(1s).views.size(), 3U);
    put("job3", job(JobState::Queued, "org.example.Pod"));
    put("job4", job(JobState::Queued, "org.example.Pod"));
    put("other", job(JobState::Transferring, "org.example.Other"));
    auto together = after(1s);
    EXPECT_EQ(ids(together), (Strings{"session/other", "app/org.example.Pod"}));
    EXPECT_EQ(together.views[1].title, "5 transfers");
    EXPECT_EQ(together.views[1].total, 5000U);
    EXPECT_EQ(together.views[1].jobs.size(), 5U);
    ASSERT_EQ(together.ended.size(), 3U);
    EXPECT_EQ(together.ended[0].ending, Ending::Quiet) << "they go on in the common view";
    for (const char* id : {"job0", "job1", "job2", "job3"}) {
        transfers.end(key(id), "complete", {{"BytesTransferred", uint64_t{1000}}});
        auto next = update();
        EXPECT_TRUE(next.notices.empty());
        EXPECT_EQ(ids(next), (Strings{"session/other", "app/org.example.Pod"})) << "also with fewer jobs";
    }
    EXPECT_EQ(update().views[1].percent(), 80U);
    change("job4", state("acknowledged"));
    EXPECT_TRUE(update().notices.empty()) << "the last one has not been counted yet";
    transfers.end(key("job4"), "complete", {});
    auto last = update();
    ASSERT_EQ(last.ended.size(), 1U);
    EXPECT_EQ(last.ended[0].ending, Ending::Finished);
    ASSERT_EQ(last.notices.size(), 1U);
    EXPECT_EQ(last.notices[0].summary, "Transfers finished: 5");
    EXPECT_EQ(last.notices[0].target, "/home/a");
    EXPECT_EQ(last.notices[0].actions, std::vector{NoticeAction::ShowInFolder});
}

TEST_F(TransfersTest, FailuresOfAGroupAreCountedAndTriedAgainTogether) {
    put_many(4, "org.example.Pod");
    after(1s);
    change("job0", failed("no such file"));
    change("job1", failed("no such host"));
    change("job3", failed("no more"));
    EXPECT_TRUE(update().notices.empty());
    change("job1", state("queued"));
    transfers.end(key("job1"), "complete", {});
    transfers.end(key("job2"), "complete", {});
    transfers.end(key("job3"), "cancelled", {});
    auto last = update();
    ASSERT_EQ(last.notices.size(), 1U);
    EXPECT_EQ(last.notices[0].summary, "Transfers failed: 1 of 3");
    EXPECT_EQ(last.notices[0].body, "film.iso: no such file");
    EXPECT_EQ(last.notices[0].jobs, std::vector{key("job0")});
    EXPECT_EQ(last.notices[0].actions[0], NoticeAction::TryAgain);
    ASSERT_EQ(last.ended.size(), 1U);
    EXPECT_EQ(last.ended[0].sentence, "Transfers failed: 1 of 3");
}

TEST_F(TransfersTest, APausedRestOfAGroupDoesNotHoldBackTheNotice) {
    put_many(4, "org.example.Pod");
    after(1s);
    transfers.end(key("job0"), "complete", {});
    change("job1", state("suspended"));
    change("job2", state("suspended"));
    EXPECT_TRUE(update().notices.empty());
    change("job3", state("suspended"));
    auto paused = update();
    ASSERT_EQ(paused.notices.size(), 1U);
    EXPECT_EQ(paused.notices[0].summary, "Transfers finished: 1");
    EXPECT_EQ(ids(paused), Strings{"app/org.example.Pod"});
    EXPECT_TRUE(update().notices.empty());
}

TEST_F(TransfersTest, ManyJobsWithoutProgressHaveOneNotice) {
    for (int i = 0; i < 60; ++i) {
        auto one = job(JobState::Transferring, "org.example.Pod");
        one.visibility = Visibility::Result;
        put("job" + std::to_string(i), one);
    }
    EXPECT_TRUE(after(1s).views.empty());
    for (int i = 0; i < 60; ++i)
        transfers.end(key("job" + std::to_string(i)), "complete", {});
    auto last = update();
    ASSERT_EQ(last.notices.size(), 1U);
    EXPECT_EQ(last.notices[0].summary, "Transfers finished: 60");
    EXPECT_FALSE(last.notices[0].had_view);
}

TEST_F(TransfersTest, OpenIsOfferedForFilesAndNotForProgramsOrAppsInSandboxes) {
    using Actions = std::vector<NoticeAction>;
    struct Case {
        TargetKind target;
        bool confined;
        Actions actions;
    };
    for (const auto& [kind, confined, actions] :
         {Case{TargetKind::File, false, {NoticeAction::Open, NoticeAction::ShowInFolder}},
          Case{TargetKind::File, true, {NoticeAction::ShowInFolder}},
          Case{TargetKind::Program, false, {NoticeAction::ShowInFolder}},
          Case{TargetKind::Folder, false, {NoticeAction::ShowInFolder}}, Case{TargetKind::Gone, false, {}}}) {
        target = kind;
        auto one = job(JobState::Transferring);
        one.confined = confined;
        put("a", one);
        update();
        transfers.end(key("a"), "complete", {});
        EXPECT_EQ(update().notices.at(0).actions, actions);
    }
}

TEST_F(TransfersTest, AWaitThatAPersonCanCureIsToldOnceForAllJobsOfAnApp) {
    put_many(3, "org.example.Pod");
    change("job0", waits("cost"));
    change("job1", waits("cost"));
    auto first = update();
    ASSERT_EQ(first.notices.size(), 1U);
    EXPECT_EQ(first.notices[0].summary, "Download is waiting");
    EXPECT_EQ(first.notices[0].body, "2 transfers: waiting for a network that it may use");
    EXPECT_EQ(first.notices[0].actions, std::vector{NoticeAction::UseNetwork});
    change("job2", waits("cost"));
    EXPECT_TRUE(update().notices.empty());
    for (const char* id : {"job0", "job1", "job2"})
        change(id, {{"State", "transferring"}, {"WaitReason", Value::List{"running", uint64_t{0}}}});
    EXPECT_TRUE(update().notices.empty());
    change("job2", waits("cost"));
    EXPECT_EQ(update().notices.size(), 1U) << "it has moved in between";
    change("job1", waits("network"));
    EXPECT_TRUE(update().notices.empty()) << "a person cannot cure that";
}

TEST_F(TransfersTest, ALoginOfTheNetworkIsMentioned) {
    put("a", job(JobState::Transferring));
    update();
    auto portal = waits("retry-delay");
    portal["Error"] =
        Value::List{"remote-file", "http-status", int32_t{511}, "the network requires a log-in", uint32_t{0}};
    change("a", portal);
    auto next = update();
    ASSERT_EQ(next.notices.size(), 1U);
    EXPECT_TRUE(next.notices[0].body.starts_with("film.iso: the network requires a log-in. The network may"));
}

TEST_F(TransfersTest, WhenTheDaemonLeavesPausedJobsStayAndMovingOnesWaitForIt) {
    put("moving", job(JobState::Transferring));
    put("paused", job(JobState::Transferring));
    after(1s);
    change("paused", state("suspended"));
    transfers.set_present(BusKind::Session, false, now);
    EXPECT_EQ(update().views.size(), 2U) << "it may have been killed";
    auto gone = after(15s);
    EXPECT_EQ(ids(gone), Strings{"session/paused"});
    EXPECT_EQ(gone.ended.at(0).ending, Ending::Quiet);
    transfers.set_present(BusKind::Session, true, now);
    put("paused", job(JobState::Suspended), Transfers::Found::Before);
    transfers.keep_only(BusKind::Session, {"paused"});
    EXPECT_EQ(ids(update()), Strings{"session/paused"});
    transfers.keep_only(BusKind::Session, {});
    EXPECT_TRUE(update().views.empty());
}

TEST_F(TransfersTest, JobsOfBothBusesAreKeptApart) {
    put("a", job(JobState::Transferring));
    transfers.put(key("a", BusKind::System), job(JobState::Transferring), Transfers::Found::New, now);
    EXPECT_EQ(ids(after(1s)), (Strings{"session/a", "system/a"}));
    EXPECT_TRUE(transfers.shows_progress_of(BusKind::System));
    transfers.keep_only(BusKind::System, {});
    EXPECT_EQ(ids(update()), Strings{"session/a"});
    EXPECT_FALSE(transfers.shows_progress_of(BusKind::System));
    transfers.remove(key("a"));
    EXPECT_TRUE(update().views.empty());
}

TEST_F(TransfersTest, NamesAreTextAndOfALengthThatCanBeShown) {
    auto one = job(JobState::Transferring);
    one.name = "a\nb\u202egpj.exe\u200b" + std::string(3, '\x01');
    put("a", one);
    std::string wide;
    for (int i = 0; i < 256; ++i)
        wide += "\u6f22";
    one.name = wide;
    put("b", one);
    auto views = after(1s).views;
    ASSERT_EQ(views.size(), 2U);
    EXPECT_EQ(views[0].title, "a?b?gpj.exe????");
    EXPECT_EQ(views[1].title.size(), 38 * 3 + 3U) << "80 columns, of which three are dots";
}

TEST_F(TransfersTest, ViewsCountBytesAndFiles) {
    auto one = job(JobState::Transferring);
    one.files = 3;
    one.files_done = 1;
    one.done = 250;
    one.rate = 50;
    put("a", one);
    auto view = after(1s).views.at(0);
    EXPECT_EQ(view.percent(), 25U);
    EXPECT_EQ(view.files_done, 1U);
    EXPECT_EQ(view.rate, 50U);
    change("a", {{"FilesUnsized", uint32_t{1}}});
    EXPECT_FALSE(update().views.at(0).percent());
    change("a", {{"FilesUnsized", uint32_t{0}}, {"BytesTransferred", uint64_t{2000}}});
    EXPECT_EQ(update().views.at(0).percent(), 100U);
}

} // namespace
} // namespace haulier::desktop
