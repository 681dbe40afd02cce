// SPDX-License-Identifier: LGPL-2.1-or-later
// Paths that respond, and paths that hang until the test lets them go.
#include "desktop/inspector.hpp"

#include <condition_variable>
#include <gtest/gtest.h>
#include <mutex>
#include <optional>

namespace haulier::desktop {

namespace {

using namespace std::chrono_literals;

/// Threads may outlive the test.
struct HangingDisk {
    std::mutex mutex;
    std::condition_variable changed;
    bool hangs = true;

    TargetKind look(const std::string& path) {
        std::unique_lock guard{mutex};
        ++looks_;
        changed.notify_all();
        if (path.starts_with("/hangs")) changed.wait(guard, [this] { return !hangs; });
        return path.ends_with("/") ? TargetKind::Folder : TargetKind::File;
    }
    int looks() {
        const std::lock_guard guard{mutex};
        return looks_;
    }
    void wait_for_look() {
        std::unique_lock guard{mutex};
        changed.wait(guard, [this] { return looks_ > 0; });
    }
    void go_on() {
        const std::lock_guard guard{mutex};
        hangs = false;
        changed.notify_all();
    }

private:
    int looks_ = 0;
};

class InspectorTest : public testing::Test {
protected:
    ~InspectorTest() override { disk_->go_on(); }
    Inspect looking() {
        return [disk = disk_](const std::string& path) { return disk->look(path); };
    }
    std::optional<TargetKind> pressed(Inspector& inspector, const std::string& path) {
        std::optional<TargetKind> found;
        inspector.look(path, [&](TargetKind kind) { found = kind; });
        while (!found)
            loop_.turn(1s);
        return found;
    }

    std::shared_ptr<HangingDisk> disk_ = std::make_shared<HangingDisk>();
    Loop loop_;
};

} // namespace

TEST_F(InspectorTest, AnswersAtOnceWhatResponds) {
    Inspector inspector{loop_, looking(), {.moment = 1h}};
    EXPECT_EQ(inspector.look("/a/file"), TargetKind::File);
    EXPECT_EQ(inspector.look("/a/folder/"), TargetKind::Folder);
    EXPECT_EQ(pressed(inspector, "/a/file"), TargetKind::File);
}

TEST_F(InspectorTest, DoesNotWaitForWhatHangs) {
    Inspector inspector{loop_, looking(), {.moment = 1ms}};
    EXPECT_EQ(inspector.look("/hangs/one"), TargetKind::Gone);
    disk_->wait_for_look();
    EXPECT_EQ(inspector.look("/hangs/two"), TargetKind::Gone);
    EXPECT_EQ(disk_->looks(), 1) << "the directory hangs already";
    disk_->go_on();
    EXPECT_EQ(pressed(inspector, "/a/file"), TargetKind::File) << "others do not";
}

TEST_F(InspectorTest, AsksAgainWhenTheDirectoryResponds) {
    Inspector inspector{loop_, looking(), {.moment = 1ms, .patience = 1h}};
    std::optional<TargetKind> found;
    inspector.look("/hangs/one", [&](TargetKind kind) { found = kind; });
    EXPECT_EQ(inspector.look("/hangs/two"), TargetKind::Gone);
    disk_->go_on();
    while (!found)
        loop_.turn(1s);
    EXPECT_EQ(found, TargetKind::File);
    EXPECT_EQ(pressed(inspector, "/hangs/two"), TargetKind::File);
}

TEST_F(InspectorTest, APressGivesUpAfterAWhile) {
    Inspector inspector{loop_, looking(), {.patience = 1ms}};
    EXPECT_EQ(pressed(inspector, "/hangs/one"), TargetKind::Gone);
}

TEST_F(InspectorTest, FewDirectoriesHangAtATime) {
    Inspector inspector{loop_, looking(), {.moment = 1ms}};
    for (int i = 0; i < 20; ++i)
        EXPECT_EQ(inspector.look("/hangs/" + std::to_string(i) + "/f"), TargetKind::Gone);
    EXPECT_LE(disk_->looks(), 8);
}

} // namespace haulier::desktop
