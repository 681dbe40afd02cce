// SPDX-License-Identifier: LGPL-2.1-or-later
#include "transfer/segment_rules.hpp"

#include "transfer_samples.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <vector>

namespace haulier::transfer {
namespace {

using testing::HasSubstr;

const Identity Tagged{"\"a\"", Old, true, 1000};
const Identity Unprovable{"", "", false, 1000};

/// Bytes 100 to 199, of which the first 40 are on disk.
const Layout::Remaining Middle{.start = 60, .remote = 140, .end = 200, .local = 100, .to_end = false};
const Layout::Remaining Tail{.start = 60, .remote = 900, .end = 1000, .local = 60, .to_end = true};
const Layout::Remaining Head{.start = 0, .remote = 0, .end = {}, .local = 0, .to_end = true};

HttpResponse response(int status, const std::string& range, const std::string& etag = "\"a\"",
                      const std::string& date = Old) {
    HttpResponse made{.status = status, .etag = etag, .last_modified = date, .content_range = range};
    made.date = 1445700000;
    made.http1 = true;
    return made;
}

ResponseDecision evaluate_middle(const HttpResponse& response, bool must_match = true,
                                 Identity identity = Tagged, bool digest = false) {
    ResumeState known{.offset = must_match ? 100U : 0U,
                      .identity = must_match ? std::move(identity) : Identity{},
                      .digest = digest};
    return evaluate_segment(known, must_match, Middle, response, 0);
}

TEST(RangeValue, AsksForThePieceAlone) {
    EXPECT_EQ(range_value(Middle, true), "140-199");
    EXPECT_EQ(range_value(Middle, false), "140-199");
    EXPECT_EQ(range_value(Tail, true), "900-");
    EXPECT_EQ(range_value(Head, false), "") << "that is the whole file";
    EXPECT_EQ(range_value(Head, true), "0-");
    EXPECT_EQ(range_value({.remote = 0, .end = 10}, false), "0-9");
}

TEST(EvaluateSegment, PartsOfTheSameVersion) {
    auto decision = evaluate_middle(response(206, "bytes 140-199/1000"));
    EXPECT_EQ(decision.action, ResponseAction::Continue);
    EXPECT_EQ(decision.end, 160) << "counted in the stream";
    EXPECT_EQ(decision.identity, Tagged);
    EXPECT_EQ(evaluate_middle(response(206, "bytes 140-149/1000")).end, 110) << "the rest is requested later";
    EXPECT_EQ(evaluate_middle(response(206, "bytes 140-199/*")).action, ResponseAction::Continue);

    decision = evaluate_middle(response(206, "bytes 140-199/1000"), false);
    EXPECT_EQ(decision.action, ResponseAction::StartOver);
    EXPECT_EQ(decision.identity, Tagged);
}

TEST(EvaluateSegment, PartsOfAnotherVersionStartOver) {
    for (const auto& other :
         {response(206, "bytes 140-199/1000", "\"b\"", New), response(206, "bytes 140-199/1000", "\"b\""),
          response(206, "bytes 140-199/1001"), response(206, "bytes 140-149/150"),
          response(416, "bytes */120")})
        EXPECT_EQ(evaluate_middle(other).action, ResponseAction::RequestWhole) << other.content_range;
}

TEST(EvaluateSegment, WithoutProofNoTwoPiecesGoTogether) {
    auto bare = response(206, "bytes 140-199/1000", "", "");
    EXPECT_EQ(evaluate_middle(bare).failure.cause, wire::INVALID_RESPONSE) << "there was a proof before";
    EXPECT_EQ(evaluate_middle(response(200, "", "", "")).failure.cause, wire::INVALID_RESPONSE);
    EXPECT_EQ(evaluate_middle(bare, true, Unprovable).failure.cause, wire::MISSING_RANGE_SUPPORT);
    EXPECT_EQ(evaluate_middle(bare, true, Unprovable, true).action, ResponseAction::Continue)
        << "the checksum verifies the whole file";
    EXPECT_EQ(evaluate_middle(bare, false).action, ResponseAction::StartOver) << "the first needs none";
    EXPECT_EQ(evaluate_middle(response(206, "bytes 140-199/1000"), true, Unprovable).action,
              ResponseAction::RequestWhole)
        << "from now on it can be proved";
}

TEST(EvaluateSegment, AnswersToAnotherQuestion) {
    auto long_one = response(206, "bytes 140-199/1000");
    long_one.length = 61;
    for (const auto& odd :
         {response(206, ""), response(206, "bytes 100-199/1000"), response(206, "bytes 140-200/1000"),
          response(206, "bytes 0-999/1000"), response(206, "bytes 199-140/1000"), long_one}) {
        EXPECT_EQ(evaluate_middle(odd).failure.cause, wire::INVALID_RESPONSE) << odd.content_range;
        EXPECT_EQ(evaluate_middle(odd, false).failure.cause, wire::INVALID_RESPONSE) << odd.content_range;
    }
    EXPECT_EQ(evaluate_segment({}, false, Head, response(206, "bytes 0-998/1000"), 0).failure.cause,
              wire::INVALID_RESPONSE)
        << "no range was requested";
    EXPECT_EQ(evaluate_segment({}, false, Head, response(206, "bytes 0-999/1000"), 0).action,
              ResponseAction::StartOver)
        << "but this is the whole";
    Layout::Remaining open{.remote = 10, .to_end = true};
    EXPECT_EQ(evaluate_segment({}, false, open, response(206, "bytes 10-99/*"), 0).failure.cause,
              wire::INVALID_RESPONSE);
}

TEST(EvaluateSegment, AServerWithoutRanges) {
    auto whole = response(200, "");
    whole.length = 1000;
    for (bool must_match : {true, false}) {
        auto decision = evaluate_middle(whole, must_match);
        EXPECT_EQ(decision.failure.cause, wire::MISSING_RANGE_SUPPORT);
    }
    auto decision = evaluate_segment({}, false, Head, whole, 0);
    EXPECT_EQ(decision.action, ResponseAction::StartOver);
    EXPECT_EQ(decision.end, 1000);
    EXPECT_EQ(evaluate_segment({}, false, {.remote = 0, .end = 1000}, whole, 0).action,
              ResponseAction::StartOver)
        << "the segment is the whole";
    EXPECT_EQ(evaluate_segment({}, false, {.remote = 0, .end = 999}, whole, 0).failure.cause,
              wire::MISSING_RANGE_SUPPORT);
    whole.chunked = true;
    EXPECT_EQ(evaluate_segment({}, false, {.remote = 0, .end = 1000}, whole, 0).failure.cause,
              wire::MISSING_RANGE_SUPPORT);
    EXPECT_EQ(evaluate_segment({}, false, Head, whole, 0).end, std::nullopt);

    ResumeState known{.offset = 60, .identity = Tagged};
    EXPECT_EQ(evaluate_segment(known, true, Head, response(200, ""), 0).action, ResponseAction::Continue)
        << "same tag";
    EXPECT_EQ(evaluate_segment(known, true, Head, response(200, "", "\"b\""), 0).action,
              ResponseAction::RequestWhole);
}

TEST(EvaluateSegment, APageInPlaceOfAPiece) {
    auto page = response(200, "", "\"login\"", New);
    page.length = 700;
    page.content_type = "text/html";
    for (bool must_match : {true, false}) {
        EXPECT_EQ(evaluate_middle(page, must_match).failure.cause, wire::INVALID_RESPONSE);
        EXPECT_EQ(evaluate_segment({.page_expected = true}, false, Middle, page, 0).failure.cause,
                  wire::MISSING_RANGE_SUPPORT);
    }
}

TEST(EvaluateSegment, BeyondTheEnd) {
    auto decision = evaluate_middle(response(416, "bytes */1000"));
    EXPECT_EQ(decision.failure.cause, wire::INVALID_RANGE);
    EXPECT_THAT(decision.failure.message, HasSubstr("140"));
    EXPECT_THAT(decision.failure.message, HasSubstr("1000"));
    EXPECT_EQ(evaluate_middle(response(416, ""), false).failure.cause, wire::INVALID_RANGE);
    decision = evaluate_middle(response(206, "bytes 140-149/150"), false);
    EXPECT_EQ(decision.failure.cause, wire::INVALID_RANGE)
        << "the segment begins in the file but ends beyond it";
    EXPECT_THAT(decision.failure.message, HasSubstr("150"));
}

TEST(EvaluateSegment, AllOfAnEmptyFileIsHere) {
    auto nothing = response(416, "bytes */0");
    auto decision = evaluate_segment({}, false, Head, nothing, 0);
    EXPECT_EQ(decision.action, ResponseAction::Complete);
    EXPECT_EQ(decision.identity, (Identity{"\"a\"", Old, true, 0}));
    EXPECT_EQ(decision.end, 0);
    ResumeState empty{.identity = {"\"a\"", Old, true, 0}};
    EXPECT_EQ(evaluate_segment(empty, true, Head, nothing, 0).action, ResponseAction::Complete);
    EXPECT_EQ(evaluate_segment({.identity = Tagged}, true, Head, nothing, 0).action,
              ResponseAction::RequestWhole)
        << "it was not empty before";
    EXPECT_EQ(evaluate_segment({.expected_size = 5}, false, Head, nothing, 0).failure.cause,
              wire::SIZE_MISMATCH);
    EXPECT_EQ(evaluate_segment({.expected_size = 0}, false, Head, nothing, 0).action,
              ResponseAction::Complete);
    EXPECT_EQ(evaluate_segment({}, false, {.remote = 0, .end = 10}, nothing, 0).failure.cause,
              wire::INVALID_RANGE);
    EXPECT_EQ(evaluate_segment({}, false, {.remote = 1, .to_end = true}, nothing, 0).failure.cause,
              wire::INVALID_RANGE);
}

TEST(EvaluateSegment, OtherAnswers) {
    auto busy = response(503, "");
    busy.retry_after = "7";
    auto decision = evaluate_middle(busy);
    EXPECT_EQ(decision.failure.cause, wire::HTTP_STATUS);
    EXPECT_EQ(decision.failure.retry_after_s, 7u);
    auto encoded = response(206, "bytes 140-199/1000");
    encoded.content_encoding = "gzip";
    EXPECT_EQ(evaluate_middle(encoded).action, ResponseAction::Continue) << "a label of the stored file";
    encoded.status = 200;
    encoded.content_range.clear();
    EXPECT_EQ(evaluate_middle(encoded).failure.cause, wire::INVALID_RESPONSE);
}

} // namespace
} // namespace haulier::transfer
