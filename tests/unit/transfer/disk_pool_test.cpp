// SPDX-License-Identifier: LGPL-2.1-or-later
#include "transfer/disk_pool.hpp"

#include "transfer_samples.hpp"

#include <atomic>
#include <future>
#include <gtest/gtest.h>
#include <optional>
#include <string>
#include <thread>
#include <vector>

namespace haulier::transfer {
namespace {

TEST(DiskPool, WorksThereAndCompletesHereInOrder) {
    Loop loop;
    DiskPool disk{loop};
    std::vector<int> completed;
    const auto here = std::this_thread::get_id();
    for (int i = 0; i < 100; ++i)
        disk.run(
            {.path = "lane"},
            [i] {
                return std::pair{i, std::this_thread::get_id()};
            },
            [&](std::pair<int, std::thread::id> result) {
                EXPECT_NE(result.second, here);
                EXPECT_EQ(std::this_thread::get_id(), here);
                completed.push_back(result.first);
            });
    while (completed.size() < 100)
        ASSERT_TRUE(loop.turn(Long));
    for (int i = 0; i < 100; ++i)
        EXPECT_EQ(completed[static_cast<size_t>(i)], i);
}

TEST(DiskPool, ACompletionMayGiveMoreWork) {
    Loop loop;
    DiskPool disk{loop};
    int rounds = 0;
    std::function<void(int)> again = [&](int n) {
        rounds = n;
        if (n < 10)
            disk.run(
                {.path = "lane"}, [n] { return n + 1; }, again);
    };
    disk.run(
        {.path = "lane"}, [] { return 1; }, again);
    while (rounds < 10)
        ASSERT_TRUE(loop.turn(Long));
}

TEST(DiskPool, ItsEndWaitsForTheWorkThatHasBegunAndTellsNobody) {
    Loop loop;
    std::promise<void> begun;
    std::promise<void> release;
    std::atomic<int> worked = 0;
    auto token = std::make_shared<int>();
    {
        auto disk = std::make_unique<DiskPool>(loop);
        auto never = [](int) { FAIL() << "nobody is there to hear of it"; };
        disk->run(
            {.path = "lane"},
            [&, token] {
                begun.set_value();
                release.get_future().wait();
                return ++worked;
            },
            never);
        disk->run(
            {.path = "lane"}, [&, token] { return worked += 100; }, never);
        begun.get_future().wait();
        std::thread releaser{[&] { release.set_value(); }};
        disk.reset();
        releaser.join();
    }
    EXPECT_GE(worked, 1) << "what had begun was waited for";
    EXPECT_EQ(token.use_count(), 1) << "what work owned is freed";
    while (loop.turn(Usec{0}))
        continue;
}

TEST(DiskPool, ATaskThatHangsStopsNoOtherLane) {
    Loop loop;
    DiskPool disk{loop};
    std::promise<void> release;
    auto released = release.get_future().share();
    bool hung = false;
    bool late = false;
    bool same_lane = false;
    int others = 0;
    auto hang = [released] {
        released.wait();
        return 1;
    };
    disk.run_within(std::chrono::milliseconds{50}, {.path = "dead"}, hang, [&](std::optional<int> result) {
        EXPECT_FALSE(hung) << "reported twice";
        hung = true;
        late = !result;
    });
    disk.run(
        {.path = "dead"}, [] { return 2; }, [&](int) { same_lane = true; });
    for (int i = 0; i < 3; ++i)
        disk.run(
            {.path = "live " + std::to_string(i)}, [] { return 3; }, [&](int) { ++others; });
    while (others < 3 || !hung)
        ASSERT_TRUE(loop.turn(Long));
    EXPECT_TRUE(late);
    EXPECT_FALSE(same_lane) << "a lane keeps its order";
    release.set_value();
    while (!same_lane)
        ASSERT_TRUE(loop.turn(Long));
}

TEST(DiskPool, APathThatHangsLeavesThreadsForOthers) {
    Loop loop;
    DiskPool disk{loop};
    std::promise<void> release;
    auto released = release.get_future().share();
    int ended = 0;
    bool other = false;
    constexpr int Files = 500;
    for (int i = 0; i < Files; ++i)
        disk.run(
            {.path = "dead", .name = std::to_string(i)},
            [released] {
                released.wait();
                return 1;
            },
            [&](int) { ++ended; });
    disk.run(
        {.path = "live"}, [] { return 2; }, [&](int) { other = true; });
    while (!other)
        ASSERT_TRUE(loop.turn(Long));
    EXPECT_EQ(ended, 0);
    release.set_value();
    while (ended < Files)
        ASSERT_TRUE(loop.turn(Long));
}

TEST(DiskPool, WhatEndsInTimeIsReportedOnce) {
    Loop loop;
    DiskPool disk{loop};
    std::optional<int> reported;
    int times = 0;
    disk.run_within(
        std::chrono::milliseconds{200}, {.path = "lane"}, [] { return 4; },
        [&](std::optional<int> result) {
            reported = result;
            ++times;
        });
    while (times == 0)
        ASSERT_TRUE(loop.turn(Long));
    EXPECT_EQ(reported, 4);
    EXPECT_FALSE(loop.turn(std::chrono::milliseconds{300})) << "the limit still runs";
    EXPECT_EQ(times, 1);
}

TEST(DiskPool, ItsEndDoesNotWaitForATaskThatHangs) {
    Loop loop;
    auto release = std::make_shared<std::promise<void>>();
    auto begun = std::make_shared<std::promise<void>>();
    auto disk = std::make_unique<DiskPool>(loop);
    disk->run(
        {.path = "dead"},
        [release, begun] {
            begun->set_value();
            release->get_future().wait();
            return 1;
        },
        [](int) { FAIL() << "nothing is left to report to"; });
    begun->get_future().wait();
    disk.reset();
    release->set_value();
}

} // namespace
} // namespace haulier::transfer
