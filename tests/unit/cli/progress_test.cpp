// SPDX-License-Identifier: LGPL-2.1-or-later
#include "cli/progress.hpp"

#include "cli/text.hpp"

#include <gtest/gtest.h>

namespace haulier::cli {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;

constexpr RateMeter::Time Start{};

TEST(RateMeter, NeedsTime) {
    RateMeter meter;
    EXPECT_FALSE(meter.rate(Start));
    meter.add(Start, 0);
    meter.add(Start + milliseconds{400}, 1000);
    EXPECT_FALSE(meter.rate(Start + milliseconds{400}));
    meter.add(Start + milliseconds{500}, 2000);
    EXPECT_DOUBLE_EQ(meter.rate(Start + milliseconds{500}).value(), 4000);
}

TEST(RateMeter, IsSteadyBetweenAnnouncements) {
    RateMeter meter;
    meter.add(Start, 0);
    meter.add(Start + seconds{1}, 1000);
    EXPECT_DOUBLE_EQ(meter.rate(Start + milliseconds{2400}).value(), 1000);
}

TEST(RateMeter, TreatsALongPauseAsAStall) {
    RateMeter meter;
    meter.add(Start, 0);
    meter.add(Start + seconds{1}, 1000);
    EXPECT_DOUBLE_EQ(meter.rate(Start + seconds{4}).value(), 250);
    EXPECT_DOUBLE_EQ(meter.rate(Start + seconds{6}).value(), 0);
}

TEST(RateMeter, ForgetsOldSamples) {
    RateMeter meter;
    for (int s = 0; s <= 10; ++s)
        meter.add(Start + seconds{s}, static_cast<uint64_t>(s) * 1'000'000);
    for (int s = 11; s <= 20; ++s)
        meter.add(Start + seconds{s}, 10'000'000 + static_cast<uint64_t>(s - 10) * 10);
    EXPECT_DOUBLE_EQ(meter.rate(Start + seconds{20}).value(), 10);
}

TEST(RateMeter, BeginsAgainWhenBytesFallBack) {
    RateMeter meter;
    meter.add(Start, 5000);
    meter.add(Start + seconds{1}, 9000);
    meter.add(Start + seconds{2}, 0);
    EXPECT_FALSE(meter.rate(Start + seconds{2}));
    meter.add(Start + seconds{3}, 500);
    EXPECT_DOUBLE_EQ(meter.rate(Start + seconds{3}).value(), 500);
}

JobView job(const char* state, const char* reason) {
    JobView j;
    j.name = "debian.iso";
    j.state = state;
    j.wait_reason = reason;
    j.done = 312'400'000;
    j.total = 700'000'000;
    return j;
}

constexpr uint64_t Now = 1'000'000'000;
const Motion Moving{12'300'000, seconds{0}};

TEST(Situation, SaysWhyNothingIsTransferred) {
    EXPECT_EQ(situation(job("transferring", "running"), Now), "");
    EXPECT_EQ(situation(job("connecting", "running"), Now), "connecting");
    EXPECT_EQ(situation(job("queued", "turn"), Now), "waiting for its turn");
    EXPECT_EQ(situation(job("queued", "metered-network"), Now), "waiting: metered-network")
        << "a word of a newer daemon";
    EXPECT_EQ(situation(job("suspended", "suspended"), Now), "suspended");
    EXPECT_EQ(situation(job("transferred", "completing"), Now), "completing");
}

TEST(Situation, CountsDownToTheNextTry) {
    auto waiting = job("transient-error", "retry-delay");
    waiting.error_message = "503 from example.org";
    waiting.wait_until = Now + 11'200'000;
    EXPECT_EQ(situation(waiting, Now), "waiting: retry in 12 s (503 from example.org)");
    waiting.wait_until = Now - 1;
    EXPECT_EQ(situation(waiting, Now), "waiting: retry soon (503 from example.org)");
}

TEST(Situation, SaysWhatAJobWaitsFor) {
    auto waiting = job("transient-error", "host");
    waiting.wait_until = Now + 11'200'000;
    waiting.error_message = "example.org: 503";
    EXPECT_EQ(situation(waiting, Now),
              "waiting for the server, which has asked for a pause: retry in 12 s (example.org: 503)");
    EXPECT_EQ(situation(job("transient-error", "storage"), Now),
              "waiting for its disk, which is full, read-only or not mounted");
    EXPECT_EQ(situation(job("transient-error", "clock"), Now),
              "waiting for the clock of this machine, which seems to be wrong");
    EXPECT_EQ(situation(job("transient-error", "network"), Now), "waiting for a network");
    auto later = job("queued", "not-before");
    later.wait_until = Now;
    EXPECT_EQ(situation(later, Now), "waiting for its start date: " + date_text(Now));
}

TEST(Situation, SaysHowLongNothingHasHappened) {
    EXPECT_EQ(situation(job("connecting", "running"), Now, seconds{2}), "connecting");
    EXPECT_EQ(situation(job("connecting", "running"), Now, seconds{23}), "no answer for 0:23");
    EXPECT_EQ(situation(job("queued", "turn"), Now, seconds{74}), "waiting for its turn, for 1:14");
    auto later = job("queued", "not-before");
    later.wait_until = Now;
    EXPECT_EQ(situation(later, Now, seconds{9}), "waiting for its start date: " + date_text(Now));
    EXPECT_EQ(situation(job("acknowledged", "ended"), Now), "complete");
}

TEST(BarLine, HasNameShareBarAmountSpeedAndTime) {
    EXPECT_EQ(bar_line(job("transferring", "running"), Moving, Now, {80, false, 0}),
              "debian.iso  44% [==========>             ] 312.4 MB of 700.0 MB  12.3 MB/s  0:32");
}

TEST(BarLine, SaysThatAJobYields) {
    auto slow = job("transferring", "running");
    slow.yields = true;
    EXPECT_EQ(plain_line(slow, Moving, Now),
              "debian.iso: 44%, 312.4 MB of 700.0 MB  12.3 MB/s  0:32  yields");
}

TEST(BarLine, FitsEveryWidth) {
    auto long_name = job("transferring", "running");
    long_name.name = std::string(300, 'x');
    auto waiting = job("transient-error", "retry-delay");
    waiting.error_message = std::string(300, 'y');
    for (const auto& j : {job("transferring", "running"), long_name, waiting})
        for (size_t columns = 1; columns < 200; ++columns)
            EXPECT_LE(columns_of(bar_line(j, Moving, Now, {columns, false, 0})), columns);
}

TEST(BarLine, HasNoBarForAnUnknownWhole) {
    auto unknown = job("transferring", "running");
    unknown.total.reset();
    EXPECT_EQ(bar_line(unknown, Moving, Now, {80, false, 0}), "debian.iso    ? 312.4 MB of ?  12.3 MB/s");
}

TEST(BarLine, SaysHowManyFilesAreDoneIfThereIsRoom) {
    auto several = job("transferring", "running");
    several.files = 3;
    several.files_done = 1;
    EXPECT_EQ(bar_line(several, Moving, Now, {80, false, 0}),
              "debian.iso  44% [=====>       ] 312.4 MB of 700.0 MB, 1/3 files  12.3 MB/s  0:32");
    EXPECT_EQ(bar_line(several, Moving, Now, {70, false, 0}),
              bar_line(job("transferring", "running"), Moving, Now, {70, false, 0}));
    EXPECT_EQ(plain_line(several, Moving, Now),
              "debian.iso: 44%, 312.4 MB of 700.0 MB, 1/3 files  12.3 MB/s  0:32");
}

TEST(BarLine, CountsFilesWhileTheWholeIsUnknown) {
    auto many = job("transferring", "running");
    many.total.reset();
    many.done = 1'200'000'000;
    many.files = 400;
    many.files_done = 37;
    EXPECT_EQ(bar_line(many, Moving, Now, {80, false, 0}),
              "debian.iso   9% [==>                        ] 37 of 400 files, 1.2 GB, 12.3 MB/s");
    EXPECT_EQ(plain_line(many, Moving, Now), "debian.iso: 9%, 37 of 400 files, 1.2 GB, 12.3 MB/s");
    many.state = "queued";
    many.wait_reason = "turn";
    EXPECT_EQ(plain_line(many, Motion{}, Now),
              "debian.iso: 9%, 37 of 400 files, 1.2 GB  waiting for its turn");
    many.total = 2'400'000'000;
    EXPECT_EQ(amount_of(many), "1.2 GB of 2.4 GB");
}

TEST(BarLine, EstimatesTheShareFromTheSizesThatAreKnown) {
    auto many = job("transferring", "running");
    many.total.reset();
    many.files = 4;
    many.done = 100;
    many.estimate = 400;
    EXPECT_EQ(percent_text(many), "~25%");
    many.done = 500;
    EXPECT_EQ(percent_text(many), "~99%") << "it is not complete yet";
    many.files_done = 1;
    many.files_failed = 2;
    EXPECT_EQ(amount_of(many), "1 of 4 files (2 failed), 500 B");
}

TEST(BarLine, SaysHowLongNoDataHasArrived) {
    EXPECT_EQ(bar_line(job("transferring", "running"), {0, seconds{23}}, Now, {80, false, 0}),
              "debian.iso  44% [==========>            ] 312.4 MB of 700.0 MB  no data for 0:23");
}

TEST(BarLine, AlignsWideNames) {
    auto wide = job("transferring", "running");
    wide.name = "日本語";
    EXPECT_EQ(columns_of(bar_line(wide, Moving, Now, {80, false, 10})),
              columns_of(bar_line(job("transferring", "running"), Moving, Now, {80, false, 10})));
    wide.name = "🎬🎬🎬🎬🎬🎬🎬🎬🎬🎬🎬🎬🎬🎬🎬🎬";
    for (size_t columns = 20; columns < 100; ++columns)
        EXPECT_LE(columns_of(bar_line(wide, Moving, Now, {columns, false, 0})), columns);
}

TEST(BarLine, HasOnlyTheSituationBeforeTheFirstByte) {
    auto waiting = job("connecting", "running");
    waiting.total.reset();
    waiting.done = 0;
    EXPECT_EQ(bar_line(waiting, Motion{}, Now, {80, false, 0}), "debian.iso    ? connecting");
    EXPECT_EQ(plain_line(waiting, Motion{}, Now), "debian.iso: connecting");
}

TEST(BarLine, IsFullAtTheEndAndForEmptyFiles) {
    auto done = job("transferring", "running");
    done.done = *done.total;
    EXPECT_NE(bar_line(done, Motion{}, Now, {60, false, 0}).find("100% [====="), std::string::npos);
    done.done = 0;
    done.total = 0;
    EXPECT_NE(bar_line(done, Motion{}, Now, {60, false, 0}).find("100% [====="), std::string::npos);
}

TEST(BarLine, ColoursOnlyTheBar) {
    LineStyle coloured{80, true, 0};
    auto line = bar_line(job("transferring", "running"), Motion{}, Now, coloured);
    EXPECT_NE(line.find("\x1b[32m="), std::string::npos);
    EXPECT_EQ(bar_line(job("transferring", "running"), Motion{}, Now, {80, false, 0}).find('\x1b'),
              std::string::npos);
}

TEST(BarLine, ReplacesControlCharactersInNames) {
    auto hostile = job("transferring", "running");
    hostile.name = "a\x1b]0;x\ab";
    EXPECT_EQ(bar_line(hostile, Motion{}, Now, {80, false, 0}).find('\x1b'), std::string::npos);
}

TEST(PlainLine, HasNoBar) {
    EXPECT_EQ(plain_line(job("transferring", "running"), Moving, Now),
              "debian.iso: 44%, 312.4 MB of 700.0 MB  12.3 MB/s  0:32");
    EXPECT_EQ(plain_line(job("queued", "turn"), Motion{}, Now),
              "debian.iso: 44%, 312.4 MB of 700.0 MB  waiting for its turn");
}

} // namespace
} // namespace haulier::cli
