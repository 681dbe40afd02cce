// SPDX-License-Identifier: LGPL-2.1-or-later
// The small values: results, descriptors, clocks.
#include "base/clock.hpp"
#include "base/fd.hpp"
#include "base/result.hpp"

#include <fcntl.h>
#include <gtest/gtest.h>
#include <memory>
#include <utility>

namespace haulier {

namespace {

using namespace std::chrono_literals;

bool is_open(int fd) {
    return fcntl(fd, F_GETFD) >= 0;
}

Fd some_fd() {
    return Fd{open("/dev/null", O_RDONLY | O_CLOEXEC)};
}

Status refuse() {
    return Error{Errc::Empty, "nothing to do"};
}

} // namespace

TEST(Result, HoldsAValueOrAnError) {
    Result<int> good = 3;
    ASSERT_TRUE(good);
    EXPECT_EQ(*good, 3);
    *good += 1;
    EXPECT_EQ(*std::as_const(good), 4);

    Result<int> bad = Error{Errc::NotFound, "no job 7"};
    ASSERT_FALSE(bad);
    EXPECT_EQ(bad.error(), (Error{Errc::NotFound, "no job 7"}));
    EXPECT_NE(bad.error(), (Error{Errc::Store, "no job 7"}));
}

TEST(Result, StatusIsSuccessWithoutAValue) {
    Status good = Done{};
    EXPECT_TRUE(good);
    EXPECT_EQ(refuse().error().code, Errc::Empty);
}

TEST(Result, ValuesMoveOut) {
    Result<std::unique_ptr<int>> held = std::make_unique<int>(5);
    auto taken = *std::move(held);
    ASSERT_TRUE(taken);
    EXPECT_EQ(*taken, 5);
    EXPECT_EQ(*held, nullptr);
}

TEST(Result, MembersAreReachedByArrow) {
    Result<std::string> text = std::string{"four"};
    EXPECT_EQ(text->size(), 4u);
    EXPECT_EQ(std::as_const(text)->size(), 4u);
}

TEST(Result, AValueOfTheErrorsOwnTypeIsStillAnError) {
    Result<std::string> text = Error{Errc::Internal, "x"};
    EXPECT_FALSE(text);
}

TEST(ResultDeathTest, TakingWhatIsNotThereEndsTheProcess) {
    GTEST_FLAG_SET(death_test_style, "threadsafe");
    Result<int> bad = Error{Errc::Internal, "no"};
    Result<int> good = 1;
    EXPECT_DEATH(static_cast<void>(*bad), "");
    EXPECT_DEATH(static_cast<void>(good.error()), "");
}

TEST(Fd, ClosesWhatItOwns) {
    int number = -1;
    {
        Fd fd = some_fd();
        ASSERT_TRUE(fd);
        number = fd.get();
        EXPECT_TRUE(is_open(number));
    }
    EXPECT_FALSE(is_open(number));
}

TEST(Fd, HasOneOwnerAtATime) {
    Fd first = some_fd();
    int number = first.get();
    Fd second = std::move(first);
    EXPECT_FALSE(first);
    EXPECT_EQ(second.get(), number);
    Fd third = some_fd();
    int replaced = third.get();
    third = std::move(second);
    EXPECT_EQ(third.get(), number);
    EXPECT_FALSE(is_open(replaced));
    Fd& itself = third;
    third = std::move(itself);
    EXPECT_TRUE(is_open(number));
    EXPECT_EQ(Fd{third.release()}.get(), number);
    EXPECT_FALSE(third);
    EXPECT_FALSE(is_open(number));
}

TEST(Clock, DatesFollowTheWallClockAsItStands) {
    Now now{BootTime{100s}, WallTime{1'000'000s}};
    EXPECT_EQ(now.date_of(BootTime{160s}), WallTime{1'000'060s});
    EXPECT_EQ(now.date_of(BootTime{40s}), WallTime{999'940s});
    EXPECT_EQ(BootTime{160s} - now.boot, Usec{60s});
}

TEST(Clock, TheSystemsGoesOn) {
    auto before = SystemClock{}.now();
    auto after = SystemClock{}.now();
    EXPECT_LE(before.boot, after.boot);
    EXPECT_GT(before.wall, WallTime{Usec{1'600'000'000s}});
}

} // namespace haulier
