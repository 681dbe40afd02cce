// SPDX-License-Identifier: LGPL-2.1-or-later
// What views and notices become for Plasma and for notification servers.
#include "desktop/job_views.hpp"
#include "desktop/notices.hpp"
#include "desktop/sentences.hpp"

#include <gtest/gtest.h>

namespace haulier::desktop {

namespace {

View a_view() {
    View view{.id = "session/a", .title = "film <b>.iso"};
    view.done = 250;
    view.total = 1000;
    view.rate = 2'000'000;
    view.files = 1;
    view.folder = "/home/a/My Films";
    return view;
}

TEST(JobViewProperties, DescribeTheView) {
    auto p = job_view_properties(a_view());
    EXPECT_EQ(p["title"].text(), "film <b>.iso") << "Plasma shows it as text";
    EXPECT_EQ(p["percent"].number(), 25U);
    EXPECT_EQ(p["totalBytes"].number(), 1000U);
    EXPECT_EQ(p["destUrl"].text(), "file:///home/a/My%20Films");
    EXPECT_FALSE(p.contains("totalFiles")) << "with one file Plasma would offer to open it";
    auto several = a_view();
    several.files = 3;
    EXPECT_EQ(job_view_properties(several)["totalFiles"].number(), 3U);
}

TEST(JobViewProperties, HaveNoMarkupFromOthers) {
    auto view = a_view();
    view.info = "<a href='x'>press</a>";
    view.folder = "/home/a/\"><img src=x>";
    auto p = job_view_properties(view);
    EXPECT_EQ(p["infoMessage"].text(), "&lt;a href=&#39;x&#39;&gt;press&lt;/a&gt;");
    EXPECT_FALSE(p.contains("destUrl")) << "it would become a part of markup";
}

TEST(NoteOfView, HasABarIfTheSizeIsKnown) {
    auto note = note_of(a_view());
    EXPECT_EQ(note.summary, "film <b>.iso");
    EXPECT_EQ(note.body, "250 B of 1.0 kB, 2.0 MB/s");
    EXPECT_EQ(note.hints["value"].integer(), 25);
    EXPECT_EQ(note.timeout, 0);
    EXPECT_TRUE(note.actions.empty());
    auto view = a_view();
    view.total.reset();
    view.info = "waiting for a network";
    note = note_of(view);
    EXPECT_FALSE(note.hints.contains("value"));
    EXPECT_EQ(note.body, "250 B of ?, 2.0 MB/s, waiting for a network");
}

TEST(NoteOfNotice, HasTheLabelsOfItsActions) {
    Notice notice{.kind = NoticeKind::Failed, .summary = "s", .body = "b"};
    notice.actions = {NoticeAction::TryAgain, NoticeAction::ShowInFolder};
    auto note = note_of(notice);
    std::vector<std::pair<std::string, std::string>> expected{{"folder", "Show in folder"},
                                                              {"retry", "Try again"}};
    EXPECT_EQ(note.actions, expected);
    EXPECT_EQ(note.hints["category"].text(), "transfer.error");
    EXPECT_EQ(note.hints["desktop-entry"].text(), "org.haulier.Transfers");
}

TEST(ServerAbilities, AreWhatTheServerSaysAndWhatIsKnownOfIt) {
    auto dunst = abilities_of("dunst", {"actions", "body", "body-markup"});
    EXPECT_TRUE(dunst.progress && dunst.actions && dunst.markup);
    auto gnome = abilities_of("gnome-shell", {"actions", "body", "body-markup", "persistence"});
    EXPECT_FALSE(gnome.progress);
    EXPECT_FALSE(abilities_of("mako", {}).actions);
}

TEST(Sentences, SayWhyAJobDoesNotMove) {
    Job job;
    job.state = JobState::Queued;
    job.wait_reason = "turn";
    EXPECT_EQ(info_of(job), "waiting for its turn");
    job.state = JobState::TransientError;
    job.wait_reason = "retry-delay";
    job.failure.message = "cannot connect to \u202eexample.org";
    EXPECT_EQ(info_of(job), "cannot connect to ?example.org");
    job.state = JobState::Transferring;
    EXPECT_EQ(info_of(job), "");
}

} // namespace
} // namespace haulier::desktop
