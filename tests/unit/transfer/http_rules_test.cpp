// SPDX-License-Identifier: LGPL-2.1-or-later
#include "transfer/http_rules.hpp"

#include <gtest/gtest.h>
#include <vector>

namespace haulier::transfer {
namespace {

const std::string Old = "Wed, 21 Oct 2015 07:28:00 GMT";
const std::string New = "Thu, 22 Oct 2015 07:28:00 GMT";
constexpr int64_t Much_later = 1445700000;

Identity tagged(const std::string& etag = "\"a\"", const std::string& date = Old,
                std::optional<uint64_t> size = 100) {
    return {etag, date, true, size};
}
const Identity Dated{"", Old, true, 100};
const Identity Young{"", Old, false, 100};
const Identity Nothing{"", "", false, 100};

Known known(Identity identity, uint64_t offset = 40, bool digest = false) {
    return {.offset = offset, .identity = std::move(identity), .digest = digest};
}

Answer whole(const std::string& etag, const std::string& date, std::optional<uint64_t> length = 100) {
    Answer answer{.status = 200,
                  .etag = etag,
                  .last_modified = date,
                  .length = length,
                  .date = Much_later,
                  .http1 = true};
    return answer;
}
Answer part(const std::string& etag, const std::string& date, const std::string& range = "bytes 40-99/100") {
    Answer answer{.status = 206, .etag = etag, .last_modified = date, .content_range = range, .length = 60};
    answer.date = Much_later;
    if (range != "bytes 40-99/100") answer.length.reset();
    return answer;
}

std::string word(Course course) {
    switch (course) {
    case Course::GoOn: return "go on";
    case Course::StartOver: return "start over";
    case Course::AskRange: return "ask range";
    case Course::AskWhole: return "ask whole";
    case Course::AllHere: return "all here";
    case Course::Fail: return "fail";
    }
    return "?";
}

TEST(Plan, Table) {
    struct Row {
        const char* what;
        Known known;
        bool if_range_broken;
        Asked expected;
    };
    auto expecting = [](Known k, uint64_t size) {
        k.expected_size = size;
        return k;
    };
    const std::vector<Row> rows = {
        {"nothing yet", known({}, 0), false, Asked::Whole},
        {"nothing yet of a known version", known(tagged(), 0), false, Asked::Whole},
        {"empty file known", known(tagged("\"a\"", Old, 0), 0), false, Asked::Whole},
        {"tag", known(tagged()), false, Asked::RangeIfSame},
        {"tag without date and size", known({"\"a\"", "", false, {}}), false, Asked::RangeIfSame},
        {"tag, host mishandles If-Range", known(tagged()), true, Asked::Range},
        {"date", known(Dated), false, Asked::RangeIfSame},
        {"date, host mishandles If-Range", known(Dated), true, Asked::Range},
        {"date without size", known({"", Old, true, {}}), false, Asked::Whole},
        {"young date", known(Young), false, Asked::Whole},
        {"young date, digest", known(Young, 40, true), false, Asked::Range},
        {"no validator", known(Nothing), false, Asked::Whole},
        {"no validator, digest", known(Nothing, 40, true), false, Asked::Range},
        {"all of it", known(tagged(), 100), false, Asked::Nothing},
        {"all of it, no validator", known(Nothing, 100), false, Asked::Nothing},
        {"more than all", known(tagged(), 101), false, Asked::Whole},
        {"another size expected", expecting(known(tagged()), 99), false, Asked::Whole},
        {"all, but another size expected", expecting(known(tagged(), 100), 99), false, Asked::Whole},
        {"that size expected", expecting(known(tagged()), 100), false, Asked::RangeIfSame},
    };
    for (const auto& row : rows)
        EXPECT_EQ(plan(row.known, row.if_range_broken), row.expected) << row.what;
    EXPECT_EQ(if_range_value(tagged()), "\"a\"");
    EXPECT_EQ(if_range_value(Dated), Old);
}

TEST(Judge, PartsAreComparedBeforeTheFirstByte) {
    struct Row {
        const char* what;
        Known known;
        Answer answer;
        Course expected;
    };
    auto with_length = [](Answer answer, uint64_t length) {
        answer.length = length;
        return answer;
    };
    const std::vector<Row> rows = {
        {"all equal", known(tagged()), part("\"a\"", Old), Course::GoOn},
        {"date left out, as RFC 9110 15.3.7 has it", known(tagged()), part("\"a\"", ""), Course::GoOn},
        {"total left out", known(tagged()), part("\"a\"", Old, "bytes 40-99/*"), Course::GoOn},
        {"only a tag was known", known({"\"a\"", "", false, {}}), part("\"a\"", Old), Course::GoOn},
        {"a piece of the rest", known(tagged()), part("\"a\"", Old, "bytes 40-49/100"), Course::GoOn},

        {"stale: all differ", known(tagged()), part("\"b\"", New, "bytes 40-119/120"), Course::AskWhole},
        {"stale: tag differs", known(tagged()), part("\"b\"", Old), Course::AskWhole},
        {"stale: date differs, tag recycled", known(tagged()), part("\"a\"", New), Course::AskWhole},
        {"stale: total differs, tag recycled", known(tagged()), part("\"a\"", Old, "bytes 40-119/120"),
         Course::AskWhole},
        {"stale: validators vanish", known(tagged()), part("", ""), Course::AskWhole},
        {"stale: a digest does not excuse a date", known(tagged(), 40, true), part("\"b\"", New),
         Course::AskWhole},
        {"stale: a digest does not excuse a total", known(Nothing, 40, true), part("", "", "bytes 40-98/99"),
         Course::AskWhole},

        {"other tag for the same bytes", known(tagged()), part("\"b\"", Old), Course::AskWhole},
        {"other tag for the same bytes, digest", known(tagged(), 40, true), part("\"b\"", Old), Course::GoOn},
        {"other tag and no date, digest", known(tagged("\"a\"", ""), 40, true), part("\"b\"", ""),
         Course::AskWhole},
        {"tag lost, date strong and equal", known(tagged()), part("", Old), Course::GoOn},

        {"date equal", known(Dated), part("", Old), Course::GoOn},
        {"date equal, tag new", known(Dated), part("\"a\"", Old), Course::GoOn},
        {"date equal, total unsaid", known(Dated), part("", Old, "bytes 40-99/*"), Course::AskWhole},
        {"date unsaid", known(Dated), part("", ""), Course::AskWhole},
        {"date differs", known(Dated), part("", New), Course::AskWhole},

        {"no validator", known(Nothing), part("", ""), Course::AskWhole},
        {"no validator, digest", known(Nothing, 40, true), part("", ""), Course::GoOn},
        {"young date", known(Young), part("", Old), Course::AskWhole},
        {"young date, digest", known(Young, 40, true), part("", Old), Course::GoOn},
        {"young date differs, digest", known(Young, 40, true), part("", New), Course::AskWhole},

        {"no Content-Range", known(tagged()), part("\"a\"", Old, ""), Course::AskWhole},
        {"malformed Content-Range", known(tagged()), part("\"a\"", Old, "bytes 99-40/100"), Course::AskWhole},
        {"another start", known(tagged()), part("\"a\"", Old, "bytes 30-99/100"), Course::AskWhole},
        {"from the beginning", known(tagged()), part("\"a\"", Old, "bytes 0-99/100"), Course::AskWhole},
        {"beyond the size known", known(tagged()), part("\"a\"", Old, "bytes 40-100/*"), Course::AskWhole},
        {"length contradicts the range", known(tagged()), with_length(part("\"a\"", Old), 61),
         Course::AskWhole},
    };
    for (const auto& row : rows)
        for (auto asked : {Asked::RangeIfSame, Asked::Range}) {
            auto verdict = judge(row.known, asked, row.answer, 0);
            EXPECT_EQ(word(verdict.course), word(row.expected)) << row.what;
        }
}

TEST(Judge, GoingOnKeepsTheIdentityAndLearnsTheSize) {
    Known ours{.offset = 40, .identity = {"\"a\"", "", false, {}}};
    auto verdict = judge(ours, Asked::RangeIfSame, part("\"a\"", Old), 0);
    EXPECT_EQ(verdict.identity, (Identity{"\"a\"", "", false, 100}));
    EXPECT_EQ(verdict.end, 100);

    // A digest allows to go on behind another tag; what is on disk still belongs to the first.
    verdict = judge(known(tagged(), 40, true), Asked::Range, part("\"b\"", Old), 0);
    EXPECT_EQ(verdict.identity, tagged());
    verdict = judge(known(tagged()), Asked::Range, part("\"a\"", Old, "bytes 40-49/100"), 0);
    EXPECT_EQ(verdict.end, 50);
}

TEST(Judge, WholeAnswers) {
    struct Row {
        const char* what;
        Known known;
        Asked asked;
        Answer answer;
        Course expected;
    };
    auto no_ranges = [](Answer answer) {
        answer.no_ranges = true;
        return answer;
    };
    const std::vector<Row> rows = {
        {"fresh", known({}, 0), Asked::Whole, whole("\"a\"", Old), Course::StartOver},
        {"fresh without anything", known({}, 0), Asked::Whole, whole("", "", {}), Course::StartOver},
        {"whole asked, same version", known(tagged()), Asked::Whole, whole("\"a\"", Old), Course::StartOver},
        {"changed", known(tagged()), Asked::RangeIfSame, whole("\"b\"", New), Course::StartOver},
        {"changed, digest", known(tagged(), 40, true), Asked::RangeIfSame, whole("\"b\"", New),
         Course::StartOver},
        {"If-Range mishandled", known(tagged()), Asked::RangeIfSame, whole("\"a\"", Old), Course::AskRange},
        {"If-Range with a date mishandled", known(Dated), Asked::RangeIfSame, whole("", Old),
         Course::AskRange},
        {"only once", known(tagged()), Asked::Range, whole("\"a\"", Old), Course::StartOver},
        {"it says that it has no ranges", known(tagged()), Asked::RangeIfSame, no_ranges(whole("\"a\"", Old)),
         Course::StartOver},
        {"another node's tag", known(tagged()), Asked::RangeIfSame, whole("\"b\"", Old), Course::StartOver},
        {"another node's tag, digest", known(tagged(), 40, true), Asked::RangeIfSame, whole("\"b\"", Old),
         Course::AskRange},
        {"no validator", known(Nothing, 40, true), Asked::Range, whole("", ""), Course::StartOver},
    };
    for (const auto& row : rows)
        EXPECT_EQ(word(judge(row.known, row.asked, row.answer, 0).course), word(row.expected)) << row.what;

    auto verdict = judge(known(tagged()), Asked::RangeIfSame, whole("\"b\"", New, 50), 0);
    EXPECT_EQ(verdict.identity, (Identity{"\"b\"", New, true, 50}));
    EXPECT_EQ(verdict.end, 50);
    auto chunked = whole("\"b\"", New, 50);
    chunked.chunked = true;
    EXPECT_EQ(judge(known({}, 0), Asked::Whole, chunked, 0).end, std::nullopt)
        << "Content-Length means nothing then";
}

TEST(Judge, BeyondTheEnd) {
    auto answer = [](const std::string& range) { return Answer{.status = 416, .content_range = range}; };
    const Known sized = known(tagged(), 40);
    const Known unsized = known({"\"a\"", "", false, {}}, 40);
    Known judged = unsized;
    judged.digest = true;

    EXPECT_EQ(word(judge(sized, Asked::RangeIfSame, answer("bytes */30"), 0).course), "ask whole");
    EXPECT_EQ(word(judge(unsized, Asked::RangeIfSame, answer("bytes */40"), 0).course), "ask whole")
        << "no proof";
    EXPECT_EQ(word(judge(judged, Asked::Range, answer("bytes */41"), 0).course), "ask whole");
    EXPECT_EQ(word(judge(judged, Asked::Range, answer(""), 0).course), "ask whole");
    auto complete = judge(judged, Asked::Range, answer("bytes */40"), 0);
    EXPECT_EQ(word(complete.course), "all here");
    EXPECT_EQ(complete.identity.size, 40);
    auto refused = judge(known({}, 0), Asked::Whole, answer(""), 0);
    EXPECT_EQ(word(refused.course), "fail");
    EXPECT_EQ(refused.failure.code, 416);
}

TEST(Judge, AnswersThatAreNoFile) {
    struct Row {
        int status;
        const char* retry_after;
        uint32_t seconds;
    };
    for (const auto& row : std::vector<Row>{{0, "", 0},
                                            {201, "", 0},
                                            {204, "", 0},
                                            {300, "", 0},
                                            {304, "", 0},
                                            {401, "", 0},
                                            {404, "", 0},
                                            {429, "30", 30},
                                            {500, "", 0},
                                            {503, "5", 5}}) {
        Answer answer{.status = row.status, .retry_after = row.retry_after};
        auto verdict = judge(known(tagged()), Asked::RangeIfSame, answer, 0);
        EXPECT_EQ(word(verdict.course), "fail") << row.status;
        EXPECT_EQ(verdict.failure.cause, wire::HTTP_STATUS);
        EXPECT_EQ(verdict.failure.code, row.status);
        EXPECT_EQ(verdict.failure.retry_after_s, row.seconds);
    }
}

TEST(Judge, AnswersThatMakeNoSense) {
    auto encoded = whole("\"a\"", Old);
    encoded.content_encoding = "gzip";
    auto identity = whole("\"a\"", Old);
    identity.content_encoding = "Identity";
    auto contradictory = part("\"a\"", Old);
    contradictory.contradictory = true;

    EXPECT_EQ(judge(known({}, 0), Asked::Whole, encoded, 0).failure.cause, wire::INVALID_RESPONSE);
    EXPECT_EQ(word(judge(known({}, 0), Asked::Whole, identity, 0).course), "start over");
    EXPECT_EQ(judge(known(tagged()), Asked::RangeIfSame, contradictory, 0).failure.cause,
              wire::INVALID_RESPONSE);
    EXPECT_EQ(judge(known({}, 0), Asked::Whole, part("\"a\"", Old, "bytes 0-99/100"), 0).failure.cause,
              wire::INVALID_RESPONSE);
}

TEST(Judge, AnUnexpectedSizeIsRefusedAtOnce) {
    Known ours = known(tagged());
    ours.expected_size = 100;
    EXPECT_EQ(word(judge(ours, Asked::RangeIfSame, part("\"a\"", Old), 0).course), "go on");
    EXPECT_EQ(judge(ours, Asked::Range, part("\"b\"", New, "bytes 40-119/120"), 0).failure.cause,
              wire::SIZE_MISMATCH);
    EXPECT_EQ(judge(ours, Asked::Whole, whole("\"b\"", New, 99), 0).failure.cause, wire::SIZE_MISMATCH);
    EXPECT_EQ(word(judge(ours, Asked::Whole, whole("\"b\"", New, {}), 0).course), "start over")
        << "seen at the end";
}

} // namespace
} // namespace haulier::transfer
