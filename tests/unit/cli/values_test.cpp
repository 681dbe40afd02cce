// SPDX-License-Identifier: LGPL-2.1-or-later
#include "cli/values.hpp"

#include "cli/measures.hpp"

#include <cstdlib>
#include <ctime>
#include <gtest/gtest.h>

namespace haulier::cli {
namespace {

constexpr uint64_t Second = 1'000'000;
constexpr uint64_t Today = 1'700'000'000 * Second;

TEST(ParseSize, KnowsDecimalAndBinaryUnits) {
    EXPECT_EQ(*parse_size("0"), 0u);
    EXPECT_EQ(*parse_size("1500"), 1500u);
    EXPECT_EQ(*parse_size("1500B"), 1500u);
    EXPECT_EQ(*parse_size("10k"), 10'000u);
    EXPECT_EQ(*parse_size("10M"), 10'000'000u);
    EXPECT_EQ(*parse_size("10MB"), 10'000'000u);
    EXPECT_EQ(*parse_size("1Gi"), 1u << 30);
    EXPECT_EQ(*parse_size("1GiB"), 1u << 30);
    EXPECT_EQ(*parse_size("18446744073709551615"), ~uint64_t{0});
}

TEST(ParseSize, RejectsInvalidText) {
    for (const char* text : {"", "M", "-1", "1.5M", "10 M", "10m", "10Mb", "1e3", "18446744073709551616",
                             "18446744073709551615k", "0x10"}) {
        auto size = parse_size(text);
        ASSERT_FALSE(size) << text;
        EXPECT_EQ(size.error().code, Exit::Usage);
    }
}

TEST(ParseSpan, AddsItsParts) {
    EXPECT_EQ(*parse_span("90s", Second), 90 * Second);
    EXPECT_EQ(*parse_span("90", Second), 90 * Second);
    EXPECT_EQ(*parse_span("90", 1000), 90'000u) << "a bare number counts the property's unit";
    EXPECT_EQ(*parse_span("500ms", Second), Second / 2);
    EXPECT_EQ(*parse_span("1h30min", Second), 5400 * Second);
    EXPECT_EQ(*parse_span("2d", Second), 172'800 * Second);
    EXPECT_EQ(*parse_span("1w", Second), 604'800 * Second);
}

TEST(ParseSpan, RejectsInvalidText) {
    for (const char* text : {"", "h", "-1s", "1.5h", "1h30", "30 1h", "1y", "1h ", "99999999999999999999s"})
        EXPECT_FALSE(parse_span(text, Second)) << text;
}

class ParseDate : public testing::Test {
protected:
    void SetUp() override {
        setenv("TZ", "XST-2", 1); // two hours east of Greenwich
        tzset();
    }
    static uint64_t seconds(const std::string& text) {
        auto date = parse_date(text, Today);
        EXPECT_TRUE(date) << text;
        return date ? *date / Second : 0;
    }
};

TEST_F(ParseDate, IsLocalUnlessItSaysOtherwise) {
    EXPECT_EQ(seconds("2023-11-14T22:13:20Z"), 1'700'000'000u);
    EXPECT_EQ(seconds("2023-11-15T00:13:20"), 1'700'000'000u);
    EXPECT_EQ(seconds("2023-11-15 00:13"), 1'700'000'000u - 20);
    EXPECT_EQ(seconds("2023-11-14T17:13:20-05:00"), 1'700'000'000u);
    EXPECT_EQ(seconds("2023-11-15"), 1'700'000'000u - 13 * 60 - 20) << "at midnight";
}

TEST_F(ParseDate, CanBeRelative) {
    EXPECT_EQ(*parse_date("+2h", Today), Today + 7200 * Second);
    EXPECT_EQ(*parse_date("+30", Today), Today + 30 * Second);
    EXPECT_EQ(*parse_date("now", Today), 0u);
    EXPECT_EQ(*parse_date("0", Today), 0u);
}

TEST_F(ParseDate, CanBeInThePast) {
    const uint64_t midnight = *parse_date("2023-11-15", 0);
    const uint64_t now = midnight + 3600 * Second;
    EXPECT_EQ(*parse_since("2h", now), now - 7200 * Second);
    EXPECT_EQ(*parse_since("9999w", now), 0U);
    EXPECT_EQ(*parse_since("today", now), midnight);
    EXPECT_EQ(*parse_since("yesterday", now), midnight - 86400 * Second);
    EXPECT_EQ(*parse_since("2023-11-15", now), midnight);
    for (const char* text : {"", "now", "+2h", "soon", "2023-02-30"})
        EXPECT_FALSE(parse_since(text, now)) << text;
}

TEST_F(ParseDate, RejectsInvalidDates) {
    for (const char* text :
         {"", "tomorrow", "2h", "+", "2023-13-01", "2023-02-30", "2023-11-14T", "1960-01-01",
          "2023-11-14T22:13:20X", "2023-11-14T22:13:20+25:00", "2023-11-14x"})
        EXPECT_FALSE(parse_date(text, Today)) << text;
}

Value value_of(const std::string& text) {
    auto one = parse_assignment(text, Today);
    EXPECT_TRUE(one) << text << ": " << (one ? "" : one.error().message);
    return one ? one->second : Value{};
}

TEST(ParseAssignment, GivesEachPropertyItsType) {
    EXPECT_EQ(value_of("Priority=high"), Value{std::string{"high"}});
    EXPECT_EQ(value_of("AutoComplete=yes"), Value{true});
    EXPECT_EQ(value_of("OnDemand=OFF"), Value{false});
    EXPECT_EQ(value_of("MinimumRetryDelay=2min"), Value{uint32_t{120}});
    EXPECT_EQ(value_of("MinimumNotificationInterval=2s"), Value{uint32_t{2000}});
    EXPECT_EQ(value_of("MinimumNotificationInterval=250"), Value{uint32_t{250}});
    EXPECT_EQ(value_of("BandwidthLimit=10M"), Value{uint64_t{10'000'000}});
    EXPECT_EQ(value_of("BandwidthLimit=none"), Value{uint64_t{0}});
    EXPECT_EQ(value_of("MaximumDownloadSize=none"), Value{~uint64_t{0}});
    EXPECT_EQ(value_of("NotBefore=+1h"), Value{Today + 3600 * Second});
    EXPECT_EQ(value_of("SecurityFlags=ignore-dates,check-revocation"),
              (Value{std::vector<std::string>{"ignore-dates", "check-revocation"}}));
    EXPECT_EQ(value_of("SecurityFlags="), Value{std::vector<std::string>{}});
    EXPECT_EQ(value_of("Description=a=b, c"), Value{std::string{"a=b, c"}});
}

TEST(ParseAssignment, IgnoresCaseAndSuggestsNames) {
    EXPECT_EQ(parse_assignment("priority=low", Today)->first, "Priority");
    for (const char* text : {"Prioriti=low", "Prio=low"}) {
        auto wrong = parse_assignment(text, Today);
        ASSERT_FALSE(wrong);
        EXPECT_NE(wrong.error().message.find("'Priority'"), std::string::npos) << wrong.error().message;
    }
}

TEST(ParseAssignment, RejectsInvalidAssignments) {
    for (const char* text :
         {"Priority", "=x", "State=queued", "Id=1", "AutoComplete=maybe", "BandwidthLimit=fast",
          "MinimumRetryDelay=-1", "MinimumRetryDelay=9999999999", "NotBefore=soon"}) {
        auto one = parse_assignment(text, Today);
        ASSERT_FALSE(one) << text;
        EXPECT_EQ(one.error().code, Exit::Usage) << text;
    }
}

TEST(ParseAssignments, LetsTheLastOneWin) {
    auto values = parse_assignments({"Priority=low", "AutoComplete=yes", "Priority=high"}, Today);
    ASSERT_TRUE(values);
    EXPECT_EQ(*values, (Values{{"AutoComplete", true}, {"Priority", std::string{"high"}}}));
    EXPECT_FALSE(parse_assignments({"Priority=low", "nonsense"}, Today));
}

} // namespace
} // namespace haulier::cli
