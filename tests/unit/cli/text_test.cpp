// SPDX-License-Identifier: LGPL-2.1-or-later
#include "cli/text.hpp"

#include <cstdlib>
#include <ctime>
#include <gtest/gtest.h>

namespace haulier::cli {
namespace {

TEST(SizeText, UsesPowersOfThousand) {
    EXPECT_EQ(size_text(0), "0 B");
    EXPECT_EQ(size_text(999), "999 B");
    EXPECT_EQ(size_text(1000), "1.0 kB");
    EXPECT_EQ(size_text(999'949), "999.9 kB");
    EXPECT_EQ(size_text(999'950), "1.0 MB") << "never 1000.0 kB";
    EXPECT_EQ(size_text(1'500'000'000), "1.5 GB");
    EXPECT_EQ(size_text(~uint64_t{0}), "18.4 EB");
}

TEST(AmountText, HasAQuestionMarkForAnUnknownTotal) {
    EXPECT_EQ(amount_text(1000, 2000), "1.0 kB of 2.0 kB");
    EXPECT_EQ(amount_text(1000, std::nullopt), "1.0 kB of ?");
}

TEST(Spans, AreFormattedAsClockOrWithUnits) {
    using std::chrono::seconds;
    EXPECT_EQ(clock_text(seconds{7}), "0:07");
    EXPECT_EQ(clock_text(seconds{3599}), "59:59");
    EXPECT_EQ(clock_text(seconds{3723}), "1:02:03");
    EXPECT_EQ(span_text(seconds{12}), "12 s");
    EXPECT_EQ(span_text(seconds{180}), "3 min");
    EXPECT_EQ(span_text(seconds{7200}), "2 h");
    EXPECT_EQ(span_text(seconds{1'209'600}), "14 d");
}

TEST(DateText, IsLocal) {
    setenv("TZ", "UTC", 1);
    tzset();
    EXPECT_EQ(date_text(1'700'000'000'123'456), "2023-11-14 22:13:20");
    EXPECT_EQ(date_text(0), "never");
}

TEST(Sanitize, ReplacesControlCharacters) {
    EXPECT_EQ(sanitize("a\x1b[31mb\r\n\x7f"), "a?[31mb???");
    EXPECT_EQ(sanitize("a\xc2\x9b"
                       "31mb"),
              "a?31mb")
        << "control characters beyond ASCII";
    EXPECT_EQ(sanitize("ä € 😀"), "ä € 😀");
    EXPECT_EQ(sanitize("a\u202egpj.exe\u2028b\ufeff"), "a?gpj.exe?b?");
    EXPECT_EQ(sanitize("می\u200cخواهم"), "می\u200cخواهم") << "a part of the word";
}

TEST(ColumnsOf, KnowsWideAndCombiningCharacters) {
    EXPECT_EQ(columns_of("abc"), 3U);
    EXPECT_EQ(columns_of("日本語.bin"), 10U);
    EXPECT_EQ(columns_of("🎬"), 2U);
    EXPECT_EQ(columns_of("e\u0301"), 1U);
    EXPECT_EQ(cut("日本語日本語", 7), "日本...");
    EXPECT_EQ(cut("日本語日本語", 8), "日本...") << "half a character has no place";
    EXPECT_EQ(padded("日本", 6), "日本  ");
}

TEST(Wrapped, BreaksAtSpacesAndKeepsLongWords) {
    EXPECT_EQ(wrapped("Error:  one two three", 40, 8), "Error:  one two three");
    EXPECT_EQ(wrapped("Error:  one two three", 15, 8), "Error:  one two\n        three");
    EXPECT_EQ(wrapped("URL:    https://example.org/x y", 15, 8), "URL:    https://example.org/x\n        y");
}

TEST(Cut, CountsCharactersAndKeepsThemWhole) {
    EXPECT_EQ(cut("abcdef", 6), "abcdef");
    EXPECT_EQ(cut("abcdefg", 6), "abc...");
    EXPECT_EQ(cut("äöüäöüä", 6), "äöü...");
    EXPECT_EQ(cut("äöü", 2), "äö");
    EXPECT_EQ(cut("abc", 0), "");
}

TEST(Table, AlignsAllColumnsButTheLast) {
    EXPECT_EQ(table({{"ID", "NAME"}, {"ä", "x y"}, {"long", "z"}}), "ID    NAME\nä     x y\nlong  z\n");
    EXPECT_EQ(table({}), "");
}

} // namespace
} // namespace haulier::cli
