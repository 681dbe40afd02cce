// SPDX-License-Identifier: LGPL-2.1-or-later
#include "transfer/http_rules.hpp"

#include "transfer_samples.hpp"

#include <gtest/gtest.h>
#include <vector>

namespace haulier::transfer {
namespace {

constexpr int64_t Much_later = 1445700000;

Identity tagged(const std::string& etag = "\"a\"", const std::string& date = Old,
                std::optional<uint64_t> size = 100) {
    return {etag, date, true, size};
}
const Identity Dated{"", Old, true, 100};
const Identity Young{"", Old, false, 100};
const Identity Nothing{"", "", false, 100};

ResumeState known(Identity identity, uint64_t offset = 40, bool digest = false) {
    return {.offset = offset, .identity = std::move(identity), .digest = digest};
}

HttpResponse whole(const std::string& etag, const std::string& date, std::optional<uint64_t> length = 100) {
    HttpResponse response{.status = 200,
                          .etag = etag,
                          .last_modified = date,
                          .length = length,
                          .date = Much_later,
                          .http1 = true};
    return response;
}
HttpResponse part(const std::string& etag, const std::string& date,
                  const std::string& range = "bytes 40-99/100") {
    HttpResponse response{
        .status = 206, .etag = etag, .last_modified = date, .content_range = range, .length = 60};
    response.date = Much_later;
    if (range != "bytes 40-99/100") response.length.reset();
    return response;
}

std::string word(ResponseAction course) {
    switch (course) {
    case ResponseAction::Continue: return "go on";
    case ResponseAction::StartOver: return "start over";
    case ResponseAction::RequestRange: return "ask range";
    case ResponseAction::RequestWhole: return "ask whole";
    case ResponseAction::NotModified: return "not modified";
    case ResponseAction::Complete: return "all here";
    case ResponseAction::Fail: return "fail";
    }
    return "?";
}

TEST(Plan, Table) {
    struct Row {
        const char* what;
        ResumeState known;
        bool if_range_broken;
        RangeRequest expected;
    };
    auto expecting = [](ResumeState k, uint64_t size) {
        k.expected_size = size;
        return k;
    };
    const std::vector<Row> rows = {
        {"nothing yet", known({}, 0), false, RangeRequest::Whole},
        {"nothing yet of a known version", known(tagged(), 0), false, RangeRequest::Whole},
        {"empty file known", known(tagged("\"a\"", Old, 0), 0), false, RangeRequest::Whole},
        {"tag", known(tagged()), false, RangeRequest::RangeIfSame},
        {"tag without date and size", known({"\"a\"", "", false, {}}), false, RangeRequest::RangeIfSame},
        {"tag, host mishandles If-Range", known(tagged()), true, RangeRequest::Range},
        {"date", known(Dated), false, RangeRequest::RangeIfSame},
        {"date, host mishandles If-Range", known(Dated), true, RangeRequest::Range},
        {"date without size", known({"", Old, true, {}}), false, RangeRequest::RangeIfSame},
        {"young date", known(Young), false, RangeRequest::Whole},
        {"young date, digest", known(Young, 40, true), false, RangeRequest::Range},
        {"no validator", known(Nothing), false, RangeRequest::Whole},
        {"no validator, digest", known(Nothing, 40, true), false, RangeRequest::Range},
        {"all of it", known(tagged(), 100), false, RangeRequest::Nothing},
        {"all of it, no validator", known(Nothing, 100), false, RangeRequest::Nothing},
        {"more than all", known(tagged(), 101), false, RangeRequest::Whole},
        {"another size expected", expecting(known(tagged()), 99), false, RangeRequest::Whole},
        {"all, but another size expected", expecting(known(tagged(), 100), 99), false, RangeRequest::Whole},
        {"that size expected", expecting(known(tagged()), 100), false, RangeRequest::RangeIfSame},
    };
    for (const auto& row : rows)
        EXPECT_EQ(plan_request(row.known, row.if_range_broken), row.expected) << row.what;
    EXPECT_EQ(if_range_value(tagged()), "\"a\"");
    EXPECT_EQ(if_range_value(Dated), Old);
}

TEST(Evaluate, PartsAreComparedBeforeTheFirstByte) {
    struct Row {
        const char* what;
        ResumeState known;
        HttpResponse response;
        ResponseAction expected;
    };
    auto with_length = [](HttpResponse response, uint64_t length) {
        response.length = length;
        return response;
    };
    const std::vector<Row> rows = {
        {"all equal", known(tagged()), part("\"a\"", Old), ResponseAction::Continue},
        {"date left out, as RFC 9110 15.3.7 has it", known(tagged()), part("\"a\"", ""),
         ResponseAction::Continue},
        {"total left out", known(tagged()), part("\"a\"", Old, "bytes 40-99/*"), ResponseAction::Continue},
        {"only a tag was known", known({"\"a\"", "", false, {}}), part("\"a\"", Old),
         ResponseAction::Continue},
        {"a piece of the rest", known(tagged()), part("\"a\"", Old, "bytes 40-49/100"),
         ResponseAction::Continue},

        {"stale: all differ", known(tagged()), part("\"b\"", New, "bytes 40-119/120"),
         ResponseAction::RequestWhole},
        {"stale: tag differs", known(tagged()), part("\"b\"", Old), ResponseAction::RequestWhole},
        {"a strong tag suffices, nodes may differ in their dates", known(tagged()), part("\"a\"", New),
         ResponseAction::Continue},
        {"stale: total differs, tag recycled", known(tagged()), part("\"a\"", Old, "bytes 40-119/120"),
         ResponseAction::RequestWhole},
        {"stale: validators vanish", known(tagged()), part("", ""), ResponseAction::RequestWhole},
        {"stale: a digest does not excuse a date", known(tagged(), 40, true), part("\"b\"", New),
         ResponseAction::RequestWhole},
        {"stale: a digest does not excuse a total", known(Nothing, 40, true), part("", "", "bytes 40-98/99"),
         ResponseAction::RequestWhole},

        {"other tag for the same bytes", known(tagged()), part("\"b\"", Old), ResponseAction::RequestWhole},
        {"other tag for the same bytes, digest", known(tagged(), 40, true), part("\"b\"", Old),
         ResponseAction::Continue},
        {"other tag and no date, digest", known(tagged("\"a\"", ""), 40, true), part("\"b\"", ""),
         ResponseAction::RequestWhole},
        {"tag lost, date strong and equal", known(tagged()), part("", Old), ResponseAction::Continue},

        {"date equal", known(Dated), part("", Old), ResponseAction::Continue},
        {"date equal, tag new", known(Dated), part("\"a\"", Old), ResponseAction::Continue},
        {"date equal, total unsaid", known(Dated), part("", Old, "bytes 40-99/*"), ResponseAction::Continue},
        {"date unsaid", known(Dated), part("", ""), ResponseAction::RequestWhole},
        {"date differs", known(Dated), part("", New), ResponseAction::RequestWhole},

        {"no validator", known(Nothing), part("", ""), ResponseAction::RequestWhole},
        {"no validator, digest", known(Nothing, 40, true), part("", ""), ResponseAction::Continue},
        {"young date", known(Young), part("", Old), ResponseAction::RequestWhole},
        {"young date, digest", known(Young, 40, true), part("", Old), ResponseAction::Continue},
        {"young date differs, digest", known(Young, 40, true), part("", New), ResponseAction::RequestWhole},

        {"no Content-Range", known(tagged()), part("\"a\"", Old, ""), ResponseAction::RequestWhole},
        {"malformed Content-Range", known(tagged()), part("\"a\"", Old, "bytes 99-40/100"),
         ResponseAction::RequestWhole},
        {"another start", known(tagged()), part("\"a\"", Old, "bytes 30-99/100"),
         ResponseAction::RequestWhole},
        {"from the beginning", known(tagged()), part("\"a\"", Old, "bytes 0-99/100"),
         ResponseAction::RequestWhole},
        {"beyond the size known", known(tagged()), part("\"a\"", Old, "bytes 40-100/*"),
         ResponseAction::RequestWhole},
        {"length contradicts the range", known(tagged()), with_length(part("\"a\"", Old), 61),
         ResponseAction::RequestWhole},
    };
    for (const auto& row : rows)
        for (auto requested : {RangeRequest::RangeIfSame, RangeRequest::Range}) {
            auto decision = evaluate(row.known, requested, row.response, 0);
            EXPECT_EQ(word(decision.action), word(row.expected)) << row.what;
        }
}

HttpResponse page(HttpResponse response) {
    response.content_type = "text/html";
    return response;
}

TEST(Evaluate, OnlyEvidenceMakesANewVersion) {
    auto typed = tagged();
    typed.content_type = "application/zip";
    auto was_page = tagged();
    was_page.content_type = "text/html";
    auto expected_page = known(tagged());
    expected_page.page_expected = true;
    auto sized = known(typed);
    sized.expected_size = 100;
    struct Row {
        const char* what;
        ResumeState known;
        HttpResponse response;
        ResponseAction expected;
    };
    const std::vector<Row> rows = {
        {"no proof", known(tagged()), whole("", "", 700), ResponseAction::Fail},
        {"no proof and no length", known(tagged()), whole("", "", {}), ResponseAction::Fail},
        {"no proof, digest", known(tagged(), 40, true), whole("", "", 700), ResponseAction::Fail},
        {"a young date", known(Dated), whole("", "Tue, 24 Oct 2017 07:28:00 GMT", 700), ResponseAction::Fail},
        {"a page", known(typed), page(whole("", "", 700)), ResponseAction::Fail},
        {"a page with a proof of its own", known(typed), page(whole("\"login\"", New, 700)),
         ResponseAction::Fail},
        {"a page, size expected", sized, page(whole("\"login\"", New, 700)), ResponseAction::Fail},
        {"a page of unknown length, digest", known(typed, 40, true), page(whole("", "", {})),
         ResponseAction::Fail},
        {"a page in place of unproved bytes", known(Nothing), page(whole("", "", 700)), ResponseAction::Fail},
        {"a page after a page", known(was_page), page(whole("\"b\"", New, 700)), ResponseAction::StartOver},
        {"a page by its name", expected_page, page(whole("\"b\"", New, 700)), ResponseAction::StartOver},
        {"the same version, labelled as a page", known(typed), page(whole("\"a\"", Old)),
         ResponseAction::StartOver},
        {"another version", known(typed), whole("\"b\"", New, 700), ResponseAction::StartOver},
        {"proved by its date from now on", known(tagged()), whole("", New, 700), ResponseAction::StartOver},
    };
    for (const auto& row : rows) {
        auto decision = evaluate(row.known, RangeRequest::Whole, row.response, 0);
        EXPECT_EQ(word(decision.action), word(row.expected)) << row.what;
        if (row.expected != ResponseAction::Fail) continue;
        EXPECT_EQ(decision.failure.cause, wire::INVALID_RESPONSE) << row.what;
        EXPECT_FALSE(decision.failure.void_offset || decision.failure.is_final) << row.what;
    }
}

TEST(Evaluate, APageBeforeTheFirstByte) {
    ResumeState nothing;
    EXPECT_EQ(word(evaluate(nothing, RangeRequest::Whole, page(whole("", "", 700)), 0).action), "start over");
    nothing.expected_size = 100;
    EXPECT_EQ(evaluate(nothing, RangeRequest::Whole, page(whole("", "", 700)), 0).failure.cause,
              wire::INVALID_RESPONSE);
    nothing.page_expected = true;
    EXPECT_EQ(evaluate(nothing, RangeRequest::Whole, page(whole("", "", 700)), 0).failure.cause,
              wire::SIZE_MISMATCH);
}

TEST(Evaluate, UnusualAnswersInWhichNoByteCanBeWrong) {
    const ResumeState nothing;
    auto other_status = [](HttpResponse response, int status) {
        response.status = status;
        return response;
    };
    auto all = part("\"a\"", Old, "bytes 0-99/100");
    for (const auto& response : {other_status(whole("\"a\"", Old), 203), all, other_status(all, 200),
                                 other_status(part("\"a\"", Old, "bytes 0-99/*"), 200)}) {
        auto decision = evaluate(nothing, RangeRequest::Whole, response, 0);
        EXPECT_EQ(word(decision.action), "start over") << response.status << response.content_range;
    }
    EXPECT_EQ(evaluate(nothing, RangeRequest::Whole, all, 0).end, 100);
    auto rest = other_status(part("\"a\"", Old), 200);
    EXPECT_EQ(word(evaluate(known(tagged()), RangeRequest::Range, rest, 0).action), "go on")
        << "a range with the status of the whole";
    EXPECT_EQ(evaluate(nothing, RangeRequest::Whole, rest, 0).failure.cause, wire::INVALID_RESPONSE);
    auto cut = other_status(all, 200);
    cut.length = 60;
    EXPECT_EQ(evaluate(nothing, RangeRequest::Whole, cut, 0).failure.cause, wire::INVALID_RESPONSE);
}

TEST(Evaluate, LabelsOfStoredFiles) {
    auto labelled = [](const std::string& label, HttpResponse response) {
        response.content_encoding = label;
        return response;
    };
    for (const char* label : {"gzip", "x-gzip", "GZIP", "br", "zstd", "gzip, gzip", "identity, gzip", "none",
                              "utf-8", "aws-chunked", "aws-chunked,gzip", "binary", ""})
        EXPECT_EQ(word(evaluate({}, RangeRequest::Whole, labelled(label, whole("\"a\"", "")), 0).action),
                  "start over")
            << label;
    auto bare = whole("", "");
    bare.has_ranges = true;
    EXPECT_EQ(word(evaluate({}, RangeRequest::Whole, labelled("gzip", bare), 0).action), "start over");
    EXPECT_EQ(word(evaluate({}, RangeRequest::Whole, labelled("utf-8", whole("", "", {})), 0).action),
              "start over");
    EXPECT_EQ(
        word(evaluate(known(tagged()), RangeRequest::Range, labelled("gzip", part("\"a\"", Old)), 0).action),
        "go on");
}

TEST(Evaluate, EncodedWhileItIsSent) {
    for (auto response : {whole("", "", {}), whole("\"a\"", Old, {}), whole("", "")}) {
        response.content_encoding = "gzip";
        auto failure = evaluate({}, RangeRequest::Whole, response, 0).failure;
        EXPECT_EQ(failure.cause, wire::INVALID_RESPONSE);
        EXPECT_TRUE(failure.is_final);
        EXPECT_FALSE(evaluate(known(tagged()), RangeRequest::Range, response, 0).failure.is_final)
            << "it may be the page of a network";
        ResumeState sized{.expected_size = 100};
        EXPECT_FALSE(evaluate(sized, RangeRequest::Whole, page(response), 0).failure.is_final);
    }
}

TEST(Evaluate, GoingOnKeepsTheIdentityAndLearnsTheSize) {
    ResumeState ours{.offset = 40, .identity = {"\"a\"", "", false, {}}};
    auto decision = evaluate(ours, RangeRequest::RangeIfSame, part("\"a\"", Old), 0);
    EXPECT_EQ(decision.identity, (Identity{"\"a\"", "", false, 100}));
    EXPECT_EQ(decision.end, 100);

    // With a checksum the transfer continues in spite of another tag; the bytes on disk belong to the first.
    decision = evaluate(known(tagged(), 40, true), RangeRequest::Range, part("\"b\"", Old), 0);
    EXPECT_EQ(decision.identity, tagged());
    decision = evaluate(known(tagged()), RangeRequest::Range, part("\"a\"", Old, "bytes 40-49/100"), 0);
    EXPECT_EQ(decision.end, 50);
}

TEST(Evaluate, WholeAnswers) {
    struct Row {
        const char* what;
        ResumeState known;
        RangeRequest requested;
        HttpResponse response;
        ResponseAction expected;
    };
    auto no_ranges = [](HttpResponse response) {
        response.no_ranges = true;
        return response;
    };
    const std::vector<Row> rows = {
        {"fresh", known({}, 0), RangeRequest::Whole, whole("\"a\"", Old), ResponseAction::StartOver},
        {"fresh without anything", known({}, 0), RangeRequest::Whole, whole("", "", {}),
         ResponseAction::StartOver},
        {"whole requested, same version", known(tagged()), RangeRequest::Whole, whole("\"a\"", Old),
         ResponseAction::StartOver},
        {"changed", known(tagged()), RangeRequest::RangeIfSame, whole("\"b\"", New),
         ResponseAction::StartOver},
        {"changed, digest", known(tagged(), 40, true), RangeRequest::RangeIfSame, whole("\"b\"", New),
         ResponseAction::StartOver},
        {"If-Range mishandled", known(tagged()), RangeRequest::RangeIfSame, whole("\"a\"", Old),
         ResponseAction::RequestRange},
        {"If-Range with a date mishandled", known(Dated), RangeRequest::RangeIfSame, whole("", Old),
         ResponseAction::RequestRange},
        {"only once", known(tagged()), RangeRequest::Range, whole("\"a\"", Old), ResponseAction::StartOver},
        {"it says that it has no ranges", known(tagged()), RangeRequest::RangeIfSame,
         no_ranges(whole("\"a\"", Old)), ResponseAction::StartOver},
        {"another node's tag", known(tagged()), RangeRequest::RangeIfSame, whole("\"b\"", Old),
         ResponseAction::StartOver},
        {"another node's tag, digest", known(tagged(), 40, true), RangeRequest::RangeIfSame,
         whole("\"b\"", Old), ResponseAction::RequestRange},
        {"no validator", known(Nothing, 40, true), RangeRequest::Range, whole("", ""),
         ResponseAction::StartOver},
    };
    for (const auto& row : rows)
        EXPECT_EQ(word(evaluate(row.known, row.requested, row.response, 0).action), word(row.expected))
            << row.what;

    auto decision = evaluate(known(tagged()), RangeRequest::RangeIfSame, whole("\"b\"", New, 50), 0);
    EXPECT_EQ(decision.identity, (Identity{"\"b\"", New, true, 50}));
    EXPECT_EQ(decision.end, 50);
    auto chunked = whole("\"b\"", New, 50);
    chunked.chunked = true;
    EXPECT_EQ(evaluate(known({}, 0), RangeRequest::Whole, chunked, 0).end, std::nullopt)
        << "Content-Length means nothing then";
}

TEST(Evaluate, BeyondTheEnd) {
    auto response = [](const std::string& range) {
        return HttpResponse{.status = 416, .content_range = range};
    };
    const ResumeState sized = known(tagged(), 40);
    const ResumeState unsized = known({"\"a\"", "", false, {}}, 40);
    ResumeState verified = unsized;
    verified.digest = true;

    EXPECT_EQ(word(evaluate(sized, RangeRequest::RangeIfSame, response("bytes */30"), 0).action),
              "ask whole");
    EXPECT_EQ(word(evaluate(unsized, RangeRequest::RangeIfSame, response("bytes */40"), 0).action),
              "ask whole")
        << "no proof";
    EXPECT_EQ(word(evaluate(verified, RangeRequest::Range, response("bytes */41"), 0).action), "ask whole");
    EXPECT_EQ(word(evaluate(verified, RangeRequest::Range, response(""), 0).action), "ask whole");
    auto complete = evaluate(verified, RangeRequest::Range, response("bytes */40"), 0);
    EXPECT_EQ(word(complete.action), "all here");
    EXPECT_EQ(complete.identity.size, 40);
    auto refused = evaluate(known({}, 0), RangeRequest::Whole, response(""), 0);
    EXPECT_EQ(word(refused.action), "fail");
    EXPECT_EQ(refused.failure.code, 416);
    EXPECT_EQ(evaluate(sized, RangeRequest::Whole, response(""), 0).failure.cause, wire::INVALID_RESPONSE);
}

TEST(Evaluate, AnswersThatAreNoFile) {
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
        HttpResponse response{.status = row.status, .retry_after = row.retry_after};
        auto decision = evaluate(known(tagged()), RangeRequest::RangeIfSame, response, 0);
        EXPECT_EQ(word(decision.action), "fail") << row.status;
        EXPECT_EQ(decision.failure.cause, wire::HTTP_STATUS);
        EXPECT_EQ(decision.failure.code, row.status);
        EXPECT_EQ(decision.failure.retry_after_s, row.seconds);
    }
}

TEST(Evaluate, AnswersThatMakeNoSense) {
    auto identity = whole("\"a\"", Old);
    identity.content_encoding = "Identity";
    auto contradictory = part("\"a\"", Old);
    contradictory.contradictory = true;

    EXPECT_EQ(word(evaluate(known({}, 0), RangeRequest::Whole, identity, 0).action), "start over");
    EXPECT_EQ(evaluate(known(tagged()), RangeRequest::RangeIfSame, contradictory, 0).failure.cause,
              wire::INVALID_RESPONSE);
    EXPECT_EQ(
        evaluate(known({}, 0), RangeRequest::Whole, part("\"a\"", Old, "bytes 0-98/100"), 0).failure.cause,
        wire::INVALID_RESPONSE);
}

TEST(Evaluate, AnUnexpectedSizeIsRefusedAtOnce) {
    ResumeState ours = known(tagged());
    ours.expected_size = 100;
    EXPECT_EQ(word(evaluate(ours, RangeRequest::RangeIfSame, part("\"a\"", Old), 0).action), "go on");
    EXPECT_EQ(evaluate(ours, RangeRequest::Range, part("\"b\"", New, "bytes 40-119/120"), 0).failure.cause,
              wire::SIZE_MISMATCH);
    EXPECT_EQ(word(evaluate(ours, RangeRequest::Range, part("", "", "bytes 40-119/120"), 0).action),
              "ask whole")
        << "that is no other version";
    EXPECT_EQ(evaluate(ours, RangeRequest::Whole, whole("\"b\"", New, 99), 0).failure.cause,
              wire::SIZE_MISMATCH);
    EXPECT_EQ(word(evaluate(ours, RangeRequest::Whole, whole("\"b\"", New, {}), 0).action), "start over")
        << "seen at the end";
}

} // namespace
} // namespace haulier::transfer
