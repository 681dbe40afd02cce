// SPDX-License-Identifier: LGPL-2.1-or-later
// Untrusted text: configuration files, and what servers send.
#include "base/download_folder.hpp"
#include "base/ini.hpp"
#include "base/text.hpp"

#include <gtest/gtest.h>

namespace haulier {

using namespace std::chrono_literals;
using namespace std::string_literals;

TEST(Ini, SectionsKeysAndComments) {
    auto parsed = ini::parse("# a comment\n"
                             "; another\n"
                             "\n"
                             "[Limits]\n"
                             "  Jobs = 10 \n"
                             "[ Odd ]\r\n"
                             "Url=http://example.org/?a=b#c\r\n"
                             "Empty=");
    EXPECT_TRUE(parsed.faults.empty());
    EXPECT_EQ(parsed.entries, (std::vector<ini::Entry>{{"Limits", "Jobs", "10", 5},
                                                       {" Odd ", "Url", "http://example.org/?a=b#c", 7},
                                                       {" Odd ", "Empty", "", 8}}));
}

TEST(Ini, ABadLineSpoilsNoOther) {
    auto parsed = ini::parse("Early=1\n[A]\nnonsense\n[B\nX=1\n");
    ASSERT_EQ(parsed.faults.size(), 3u);
    EXPECT_EQ(parsed.faults[0].line, 1);
    EXPECT_EQ(parsed.faults[1].line, 3);
    EXPECT_EQ(parsed.faults[2].line, 4);
    EXPECT_EQ(parsed.entries, (std::vector<ini::Entry>{{"A", "X", "1", 5}}));
}

TEST(Ini, NothingIsNothing) {
    EXPECT_TRUE(ini::parse("").entries.empty());
    EXPECT_TRUE(ini::parse("\n\n  \n").faults.empty());
}

TEST(Ini, Sizes) {
    EXPECT_EQ(ini::to_size("0"), 0u);
    EXPECT_EQ(ini::to_size("1500"), 1500u);
    EXPECT_EQ(ini::to_size("64K"), 65536u);
    EXPECT_EQ(ini::to_size("3M"), 3u << 20);
    EXPECT_EQ(ini::to_size("2G"), uint64_t{2} << 30);
    for (const char* bad :
         {"", "K", "-1", "+1", "1.5M", "1k", "1MB", " 1", "1 K", "99999999999G", "99999999999999999999"})
        EXPECT_FALSE(ini::to_size(bad)) << bad;
}

TEST(Ini, Spans) {
    EXPECT_EQ(ini::to_span("0"), 0ms);
    EXPECT_EQ(ini::to_span("90"), 90s);
    EXPECT_EQ(ini::to_span("500ms"), 500ms);
    EXPECT_EQ(ini::to_span("1min 30s"), 90s);
    EXPECT_EQ(ini::to_span("1min30s"), 90s);
    EXPECT_EQ(ini::to_span(" 2h "), 2h);
    EXPECT_EQ(ini::to_span("1d"), 24h);
    EXPECT_EQ(ini::to_span("1w"), 168h);
    for (const char* bad :
         {"", " ", "s", "1x", "-5s", "1.5s", "soon", "1s soon", "99999999999999999w", "9223372036854775807"})
        EXPECT_FALSE(ini::to_span(bad)) << bad;
}

TEST(Printable, LeavesGoodTextAlone) {
    EXPECT_EQ(printable("", 10), "");
    EXPECT_EQ(printable("Not Found", 100), "Not Found");
    EXPECT_EQ(printable("Grüße 世界 \U0001F69A", 100), "Grüße 世界 \U0001F69A");
}

TEST(Printable, MasksWhatTheBusOrATerminalWouldChokeOn) {
    EXPECT_EQ(printable("a\0b\nc\x1b[2J\x7f"s, 100), "a?b?c?[2J?");
    EXPECT_EQ(printable("caf\xe9!", 100), "caf?!");        // Latin-1
    EXPECT_EQ(printable("\xc0\xaf", 100), "??");           // overlong
    EXPECT_EQ(printable("\xed\xa0\x80", 100), "???");      // a surrogate
    EXPECT_EQ(printable("\xf4\x90\x80\x80", 100), "????"); // beyond Unicode
    EXPECT_EQ(printable("\xe4\xb8", 100), "??");           // cut short
}

TEST(Printable, CutsBetweenCharacters) {
    EXPECT_EQ(printable("abc", 2), "ab");
    EXPECT_EQ(printable("aüb", 2), "a");
    EXPECT_EQ(printable("aüb", 3), "aü");
    EXPECT_EQ(printable("x", 0), "");
}

TEST(AsciiLower, LeavesEverythingButCapitalsAlone) {
    EXPECT_EQ(ascii_lower(""), "");
    EXPECT_EQ(ascii_lower("AbZ-09[{@ÄÖ"), "abz-09[{@ÄÖ");
}

TEST(ControlCharacters, AreFoundAnywhere) {
    EXPECT_FALSE(has_control_character(""));
    EXPECT_FALSE(has_control_character("Grüße ~"));
    for (const auto& text : {"\0"s, "a\n"s, "\x1f b"s, "a\x7f"s})
        EXPECT_TRUE(has_control_character(text)) << text;
}

TEST(DownloadFolder, IsReadFromTheListOfTheDesktop) {
    EXPECT_EQ(
        download_folder_in("# x\nXDG_MUSIC_DIR=\"$HOME/M\"\nXDG_DOWNLOAD_DIR=\"$HOME/Ladungen\"\n", "/h"),
        "/h/Ladungen");
    EXPECT_EQ(download_folder_in("XDG_DOWNLOAD_DIR=\"/srv/d\"\n", "/h"), "/srv/d");
    EXPECT_EQ(download_folder_in("XDG_DOWNLOAD_DIR=\"\n", "/h"), "");
    EXPECT_EQ(download_folder_in("", "/h"), "");
}

} // namespace haulier
