// SPDX-License-Identifier: LGPL-2.1-or-later
#include "cli/names.hpp"

#include <gtest/gtest.h>

namespace haulier::cli {
namespace {

struct NamedUrl {
    const char* url;
    const char* name; ///< "" = none
};

class FileNameOfUrl : public testing::TestWithParam<NamedUrl> {};

TEST(WithoutUser, RemovesUserNameAndPassword) {
    EXPECT_EQ(without_user("http://me:p@ss@example.org:81/x@y"), "http://example.org:81/x@y");
    EXPECT_EQ(without_user("http://@example.org"), "http://example.org");
    for (const char* same : {"http://example.org/a@b", "http://example.org?a@b", "example.org", ""})
        EXPECT_EQ(without_user(same), same);
}

TEST(CheckUtf8, ReplacesWhatCannotBePrinted) {
    EXPECT_TRUE(check_utf8("caf\xc3\xa9\n"));
    auto wrong = check_utf8("caf\xe9");
    ASSERT_FALSE(wrong);
    EXPECT_EQ(wrong.error().code, Exit::Usage);
    EXPECT_TRUE(wrong.error().message.starts_with("'caf?' is not UTF-8")) << wrong.error().message;
}

TEST_P(FileNameOfUrl, IsItsLastSegmentMadeSafe) {
    EXPECT_EQ(file_name_of(GetParam().url).value_or(""), GetParam().name) << GetParam().url;
}

INSTANTIATE_TEST_SUITE_P(All, FileNameOfUrl,
                         testing::Values(NamedUrl{"https://example.org/a/b.iso", "b.iso"},
                                         NamedUrl{"https://example.org/b.iso?x=/y#z/w", "b.iso"},
                                         NamedUrl{"https://example.org/b.iso#/w", "b.iso"},
                                         NamedUrl{"https://example.org/a%20b.txt", "a b.txt"},
                                         NamedUrl{"https://example.org/%C3%A4.txt", "ä.txt"},
                                         NamedUrl{"https://example.org/100%", "100%"},
                                         NamedUrl{"https://example.org/100%4", "100%4"},
                                         NamedUrl{"https://example.org/%zz", "%zz"},
                                         NamedUrl{"example.org/x", "x"},
                                         // There is no name.
                                         NamedUrl{"https://example.org", ""},
                                         NamedUrl{"https://example.org/", ""},
                                         NamedUrl{"https://example.org/folder/", ""},
                                         NamedUrl{"https://example.org/?file=x", ""}, NamedUrl{"", ""}));

// URLs that must not create hidden files or files in other directories.
INSTANTIATE_TEST_SUITE_P(Hostile, FileNameOfUrl,
                         testing::Values(NamedUrl{"http://h/..%2f..%2fetc%2fpasswd", "_._.._etc_passwd"},
                                         NamedUrl{"http://h/%2e%2e", "_."}, NamedUrl{"http://h/.", "_"},
                                         NamedUrl{"http://h/.bashrc", "_bashrc"},
                                         NamedUrl{"http://h/a%00b", "a_b"},
                                         NamedUrl{"http://h/a%0ab%1b", "a_b_"},
                                         NamedUrl{"http://h/a%ffb", "a_b"},
                                         NamedUrl{"http://h/a%3fb", "a_b"}));

TEST(FileNameOf, IsCutAtACharacter) {
    auto name = file_name_of("http://h/" + std::string(254, 'x') + "ä");
    ASSERT_TRUE(name);
    EXPECT_EQ(*name, std::string(254, 'x'));
    name = file_name_of("http://h/" + std::string(250, 'x') + "äöü.txt");
    ASSERT_TRUE(name);
    EXPECT_EQ(*name, std::string(250, 'x') + ".txt") << "the extension is kept";
}

TEST(Absolute, IsRelativeToTheDirectory) {
    EXPECT_EQ(absolute("/x/y", "/home"), "/x/y");
    EXPECT_EQ(absolute("y", "/home"), "/home/y");
    EXPECT_EQ(absolute("././y/z", "/home"), "/home/y/z");
    EXPECT_EQ(absolute("../y", "/home/a"), "/home/a/../y") << "a symbolic link may stand before the dots";
    EXPECT_EQ(absolute("y", "/"), "/y");
}

TEST(ServiceOf, PrefersTheExplicitPath) {
    EXPECT_EQ(service_of("org.example.App:/here", ""), (Service{"org.example.App", "/here"}));
    EXPECT_EQ(service_of("org.example.App", "/there"), (Service{"org.example.App", "/there"}));
    EXPECT_EQ(service_of("org.example.App:/here", "/there"), (Service{"org.example.App", "/there"}));
}

TEST(ServiceOf, KeepsTheSessionPrefix) {
    EXPECT_EQ(service_of("session:org.example.App:/here", ""), (Service{"session:org.example.App", "/here"}));
    EXPECT_EQ(service_of("session:org.example.App", ""),
              (Service{"session:org.example.App", "/org/example/App"}));
    EXPECT_EQ(service_of("session:org.example.App", "/there"),
              (Service{"session:org.example.App", "/there"}));
    EXPECT_EQ(service_of("session:", ""), (Service{"session:", "/"}));
}

TEST(ServiceOf, DerivesThePathFromTheName) {
    EXPECT_EQ(service_of("org.example.My-App", ""), (Service{"org.example.My-App", "/org/example/My_App"}));
}

TEST(ObjectPath, IsWhatTheSpecificationSays) {
    for (const char* good : {"/", "/a", "/org/example/My_App1"})
        EXPECT_TRUE(is_object_path(good)) << good;
    for (const char* bad : {"", "a", "/a/", "//", "/a//b", "/a-b", "/ä", "/a b"})
        EXPECT_FALSE(is_object_path(bad)) << bad;
}

const std::vector<Candidate> Jobs{
    {"aaaa1111000000000000000000000000", "", "one", "queued", "anna"},
    {"aaaa2222000000000000000000000000", "two", "two", "error", "anna"},
    {"bbbb0000000000000000000000000000", "aaaa1", "three", "suspended", "berta"},
    {"cccc0000000000000000000000000000", "x", "four", "suspended", "berta"},
};

TEST(Pick, FindsByPrefixAndByKey) {
    EXPECT_EQ(*pick(Jobs, "bbbb"), Jobs[2].id);
    EXPECT_EQ(*pick(Jobs, "BBBB0"), Jobs[2].id);
    EXPECT_EQ(*pick(Jobs, Jobs[1].id), Jobs[1].id);
    EXPECT_EQ(*pick(Jobs, "two"), Jobs[1].id);
    EXPECT_EQ(*pick(Jobs, "x"), Jobs[3].id) << "a key may be short";
}

TEST(Pick, FindsByNameIfNothingElseMatches) {
    EXPECT_EQ(*pick(Jobs, "three"), Jobs[2].id);
    const std::vector<Candidate> twins{
        {"aaaa1111000000000000000000000000", "", "twin", "queued", "anna"},
        {"bbbb1111000000000000000000000000", "", "twin", "queued", "berta"},
        {"cccc1111000000000000000000000000", "twin", "other", "queued", "anna"},
    };
    EXPECT_EQ(*pick(twins, "twin"), twins[2].id) << "the key goes first";
    EXPECT_FALSE(pick({twins[0], twins[1]}, "twin"));
    EXPECT_FALSE(pick(twins, "Twin"));
    const std::vector<Candidate> hexadecimal{
        {"aaaa1111000000000000000000000000", "", "bbbb", "queued", "anna"},
        {"bbbb1111000000000000000000000000", "", "x", "queued", "anna"}};
    EXPECT_EQ(*pick(hexadecimal, "bbbb"), hexadecimal[1].id) << "the beginning of an id goes first";
}

TEST(Pick, RejectsAmbiguousText) {
    auto two = pick(Jobs, "aaaa");
    ASSERT_FALSE(two);
    EXPECT_EQ(two.error().code, Exit::NoSuchJob);
    EXPECT_NE(two.error().message.find(short_id(Jobs[0].id)), std::string::npos);
    EXPECT_NE(two.error().message.find(short_id(Jobs[1].id)), std::string::npos);
    EXPECT_NE(two.error().message.find("anna"), std::string::npos) << "whose they are";
    EXPECT_EQ(two.error().message.find(short_id(Jobs[2].id)), std::string::npos);
    std::vector<Candidate> same{{"aaaa1111000000000000000000000001", "", "x", "queued", "anna"},
                                {"aaaa1111000000000000000000000002", "", "y", "queued", "anna"}};
    EXPECT_NE(pick(same, "aaaa1111").error().message.find(same[0].id), std::string::npos);
    EXPECT_FALSE(pick(Jobs, "aaaa1")) << "the key of one and the beginning of another";
}

TEST(Pick, RejectsUnknownAndShortText) {
    for (const char* text : {"", "bbb", "dddd", "tw", "zzzz", "bbbb00000000000000000000000000000"})
        EXPECT_FALSE(pick(Jobs, text)) << text;
    EXPECT_NE(pick(Jobs, "bbb").error().message.find("4 characters"), std::string::npos);
}

TEST(FullId, IsThirtyTwoHexDigits) {
    EXPECT_EQ(full_id("AAAA1111000000000000000000000000"), Jobs[0].id);
    EXPECT_FALSE(full_id("aaaa"));
    EXPECT_FALSE(full_id("zaaa1111000000000000000000000000"));
}

TEST(UserName, IsTheNameOrElseTheNumber) {
    EXPECT_EQ(user_name(0), "root");
    EXPECT_EQ(user_name(4'000'000'123), "4000000123");
}

TEST(Nearest, FindsWhatWasMeant) {
    const std::vector<std::string> words{"get",     "add",    "list",     "show",
                                         "suspend", "resume", "complete", "cancel"};
    EXPECT_EQ(nearest("lsit", words), "list");
    EXPECT_EQ(nearest("gte", words), "get");
    EXPECT_EQ(nearest("canel", words), "cancel");
    EXPECT_EQ(nearest("sus", words), "suspend");
    EXPECT_EQ(nearest("Resume", words), "resume");
    EXPECT_EQ(nearest("download", words), std::nullopt);
    EXPECT_EQ(nearest("x", words), std::nullopt);
    EXPECT_EQ(nearest("", words), std::nullopt);
}

} // namespace
} // namespace haulier::cli
