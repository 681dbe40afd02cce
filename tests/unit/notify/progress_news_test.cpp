// SPDX-License-Identifier: LGPL-2.1-or-later
#include "notify/progress_news.hpp"

#include "notify_samples.hpp"

#include <gtest/gtest.h>

namespace haulier::notify {

namespace {

using std::chrono::seconds;

constexpr Usec Interval{500'000};

TEST(ProgressNews, AreNoneAtFirst) {
    ProgressNews news;
    EXPECT_FALSE(news.due());
    news.ranges_filled(0, {}, Start, Interval);
    EXPECT_FALSE(news.due());
}

TEST(ProgressNews, AreDueAtOnceAndThenOncePerInterval) {
    ProgressNews news;
    news.modified(Start, Interval);
    EXPECT_EQ(news.due(), Start);
    EXPECT_EQ(news.take(Start), Content{JobModified{}});
    EXPECT_FALSE(news.due());
    news.modified(Start + Usec{1}, Interval);
    news.modified(Start + Usec{2}, Interval);
    EXPECT_EQ(news.due(), Start + Interval);
    news.take(Start + Interval);
    EXPECT_FALSE(news.due());
}

TEST(ProgressNews, GatherRangesOfAFile) {
    ProgressNews news;
    news.ranges_filled(3, {{100, 50}}, Start, Interval);
    news.ranges_filled(3, {{150, 50}, {0, 1}}, Start, Interval);
    EXPECT_EQ(news.due(), Start);
    EXPECT_EQ(news.take(Start), (Content{FileRangesTransferred{3, {{0, 1}, {100, 100}}}}));
    EXPECT_FALSE(news.due());
}

TEST(ProgressNews, LetFilesTakeTurns) {
    ProgressNews news;
    for (uint32_t file : {1U, 4U})
        news.ranges_filled(file, {{0, 1}}, Start, Interval);
    EXPECT_EQ(news.take(Start), (Content{FileRangesTransferred{1, {{0, 1}}}}));
    news.ranges_filled(1, {{1, 1}}, Start, Interval);
    EXPECT_EQ(news.due(), Start + Interval);
    EXPECT_EQ(news.take(Start + Interval), (Content{FileRangesTransferred{4, {{0, 1}}}}));
    EXPECT_EQ(news.take(Start + 2 * Interval), (Content{FileRangesTransferred{1, {{1, 1}}}}));
}

TEST(ProgressNews, GoInTheOrderInWhichTheyAreDue) {
    ProgressNews news;
    news.modified(Start, Interval);
    news.take(Start);
    news.modified(Start, Interval);
    news.ranges_filled(0, {{0, 1}}, Start, Interval);
    EXPECT_EQ(news.due(), Start);
    news.take(Start);
    EXPECT_EQ(news.due(), Start + Interval);
    EXPECT_EQ(news.take(Start + Interval), Content{JobModified{}});
}

TEST(ProgressNews, CanBeForgotten) {
    ProgressNews news;
    news.modified(Start, Interval);
    news.ranges_filled(0, {{0, 1}}, Start, Interval);
    news.clear();
    EXPECT_FALSE(news.due());
}

} // namespace

} // namespace haulier::notify
