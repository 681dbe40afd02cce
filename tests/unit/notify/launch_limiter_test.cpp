// SPDX-License-Identifier: LGPL-2.1-or-later
#include "notify/launch_limiter.hpp"

#include "notify_samples.hpp"

#include <gtest/gtest.h>
#include <string>
#include <vector>

namespace haulier::notify {

namespace {

using std::chrono::hours;
using std::chrono::seconds;

class FakeOutbox final : public Outbox {
public:
    void acknowledged(int64_t) override {}
    void launches_changed(uint32_t, const job::NotifyService&, uint32_t count) override {
        counts.push_back(count);
    }
    std::vector<uint32_t> counts;
};

struct LaunchLimiterTest : testing::Test {
    FakeOutbox outbox;
    LaunchLimiter limiter{outbox};

    [[nodiscard]] BootTime earliest(const job::NotifyService& service = SampleService) const {
        return limiter.earliest(Owner, service, Policy{});
    }
};

TEST_F(LaunchLimiterTest, DelaysTheThirdStartAndDoublesTheDelay) {
    limiter.count(Owner, SampleService, Start);
    EXPECT_EQ(earliest(), BootTime{});
    for (auto delay : {60, 120, 240}) {
        limiter.count(Owner, SampleService, Start);
        EXPECT_EQ(earliest(), Start + seconds{delay});
    }
    EXPECT_EQ(outbox.counts, (std::vector<uint32_t>{1, 2, 3, 4}));
}

TEST_F(LaunchLimiterTest, DelaysByADayAtMost) {
    limiter.restore(Owner, SampleService, 100, Start);
    EXPECT_EQ(earliest(), Start + hours{24});
    EXPECT_TRUE(outbox.counts.empty()) << "the outbox knows it already";
}

TEST_F(LaunchLimiterTest, ForgetsTheStartsOfAServiceThatWorks) {
    limiter.clear(Owner, SampleService);
    EXPECT_TRUE(outbox.counts.empty());
    limiter.restore(Owner, SampleService, 5, Start);
    limiter.clear(Owner, {SampleService.name, "/elsewhere"});
    EXPECT_EQ(earliest(), BootTime{});
    EXPECT_EQ(outbox.counts, (std::vector<uint32_t>{0}));
}

TEST_F(LaunchLimiterTest, TellsOwnersAndBusesApart) {
    limiter.restore(Owner, SampleService, 2, Start);
    EXPECT_EQ(earliest(SampleSessionService), BootTime{});
    EXPECT_EQ(limiter.earliest(Owner + 1, SampleService, Policy{}), BootTime{});
    EXPECT_EQ(earliest(), Start + seconds{60});
}

} // namespace

} // namespace haulier::notify
