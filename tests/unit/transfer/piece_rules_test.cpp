// SPDX-License-Identifier: LGPL-2.1-or-later
#include "transfer/piece_rules.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <vector>

namespace haulier::transfer {
namespace {

using testing::HasSubstr;

const std::string Old = "Wed, 21 Oct 2015 07:28:00 GMT";
const std::string New = "Thu, 22 Oct 2015 07:28:00 GMT";
const Identity Tagged{"\"a\"", Old, true, 1000};
const Identity Unprovable{"", "", false, 1000};

/// Bytes 100 to 199, of which the first 40 are here.
const Layout::Place Middle{.start = 60, .remote = 140, .end = 200, .local = 100, .to_end = false};
const Layout::Place Tail{.start = 60, .remote = 900, .end = 1000, .local = 60, .to_end = true};
const Layout::Place Head{.start = 0, .remote = 0, .end = {}, .local = 0, .to_end = true};

Answer answer(int status, const std::string& range, const std::string& etag = "\"a\"",
              const std::string& date = Old) {
    Answer made{.status = status, .etag = etag, .last_modified = date, .content_range = range};
    made.date = 1445700000;
    made.http1 = true;
    return made;
}

Verdict judge_middle(const Answer& answer, bool bound = true, Identity identity = Tagged,
                     bool digest = false) {
    Known known{
        .offset = bound ? 100U : 0U, .identity = bound ? std::move(identity) : Identity{}, .digest = digest};
    return judge_piece(known, bound, Middle, answer, 0);
}

TEST(RangeValue, AsksForThePieceAlone) {
    EXPECT_EQ(range_value(Middle, true), "140-199");
    EXPECT_EQ(range_value(Middle, false), "140-199");
    EXPECT_EQ(range_value(Tail, true), "900-");
    EXPECT_EQ(range_value(Head, false), "") << "that is the whole file";
    EXPECT_EQ(range_value(Head, true), "0-");
    EXPECT_EQ(range_value({.remote = 0, .end = 10}, false), "0-9");
}

TEST(JudgePiece, PartsOfTheSameVersion) {
    auto verdict = judge_middle(answer(206, "bytes 140-199/1000"));
    EXPECT_EQ(verdict.course, Course::GoOn);
    EXPECT_EQ(verdict.end, 160) << "counted in the stream";
    EXPECT_EQ(verdict.identity, Tagged);
    EXPECT_EQ(judge_middle(answer(206, "bytes 140-149/1000")).end, 110) << "the rest is asked for later";
    EXPECT_EQ(judge_middle(answer(206, "bytes 140-199/*")).course, Course::GoOn);

    verdict = judge_middle(answer(206, "bytes 140-199/1000"), false);
    EXPECT_EQ(verdict.course, Course::StartOver);
    EXPECT_EQ(verdict.identity, Tagged);
}

TEST(JudgePiece, PartsOfAnotherVersionStartOver) {
    for (const auto& other :
         {answer(206, "bytes 140-199/1000", "\"b\"", New), answer(206, "bytes 140-199/1000", "\"b\""),
          answer(206, "bytes 140-199/1000", "\"a\"", New), answer(206, "bytes 140-199/1001"),
          answer(206, "bytes 140-149/150"), answer(416, "bytes */120")})
        EXPECT_EQ(judge_middle(other).course, Course::AskWhole) << other.content_range;
}

TEST(JudgePiece, WithoutProofNoTwoPiecesGoTogether) {
    auto bare = answer(206, "bytes 140-199/1000", "", "");
    EXPECT_EQ(judge_middle(bare).failure.cause, wire::MISSING_RANGE_SUPPORT);
    EXPECT_EQ(judge_middle(bare, true, Unprovable).failure.cause, wire::MISSING_RANGE_SUPPORT);
    EXPECT_EQ(judge_middle(bare, true, Unprovable, true).course, Course::GoOn)
        << "the digest judges the whole";
    EXPECT_EQ(judge_middle(bare, false).course, Course::StartOver) << "the first needs none";
    EXPECT_EQ(judge_middle(answer(206, "bytes 140-199/1000"), true, Unprovable).course, Course::AskWhole)
        << "from now on it can be proved";
}

TEST(JudgePiece, AnswersToAnotherQuestion) {
    auto long_one = answer(206, "bytes 140-199/1000");
    long_one.length = 61;
    for (const auto& odd :
         {answer(206, ""), answer(206, "bytes 100-199/1000"), answer(206, "bytes 140-200/1000"),
          answer(206, "bytes 0-999/1000"), answer(206, "bytes 199-140/1000"), long_one}) {
        EXPECT_EQ(judge_middle(odd).failure.cause, wire::INVALID_RESPONSE) << odd.content_range;
        EXPECT_EQ(judge_middle(odd, false).failure.cause, wire::INVALID_RESPONSE) << odd.content_range;
    }
    EXPECT_EQ(judge_piece({}, false, Head, answer(206, "bytes 0-999/1000"), 0).failure.cause,
              wire::INVALID_RESPONSE)
        << "no range was asked for";
    Layout::Place open{.remote = 10, .to_end = true};
    EXPECT_EQ(judge_piece({}, false, open, answer(206, "bytes 10-99/*"), 0).failure.cause,
              wire::INVALID_RESPONSE);
}

TEST(JudgePiece, AServerWithoutRanges) {
    auto whole = answer(200, "");
    whole.length = 1000;
    for (bool bound : {true, false}) {
        auto verdict = judge_middle(whole, bound);
        EXPECT_EQ(verdict.failure.cause, wire::MISSING_RANGE_SUPPORT);
    }
    auto verdict = judge_piece({}, false, Head, whole, 0);
    EXPECT_EQ(verdict.course, Course::StartOver);
    EXPECT_EQ(verdict.end, 1000);
    EXPECT_EQ(judge_piece({}, false, {.remote = 0, .end = 1000}, whole, 0).course, Course::StartOver)
        << "the piece is the whole";
    EXPECT_EQ(judge_piece({}, false, {.remote = 0, .end = 999}, whole, 0).failure.cause,
              wire::MISSING_RANGE_SUPPORT);
    whole.chunked = true;
    EXPECT_EQ(judge_piece({}, false, {.remote = 0, .end = 1000}, whole, 0).failure.cause,
              wire::MISSING_RANGE_SUPPORT);
    EXPECT_EQ(judge_piece({}, false, Head, whole, 0).end, std::nullopt);

    Known known{.offset = 60, .identity = Tagged};
    EXPECT_EQ(judge_piece(known, true, Head, answer(200, ""), 0).course, Course::GoOn) << "same tag";
    EXPECT_EQ(judge_piece(known, true, Head, answer(200, "", "\"b\""), 0).course, Course::AskWhole);
}

TEST(JudgePiece, BeyondTheEnd) {
    auto verdict = judge_middle(answer(416, "bytes */1000"));
    EXPECT_EQ(verdict.failure.cause, wire::INVALID_RANGE);
    EXPECT_THAT(verdict.failure.message, HasSubstr("140"));
    EXPECT_THAT(verdict.failure.message, HasSubstr("1000"));
    EXPECT_EQ(judge_middle(answer(416, ""), false).failure.cause, wire::INVALID_RANGE);
    verdict = judge_middle(answer(206, "bytes 140-149/150"), false);
    EXPECT_EQ(verdict.failure.cause, wire::INVALID_RANGE)
        << "the piece begins in the file but ends beyond it";
    EXPECT_THAT(verdict.failure.message, HasSubstr("150"));
}

TEST(JudgePiece, AllOfAnEmptyFileIsHere) {
    auto nothing = answer(416, "bytes */0");
    auto verdict = judge_piece({}, false, Head, nothing, 0);
    EXPECT_EQ(verdict.course, Course::AllHere);
    EXPECT_EQ(verdict.identity, (Identity{"\"a\"", Old, true, 0}));
    EXPECT_EQ(verdict.end, 0);
    Known empty{.identity = {"\"a\"", Old, true, 0}};
    EXPECT_EQ(judge_piece(empty, true, Head, nothing, 0).course, Course::AllHere);
    EXPECT_EQ(judge_piece({.identity = Tagged}, true, Head, nothing, 0).course, Course::AskWhole)
        << "it was not empty before";
    EXPECT_EQ(judge_piece({.expected_size = 5}, false, Head, nothing, 0).failure.cause, wire::SIZE_MISMATCH);
    EXPECT_EQ(judge_piece({.expected_size = 0}, false, Head, nothing, 0).course, Course::AllHere);
    EXPECT_EQ(judge_piece({}, false, {.remote = 0, .end = 10}, nothing, 0).failure.cause,
              wire::INVALID_RANGE);
    EXPECT_EQ(judge_piece({}, false, {.remote = 1, .to_end = true}, nothing, 0).failure.cause,
              wire::INVALID_RANGE);
}

TEST(JudgePiece, OtherAnswers) {
    auto busy = answer(503, "");
    busy.retry_after = "7";
    auto verdict = judge_middle(busy);
    EXPECT_EQ(verdict.failure.cause, wire::HTTP_STATUS);
    EXPECT_EQ(verdict.failure.retry_after_s, 7u);
    auto encoded = answer(206, "bytes 140-199/1000");
    encoded.content_encoding = "gzip";
    EXPECT_EQ(judge_middle(encoded).failure.cause, wire::INVALID_RESPONSE);
}

} // namespace
} // namespace haulier::transfer
