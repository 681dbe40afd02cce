// SPDX-License-Identifier: LGPL-2.1-or-later
#include "daemon/bus/describe.hpp"

#include "daemon/bus/error_names.hpp"

#include <gtest/gtest.h>
#include <set>

namespace haulier::bus {
namespace {

std::string described(std::string_view name, int32_t code = 0) {
    auto sentence = describe(name, code);
    return sentence ? *sentence : "no such name";
}

TEST(Describe, KnowsEveryCauseByItsWord) {
    std::set<std::string> seen;
    for (int i = 0; i <= static_cast<int>(job::Cause::Internal); ++i) {
        auto cause = static_cast<job::Cause>(i);
        auto sentence = described(job::to_word(cause));
        EXPECT_EQ(sentence, sentence_of(cause)) << job::to_word(cause);
        EXPECT_FALSE(sentence.empty()) << job::to_word(cause);
        EXPECT_TRUE(seen.insert(sentence).second) << "two causes read the same: " << sentence;
    }
}

TEST(Describe, KnowsEveryErrorOfCallsWithAndWithoutItsPrefix) {
    std::set<std::string> seen;
    for (int i = 0; i <= static_cast<int>(Errc::Internal); ++i) {
        auto code = static_cast<Errc>(i);
        auto whole = bus_name(code);
        auto sentence = described(whole);
        EXPECT_EQ(sentence, sentence_of(code)) << whole;
        EXPECT_FALSE(sentence.empty()) << whole;
        EXPECT_EQ(described(whole.substr(whole.rfind('.') + 1)), sentence);
        EXPECT_TRUE(seen.insert(sentence).second) << "two errors read the same: " << sentence;
    }
}

TEST(Describe, SaysWhatAStatusMeans) {
    EXPECT_EQ(described("http-status", 404), "404: the server has no such file");
    EXPECT_EQ(described("http-status", 503), "503: the server is overloaded or being repaired");
    EXPECT_EQ(described("http-status", 418), "418: the server refuses");
    EXPECT_EQ(described("http-status", 599), "599: the server has a fault");
    EXPECT_EQ(described("http-status", 399),
              "399: the server points elsewhere, in a way that cannot be followed");
    EXPECT_EQ(described("http-status"), "the server refused, or had a fault");
}

TEST(Describe, AddsWhatTheSystemSays) {
    EXPECT_EQ(described("local-file", 13), "the local file or its folder cannot be used: Permission denied");
    EXPECT_EQ(described("disk-full", 28), "there is no space left for the file: No space left on device");
    EXPECT_EQ(described("timeout", 28), sentence_of(job::Cause::Timeout)) << "that one is libcurl's";
}

TEST(Describe, RefusesWhatIsNoName) {
    for (const char* name : {"", "http", "Internal2", "org.freedesktop.DBus.Error.Failed"}) {
        auto sentence = describe(name, 0);
        ASSERT_FALSE(sentence) << name;
        EXPECT_EQ(sentence.error().code, Errc::NotFound);
    }
}

} // namespace
} // namespace haulier::bus
