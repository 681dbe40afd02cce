// SPDX-License-Identifier: LGPL-2.1-or-later
#include "transfer/disk_thread.hpp"

#include <atomic>
#include <future>
#include <gtest/gtest.h>
#include <thread>
#include <vector>

namespace haulier::transfer {
namespace {

constexpr Usec Long = std::chrono::seconds{20};

TEST(DiskThread, WorksThereAndCompletesHereInOrder) {
    Loop loop;
    DiskThread disk{loop};
    std::vector<int> completed;
    const auto here = std::this_thread::get_id();
    for (int i = 0; i < 100; ++i)
        disk.run(
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

TEST(DiskThread, ACompletionMayGiveMoreWork) {
    Loop loop;
    DiskThread disk{loop};
    int rounds = 0;
    std::function<void(int)> again = [&](int n) {
        rounds = n;
        if (n < 10) disk.run([n] { return n + 1; }, again);
    };
    disk.run([] { return 1; }, again);
    while (rounds < 10)
        ASSERT_TRUE(loop.turn(Long));
}

TEST(DiskThread, ItsEndWaitsForTheWorkThatHasBegunAndTellsNobody) {
    Loop loop;
    std::promise<void> begun;
    std::promise<void> release;
    std::atomic<int> worked = 0;
    auto token = std::make_shared<int>();
    {
        auto disk = std::make_unique<DiskThread>(loop);
        auto never = [](int) { FAIL() << "nobody is there to hear of it"; };
        disk->run(
            [&, token] {
                begun.set_value();
                release.get_future().wait();
                return ++worked;
            },
            never);
        disk->run([&, token] { return worked += 100; }, never);
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

} // namespace
} // namespace haulier::transfer
