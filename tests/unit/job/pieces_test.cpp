// SPDX-License-Identifier: LGPL-2.1-or-later
// Files that are fetched over several connections: what is kept of them, and how many there are.
#include "base/limits.hpp"
#include "job/connections.hpp"
#include "samples.hpp"

#include <gtest/gtest.h>

namespace haulier::job {

namespace {

struct JobPiecesTest : testing::Test {
    Sample s{1};

    static Report in_pieces(uint64_t offset, std::vector<Range> pieces) {
        auto made = report(offset, 100, "\"a\"");
        made.pieces = std::move(pieces);
        return made;
    }
    bool checkpoint(const Report& report) {
        auto decision = checkpointed(s.job, 0, s.files[0], report, {{}}, at_second(3));
        if (decision) s.take(*decision);
        return decision.has_value();
    }
};

TEST_F(JobPiecesTest, ACheckpointSaysWhereTheBytesAre) {
    s.run();
    const std::vector<Range> pieces{{0, 10}, {50, 20}};
    ASSERT_TRUE(checkpoint(in_pieces(30, pieces)));
    EXPECT_EQ(s.files[0].offset, 30U);
    EXPECT_EQ(s.files[0].pieces, pieces);
    ASSERT_TRUE(checkpoint(in_pieces(70, {})));
    EXPECT_TRUE(s.files[0].pieces.empty()) << "they have become one";
}

TEST_F(JobPiecesTest, APieceThatCannotBeIsNotBelieved) {
    s.run();
    for (const auto& wrong :
         {in_pieces(31, {{0, 10}, {50, 20}}), in_pieces(30, {{50, 20}, {0, 10}}),
          in_pieces(30, {{1, 10}, {50, 20}}), in_pieces(30, {{0, 20}, {10, 10}}),
          in_pieces(30, {{0, 10}, {90, 20}}), in_pieces(30, {{0, 10}, {10, 20}}),
          in_pieces(~uint64_t{0}, {{0, ToEnd}}), in_pieces(0, {{0, 5}, {10, ~uint64_t{4}}}),
          in_pieces(5, {{0, 10}, {20, ~uint64_t{4}}})})
        EXPECT_FALSE(checkpoint(wrong));
    std::vector<Range> many;
    for (uint64_t i = 0; i <= MaxPieces; ++i)
        many.push_back({2 * i, 1});
    auto too_many = in_pieces(many.size(), many);
    too_many.total = 1000;
    EXPECT_FALSE(checkpoint(too_many));
    EXPECT_EQ(s.files[0].offset, 0U);
}

TEST_F(JobPiecesTest, TheyAreGoneWithTheBytes) {
    s.run();
    ASSERT_TRUE(checkpoint(in_pieces(30, {{0, 10}, {50, 20}})));
    auto kept = begun(s.job, 0, s.files[0], {.report = report(30, 100, "\"a\"")}, {}, at_second(4));
    EXPECT_EQ(kept->files.at(0).pieces.size(), 2U);
    auto fewer = begun(s.job, 0, s.files[0], {.report = report(10, 100, "\"a\"")}, {}, at_second(4));
    EXPECT_TRUE(fewer->files.at(0).pieces.empty());
    EXPECT_EQ(fewer->files.at(0).offset, 10U);
    auto anew =
        begun(s.job, 0, s.files[0], {.report = report(0, 100, "\"b\""), .restarted = true}, {}, at_second(4));
    EXPECT_TRUE(anew->files.at(0).pieces.empty());
    s.fail({.error = {Cause::ChecksumMismatch, 0, "wrong", 0}, .fatal = true, .void_offset = true}, 5);
    EXPECT_TRUE(s.files[0].pieces.empty());
}

TEST(JobConnections, AreFewUnlessAUserWaits) {
    Job job;
    EXPECT_EQ(connections_for(job).most, 1U);
    job.priority = Priority::Foreground;
    EXPECT_EQ(connections_for(job).most, 4U);
    EXPECT_EQ(connections_for(job).split_from, uint64_t{64} << 20);
    job.connections = 7;
    EXPECT_EQ(connections_for(job).most, 7U);
    EXPECT_EQ(connections_for(job).split_from, 0U);
    job.priority = Priority::Low;
    job.connections = 1;
    EXPECT_EQ(connections_for(job).most, 1U);
}

} // namespace
} // namespace haulier::job
