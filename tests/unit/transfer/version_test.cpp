// SPDX-License-Identifier: LGPL-2.1-or-later
#include "transfer/version.hpp"

#include "transfer_samples.hpp"

#include <gtest/gtest.h>

namespace haulier::transfer {
namespace {

Identity identity(const std::string& etag, const std::string& date, std::optional<uint64_t> size = 100,
                  bool strong = true) {
    return {.etag = etag, .last_modified = date, .date_is_strong = strong, .size = size};
}

TEST(Version, WhatIsStrongSuffices) {
    EXPECT_TRUE(is_strong(identity("\"a\"", "", {})));
    EXPECT_TRUE(is_strong(identity("", Old, {})));
    EXPECT_FALSE(is_strong(identity("", Old, 100, false)));
    EXPECT_FALSE(is_strong(identity("", "")));

    EXPECT_TRUE(same_version(identity("\"a\"", Old), identity("\"a\"", New, {}), false));
    EXPECT_TRUE(same_version(identity("", Old, {}), identity("", Old), false));
    EXPECT_FALSE(same_version(identity("\"a\"", Old), identity("\"a\"", Old, 101), false));
    EXPECT_FALSE(same_version(identity("\"a\"", Old), identity("\"b\"", Old), false));
    EXPECT_FALSE(same_version(identity("", Old, 100, false), identity("", Old), false));
    EXPECT_FALSE(same_version(identity("", ""), identity("", ""), false));
    EXPECT_TRUE(same_version(identity("", ""), identity("", ""), true)) << "the checksum will tell";
}

TEST(Version, AnotherOneProvesItself) {
    auto ours = identity("\"a\"", Old);
    EXPECT_TRUE(is_another_version(ours, identity("\"b\"", Old)));
    EXPECT_TRUE(is_another_version(ours, identity("\"a\"", Old, 101)));
    EXPECT_TRUE(is_another_version(ours, identity("", New)));
    EXPECT_FALSE(is_another_version(ours, ours));
    EXPECT_FALSE(is_another_version(ours, identity("", New, 101, false)));
    EXPECT_FALSE(is_another_version(ours, identity("", "", 101)));
}

TEST(Version, Pages) {
    EXPECT_TRUE(is_page("text/html"));
    EXPECT_TRUE(is_page("application/xhtml+xml"));
    EXPECT_FALSE(is_page("text/plain"));
    EXPECT_FALSE(is_page(""));
    for (const char* name : {"http://a.example", "http://a.example/", "http://a.example/b/?c=/d.zip",
                             "http://a.example/index.HTML", "http://a.example/x.htm#y"})
        EXPECT_TRUE(is_page_name(name)) << name;
    for (const char* name :
         {"http://a.example/f", "http://a.example/f.zip?x=.html", "http://a.example/f.php"})
        EXPECT_FALSE(is_page_name(name)) << name;
}

} // namespace
} // namespace haulier::transfer
