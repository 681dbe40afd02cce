// SPDX-License-Identifier: LGPL-2.1-or-later
#include "transfer/sink.hpp"

#include "cached_pages.hpp"
#include "support/temp_dir.hpp"
#include "transfer_samples.hpp"

#include <algorithm>
#include <gtest/gtest.h>
#include <optional>
#include <random>
#include <string>
#include <vector>

namespace haulier::transfer {
namespace {

constexpr const char* Name = ".haulier-0-0.part";

/// Random bytes, repeated at a distance that is no multiple of any block's size.
std::string pattern(size_t size, uint32_t seed) {
    std::mt19937 random{seed};
    std::string block(std::min<size_t>(size, 65'521), '\0');
    for (auto& byte : block)
        byte = static_cast<char>(random());
    std::string bytes;
    bytes.reserve(size);
    while (bytes.size() < size)
        bytes.append(block, 0, size - bytes.size());
    return bytes;
}

class SinkTest : public testing::Test {
protected:
    SinkTest() {
        auto opened = PartFile::open(*Directory::open(directory.path()), Name);
        part = std::make_shared<PartFile>(*std::move(opened));
    }

    Sink sink(Sink::SyncInterval interval) {
        return {loop,
                disk,
                Lane{directory.path(), Name},
                part,
                interval,
                {.durable = [this](uint64_t upto) { durable.push_back(upto); },
                 .writable = [this] { ++writable; },
                 .failed = [](const Failure& failure) { FAIL() << failure.message; }}};
    }

    void wait_while(const std::function<bool()>& condition) {
        while (condition())
            ASSERT_TRUE(loop.turn(Long));
    }

    /// In pieces as curl delivers them.
    void write(Sink& sink, const std::string& bytes, size_t piece) {
        for (size_t at = 0; at < bytes.size(); at += piece) {
            wait_while([&] { return sink.full(); });
            sink.write(std::string_view{bytes}.substr(at, piece));
        }
    }

    void flush(Sink& sink) {
        bool flushed = false;
        sink.flush([&](const Status& status) { flushed = bool{status}; });
        wait_while([&] { return !flushed; });
    }

    [[nodiscard]] std::string content() const { return directory.read(Name); }

    test::TempDir directory;
    Loop loop;
    DiskPool disk{loop};
    std::shared_ptr<PartFile> part;
    std::vector<uint64_t> durable;
    int writable = 0;
};

TEST_F(SinkTest, WritesAndSyncsAtTheSameTimeAndReportsWhatIsDurable) {
    constexpr uint64_t Interval = 1024 * 1024;
    auto bytes = pattern(9'000'001, 1);
    auto file = sink({.bytes = Interval, .time = Usec::max()});
    file.begin(0, bytes.size());
    write(file, bytes, 16 * 1024);
    flush(file);
    EXPECT_EQ(content(), bytes);
    ASSERT_FALSE(durable.empty());
    EXPECT_EQ(durable.back(), bytes.size());
    uint64_t before = 0;
    for (auto upto : durable) {
        EXPECT_GT(upto, before);
        EXPECT_LE(upto - before, Interval + 16 * 1024) << "more than may be lost was not durable";
        before = upto;
    }
}

TEST_F(SinkTest, ANewBeginningWaitsForWhatIsBeingWritten) {
    auto file = sink({.bytes = 1024 * 1024, .time = Usec::max()});
    for (uint32_t round = 0; round < 5; ++round) {
        auto bytes = pattern(700'000 + round * 100'000, round);
        file.begin(0, std::nullopt);
        write(file, bytes, 100'000);
        if (round < 4) continue;
        flush(file);
        EXPECT_EQ(content(), bytes);
    }
}

TEST_F(SinkTest, PiecesAreWrittenInTurnAndCountedOnlyWhenTheyAreDurable) {
    auto bytes = pattern(3'000'000, 9);
    auto file = sink({.bytes = 512 * 1024, .time = Usec::max()});
    file.begin_pieces({}, bytes.size());
    constexpr size_t Step = 10'000;
    for (size_t at = 0; at < 1'000'000; at += Step)
        for (size_t start : {0, 1'000'000, 2'000'000}) {
            wait_while([&] { return file.full(); });
            file.write_at(start + at, std::string_view{bytes}.substr(start + at, Step));
            EXPECT_LE(file.durable_ranges().size(), file.written());
        }
    EXPECT_GE(file.durable_ranges().all().size(), 3u);
    EXPECT_EQ(file.durable_ranges().size(), durable.back());
    flush(file);
    EXPECT_EQ(content(), bytes);
    EXPECT_EQ(file.durable_ranges(), (ByteRanges{{{0, bytes.size()}}}));
}

TEST_F(SinkTest, WhatIsPresentStaysBehindTheHoles) {
    auto bytes = pattern(100'000, 10);
    ASSERT_TRUE(part->write(0, bytes.substr(0, 10'000) + std::string(40'000, 'x') +
                                   bytes.substr(50'000, 20'000) + "not durable"));
    auto file = sink(Sink::SyncInterval::never());
    file.begin_pieces(ByteRanges{{{0, 10'000}, {50'000, 70'000}}}, bytes.size());
    wait_while([&] { return file.full(); });
    EXPECT_EQ(part->size(), 70'000u);
    EXPECT_EQ(file.written(), 30'000u);
    file.write_at(70'000, std::string_view{bytes}.substr(70'000));
    file.write_at(10'000, std::string_view{bytes}.substr(10'000, 40'000));
    flush(file);
    EXPECT_EQ(content(), bytes);
    EXPECT_TRUE(file.durable_ranges().is_prefix());
}

TEST_F(SinkTest, SegmentsGoToTheirPlaces) {
    auto bytes = pattern(1'000'000, 7);
    auto file = sink(Sink::SyncInterval::never());
    file.begin_sparse(0, bytes.size(), true);
    wait_while([&] { return file.full(); });
    file.move_to(600'000);
    write(file, bytes.substr(600'000), 50'000);
    file.move_to(0);
    write(file, bytes.substr(0, 600'000), 50'000);
    flush(file);
    EXPECT_EQ(content(), bytes);
    EXPECT_EQ(durable, std::vector<uint64_t>{1'000'000}) << "one sync, at the end";
}

TEST_F(SinkTest, ALargeFileIsWrittenWithoutThePageCacheFromAnyOffset) {
    constexpr uint64_t Begin = 123'456; // an earlier transfer ended within a block
    constexpr uint64_t Interval = 16 * Mebi;
    auto bytes = pattern(Begin + 64 * Mebi + 4567, 11);
    ASSERT_TRUE(part->write(0, std::string_view{bytes}.substr(0, Begin)));
    auto file = sink({.bytes = Interval, .time = std::chrono::milliseconds{200}});
    file.begin(Begin, bytes.size(), Sink::Cache::Bypass);
    write(file, bytes.substr(Begin), 16'000);
    flush(file);
    uint64_t before = Begin;
    for (auto upto : durable) {
        EXPECT_LE(upto - before, Interval + 16'000) << "more than may be lost was not durable";
        before = upto;
    }
    EXPECT_EQ(durable.back(), bytes.size());
    // The blocks in which a checkpoint was made may be there.
    if (part->bypasses_cache()) {
        EXPECT_LT(cached_bytes(directory.path() + "/" + Name), 8 * Mebi);
    }
    EXPECT_TRUE(content() == bytes);
}

TEST_F(SinkTest, FewerBytesThanAreWrittenAtOnceMayBeLostWithoutThePageCache) {
    constexpr uint64_t Interval = 256 * 1024;
    auto bytes = pattern(3'000'001, 12);
    auto file = sink({.bytes = Interval, .time = Usec::max()});
    file.begin(0, 64 * Mebi, Sink::Cache::Bypass);
    write(file, bytes, 16'000);
    uint64_t before = 0;
    for (auto upto : durable) {
        EXPECT_LE(upto - before, Interval + 16'000);
        before = upto;
    }
    EXPECT_GT(before, 2'000'000u);
    flush(file);
    EXPECT_TRUE(content() == bytes);
}

TEST_F(SinkTest, AFileThatIsNotLargeStaysInThePageCache) {
    auto bytes = pattern(Mebi, 13);
    auto file = sink(Sink::SyncInterval::never());
    file.begin(0, 64 * Mebi - 1, Sink::Cache::Bypass);
    write(file, bytes, 16'000);
    flush(file);
    EXPECT_FALSE(part->bypasses_cache());
}

TEST_F(SinkTest, AFlushOfNothingStillSyncs) {
    auto file = sink({.bytes = 1024, .time = Usec::max()});
    file.begin(0, 0);
    flush(file);
    EXPECT_EQ(content(), "");
}

TEST_F(SinkTest, TimeIsABoundToo) {
    auto file = sink({.bytes = 1024 * 1024, .time = std::chrono::milliseconds{1}});
    file.begin(0, std::nullopt);
    wait_while([&] { return file.full(); });
    file.write("a few bytes");
    wait_while([&] { return durable.empty(); });
    EXPECT_EQ(durable, std::vector<uint64_t>{11});
}

} // namespace
} // namespace haulier::transfer
