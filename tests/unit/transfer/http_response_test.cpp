// SPDX-License-Identifier: LGPL-2.1-or-later
#include "transfer/http_date.hpp"
#include "transfer/http_response.hpp"

#include <gtest/gtest.h>

namespace haulier::transfer {
namespace {

using Span = ContentRange::Span;

HttpResponse read(std::initializer_list<std::string_view> lines) {
    HeadReader reader;
    for (auto line : lines)
        reader.line(line);
    return reader.response();
}

TEST(ContentRange, Table) {
    struct Row {
        const char* text;
        std::optional<ContentRange> expected;
    };
    const Row rows[] = {
        {"bytes 0-99/1000", ContentRange{Span{0, 99}, 1000}},
        {"  Bytes 5-5/6 ", ContentRange{Span{5, 5}, 6}},
        {"bytes 5-9/*", ContentRange{Span{5, 9}, std::nullopt}},
        {"bytes */1000", ContentRange{std::nullopt, 1000}},
        {"bytes 9-5/1000", std::nullopt},    // backwards
        {"bytes 0-1000/1000", std::nullopt}, // beyond the end
        {"bytes */*", std::nullopt},         // says nothing
        {"bytes 0-99", std::nullopt},
        {"bytes -99/1000", std::nullopt},
        {"bytes 0-/1000", std::nullopt},
        {"bytes +1-9/10", std::nullopt},
        {"bytes 1 -9/10", std::nullopt},
        {"elephants 0-9/10", std::nullopt},
        {"bytes=0-9/10", ContentRange{Span{0, 9}, 10}}, // as some servers write it
        {"bytes: 0-9/10", ContentRange{Span{0, 9}, 10}},
        {"0-9/10", ContentRange{Span{0, 9}, 10}},
        {"bytes 0-18446744073709551615/*", std::nullopt}, // no file is that long
        {"bytes 99999999999999999999-99999999999999999999/1", std::nullopt},
        {"bytes", std::nullopt},
        {"", std::nullopt},
    };
    for (const auto& row : rows)
        EXPECT_EQ(parse_content_range(row.text), row.expected) << row.text;
}

TEST(Etag, OnlyStrongAndWellFormedOnesCount) {
    EXPECT_EQ(parse_strong_etag("\"abc\""), "\"abc\"");
    EXPECT_EQ(parse_strong_etag("  \"0\"  "), "\"0\"");
    for (const char* empty : {"\"\"", "\"-\"", "\"--\"", "\"null\"", "\"None\"", "\"undefined\""})
        EXPECT_EQ(parse_strong_etag(empty), std::nullopt) << empty << " says nothing about the content";
    for (const char* bad :
         {"W/\"abc\"", "w/\"abc\"", "abc", "\"abc", "abc\"", "\"a\"b\"", "\"a b\"", "\"", ""})
        EXPECT_EQ(parse_strong_etag(bad), std::nullopt) << bad;
    EXPECT_EQ(parse_strong_etag("\"" + std::string(2000, 'x') + "\""), std::nullopt);
}

TEST(HttpDate, AllThreeForms) {
    for (const char* text : {"Sun, 06 Nov 1994 08:49:37 GMT", "Sunday, 06-Nov-94 08:49:37 GMT",
                             "Sun Nov  6 08:49:37 1994", "Sun, 06 Nov 1994 08:49:37 UTC",
                             "Sun, 6 Nov 1994 08:49:37 +0000", "Sun, 06 Nov 1994 08:49:37 -0000"})
        EXPECT_EQ(parse_http_date(text), 784111777) << text;
    for (const char* bad : {"", "yesterday", "Sun, 06 Nov 1994 08:49:37 CET",
                            "Sun, 06 Nov 1994 08:49:37 +0100", "Sun, 06 Nov 1994", "784111777"})
        EXPECT_EQ(parse_http_date(bad), std::nullopt) << bad;
}

TEST(HttpResponse, DateIsStrongOnlyIfItIsASecondOld) {
    auto with = [](const char* modified, const char* date) {
        HttpResponse response{.last_modified = modified};
        response.date = parse_http_date(date);
        return response.date_is_strong();
    };
    EXPECT_TRUE(with("Sun, 06 Nov 1994 08:49:36 GMT", "Sun, 06 Nov 1994 08:49:37 GMT"));
    EXPECT_FALSE(with("Sun, 06 Nov 1994 08:49:37 GMT", "Sun, 06 Nov 1994 08:49:37 GMT"));
    EXPECT_FALSE(with("Sun, 06 Nov 1994 08:49:38 GMT", "Sun, 06 Nov 1994 08:49:37 GMT"));
    EXPECT_FALSE(with("Sun, 06 Nov 1994 08:49:36 GMT", ""));
    EXPECT_FALSE(with("", "Sun, 06 Nov 1994 08:49:37 GMT"));
    EXPECT_FALSE(with("Thu, 01 Jan 1970 00:00:01 GMT", "Sun, 06 Nov 1994 08:49:37 GMT")) << "a placeholder";
    EXPECT_FALSE(with("Tue, 01 Jan 1980 00:00:00 GMT", "Sun, 06 Nov 1994 08:49:37 GMT"));
}

TEST(HeadReader, OnlyTheLastAnswerCounts) {
    auto response =
        read({"HTTP/1.1 302 Found\r\n", "ETag: \"wrong\"\r\n", "Content-Length: 5\r\n", "\r\n",
              "HTTP/1.1 103 Early Hints\r\n", "Last-Modified: Sun, 06 Nov 1994 08:49:37 GMT\r\n", "\r\n",
              "HTTP/2 206 \r\n", "etag: \"right\"\r\n", "CONTENT-RANGE: bytes 1-2/3\r\n", "\r\n"});
    EXPECT_EQ(response.status, 206);
    EXPECT_EQ(response.etag, "\"right\"");
    EXPECT_EQ(response.content_range, "bytes 1-2/3");
    EXPECT_EQ(response.last_modified, "");
    EXPECT_EQ(response.length, std::nullopt);
    EXPECT_FALSE(response.http1);
}

TEST(HeadReader, TrailersAreNotBelieved) {
    auto response =
        read({"HTTP/1.1 200 OK\r\n", "Transfer-Encoding: chunked\r\n", "\r\n", "ETag: \"late\"\r\n"});
    EXPECT_EQ(response.etag, "");
    EXPECT_TRUE(response.chunked);
}

TEST(HeadReader, NoticesContradictions) {
    EXPECT_FALSE(read({"HTTP/1.1 200 OK", "Content-Length: 5", "Content-Length: 5"}).contradictory);
    EXPECT_TRUE(read({"HTTP/1.1 200 OK", "Content-Length: 5", "Content-Length: 6"}).contradictory);
    EXPECT_TRUE(read({"HTTP/1.1 200 OK", "Content-Length: -5"}).contradictory);
    EXPECT_FALSE(read({"HTTP/1.1 200 OK", "Content-Length: 5, 5"}).contradictory);
    EXPECT_TRUE(read({"HTTP/1.1 200 OK", "Content-Length: 5, 6"}).contradictory);
    EXPECT_TRUE(
        read({"HTTP/1.1 206 P", "Content-Range: bytes 0-1/2", "Content-Range: bytes 0-1/3"}).contradictory);
}

TEST(HeadReader, TwoValidatorsAreNone) {
    auto tags = read({"HTTP/1.1 200 OK", "ETag: \"a\"", "ETag: \"b\"", "ETag: \"a\""});
    EXPECT_FALSE(tags.contradictory);
    EXPECT_EQ(tags.etag, "");
    EXPECT_EQ(read({"HTTP/1.1 200 OK", "ETag: \"a\"", "ETag: \"a\""}).etag, "\"a\"");
    EXPECT_EQ(read({"HTTP/1.1 200 OK", "Last-Modified: Sun, 06 Nov 1994 08:49:37 GMT",
                    "Last-Modified: Sun, 06 Nov 1994 08:49:38 GMT"})
                  .last_modified,
              "");
}

TEST(HeadReader, TypesAndEncodings) {
    auto type = [](const std::string& value) {
        return read({"HTTP/1.1 200 OK", "Content-Type: " + value}).content_type;
    };
    EXPECT_EQ(type("Text/HTML; charset=utf-8"), "text/html");
    EXPECT_EQ(type("application/x-tar"), "application/x-tar");
    for (const char* bad : {"", "html", "a/b/c", "text/ht ml", "text/\xff"})
        EXPECT_EQ(type(bad), "") << bad;
    EXPECT_EQ(
        read({"HTTP/1.1 200 OK", "Content-Encoding: aws-chunked", "content-encoding: gzip"}).content_encoding,
        "aws-chunked, gzip");
    EXPECT_FALSE(read({"HTTP/1.1 200 OK", "Transfer-Encoding: identity"}).chunked);
}

TEST(HeadReader, SurvivesNonsense) {
    auto response = read({"HTTP/", "HTTP/1.1", "HTTP/1.1 abc", "no colon", ":", ": value", "Date: soon",
                          std::string_view{"\0\r\n", 3}});
    EXPECT_EQ(response.status, 0);
    EXPECT_EQ(response.date, std::nullopt);
}

TEST(HttpResponse, EndsByClose) {
    EXPECT_TRUE(read({"HTTP/1.0 200 OK", "\r\n"}).ends_by_close());
    EXPECT_FALSE(read({"HTTP/1.1 200 OK", "Content-Length: 5"}).ends_by_close());
    EXPECT_FALSE(read({"HTTP/1.1 200 OK", "Transfer-Encoding: chunked"}).ends_by_close());
    EXPECT_FALSE(read({"HTTP/2 200"}).ends_by_close());
}

TEST(RetryAfter, Table) {
    const int64_t now = 784111777; // Sun, 06 Nov 1994 08:49:37 GMT
    struct Row {
        const char* value;
        const char* date;
        uint32_t expected;
    };
    const Row rows[] = {
        {"", "", 0},
        {"0", "", 0},
        {"120", "", 120},
        {"604800", "", 604800},
        {"604801", "", 604800},
        {"99999999999999999999999999", "", 604800},
        {"-5", "", 0},
        {"soon", "", 0},
        {"1.5", "", 0},
        {"Sun, 06 Nov 1994 08:50:37 GMT", "", 60},
        {"Sun, 06 Nov 1994 08:50:37 GMT", "Sun, 06 Nov 1994 08:50:27 GMT", 10}, // by the server's own clock
        {"Sun, 06 Nov 1994 08:48:37 GMT", "", 0},
        {"Sun, 06 Nov 2094 08:48:37 GMT", "", 604800},
    };
    for (const auto& row : rows) {
        HttpResponse response{.retry_after = row.value};
        response.date = parse_http_date(row.date);
        EXPECT_EQ(retry_after_seconds(response, now), row.expected) << row.value << " at " << row.date;
    }
}

} // namespace
} // namespace haulier::transfer
