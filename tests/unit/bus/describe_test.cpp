// SPDX-License-Identifier: LGPL-2.1-or-later
#include "daemon/bus/describe.hpp"

#include "daemon/bus/names/error_names.hpp"
#include "job/describe.hpp"

#include <gtest/gtest.h>
#include <set>

namespace haulier::bus {
namespace {

std::string described(std::string_view name, int32_t code = 0) {
    auto message = describe_error(name, code);
    return message ? *message : "no such name";
}

TEST(Describe, KnowsEveryCauseByItsWord) {
    std::set<std::string> seen;
    for (int i = 0; i <= static_cast<int>(job::Cause::Internal); ++i) {
        auto cause = static_cast<job::Cause>(i);
        auto message = described(job::to_string(cause));
        EXPECT_EQ(message, job::describe(cause)) << job::to_string(cause);
        EXPECT_FALSE(message.empty()) << job::to_string(cause);
        EXPECT_TRUE(seen.insert(message).second) << "two causes read the same: " << message;
    }
}

TEST(Describe, KnowsEveryErrorOfCallsWithAndWithoutItsPrefix) {
    std::set<std::string> seen;
    for (int i = 0; i <= static_cast<int>(Errc::Internal); ++i) {
        auto code = static_cast<Errc>(i);
        auto whole = bus_name(code);
        auto message = described(whole);
        EXPECT_EQ(message, job::describe(code)) << whole;
        EXPECT_FALSE(message.empty()) << whole;
        EXPECT_EQ(described(whole.substr(whole.rfind('.') + 1)), message);
        EXPECT_TRUE(seen.insert(message).second) << "two errors read the same: " << message;
    }
}

TEST(Describe, SaysWhatAStatusMeans) {
    EXPECT_EQ(described("http-status", 404), "404: the server has no such file");
    EXPECT_EQ(described("http-status", 503), "503: the server is overloaded or under maintenance");
    EXPECT_EQ(described("http-status", 418), "418: the server refused the request");
    EXPECT_EQ(described("http-status", 599), "599: the server has an error");
    EXPECT_EQ(described("http-status", 399), "399: the server sent a redirect that cannot be followed");
    EXPECT_EQ(described("http-status"), "the server refused the request or has an error");
}

TEST(Describe, AddsWhatTheSystemSays) {
    EXPECT_EQ(described("local-file", 13),
              "the local file or its directory cannot be used: Permission denied");
    EXPECT_EQ(described("disk-full", 28), "there is no space left for the file: No space left on device");
    EXPECT_EQ(described("timeout", 28), job::describe(job::Cause::Timeout)) << "that one is libcurl's";
}

TEST(Describe, RefusesWhatIsNoName) {
    for (const char* name : {"", "http", "Internal2", "org.freedesktop.DBus.Error.Failed"}) {
        auto message = describe_error(name, 0);
        ASSERT_FALSE(message) << name;
        EXPECT_EQ(message.error().code, Errc::NotFound);
    }
}

} // namespace
} // namespace haulier::bus
