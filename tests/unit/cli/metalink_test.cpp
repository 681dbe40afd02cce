// SPDX-License-Identifier: LGPL-2.1-or-later
#include "cli/metalink.hpp"

#include <fmt/core.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace haulier::cli {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

constexpr const char* UrlElement = "<url>https://example.org/x</url>";

std::string metalink_with(const std::string& files) {
    return "<?xml version='1.0' encoding='UTF-8'?>\n<metalink xmlns='urn:ietf:params:xml:ns:metalink'>" +
           files + "</metalink>";
}

std::string file_element(const std::string& details, const std::string& name = "x") {
    return fmt::format("<file name='{}'>{}</file>", name, details);
}

std::vector<MetalinkFile> files_listed(const std::string& files) {
    auto parsed = parse_metalink(metalink_with(files), "m");
    EXPECT_TRUE(parsed) << (parsed ? "" : parsed.error().message);
    return parsed ? *parsed : std::vector<MetalinkFile>{};
}

std::string metalink_refusal(const std::string& text) {
    auto parsed = parse_metalink(text, "m");
    EXPECT_FALSE(parsed);
    if (parsed) return "";
    EXPECT_EQ(parsed.error().code, Exit::Usage);
    EXPECT_THAT(parsed.error().message, HasSubstr("'m' cannot be used: "));
    return parsed.error().message;
}

TEST(Metalink, ListsFilesWithTheirMirrorsByPriority) {
    auto files = files_listed(
        file_element("<size> 14471447 </size><url priority='2'>http://b.example/x</url>"
                     "<url>http://d.example/x</url><url location='de' priority='1'> https://a.example/x\n"
                     "</url><url priority='2'>http://c.example/x</url>"
                     "<url priority='1'>ftp://a.example/x</url>"
                     "<metaurl mediatype='torrent'>http://e.example/x.torrent</metaurl>",
                     "a.iso") +
        file_element(UrlElement, "b.iso"));
    ASSERT_EQ(files.size(), 2U);
    EXPECT_EQ(files[0].name, "a.iso");
    EXPECT_EQ(files[0].size, 14471447U);
    EXPECT_THAT(files[0].urls, ElementsAre("https://a.example/x", "http://b.example/x", "http://c.example/x",
                                           "http://d.example/x"));
    EXPECT_EQ(files[1].size, std::nullopt);
    EXPECT_EQ(files[1].checksum, "");
}

TEST(Metalink, TakesTheStrongestChecksumOfTheFile) {
    auto hash = [](const char* type, size_t digits, char digit) {
        return fmt::format("<hash type='{}'>{}</hash>", type, std::string(digits, digit));
    };
    auto pieces = "<pieces length='9' type='sha-512'><hash>" + std::string(128, '0') + "</hash></pieces>";
    auto two = hash("sha-256", 64, 'A') + hash("md5", 32, 'b') + hash("sha3-512", 128, 'c');
    EXPECT_EQ(files_listed(file_element(two + pieces + UrlElement))[0].checksum,
              "sha256:" + std::string(64, 'a'));
    EXPECT_EQ(files_listed(file_element(two + hash("sha-512", 128, 'd') + UrlElement))[0].checksum,
              "sha512:" + std::string(128, 'd'));
    EXPECT_THAT(metalink_refusal(metalink_with(file_element(hash("sha-384", 96, 'e') + UrlElement))),
                HasSubstr("of no kind that is"));
    EXPECT_THAT(metalink_refusal(metalink_with(file_element(hash("sha-256", 63, 'e') + UrlElement))),
                HasSubstr("the sha-256 checksum of 'x' is not valid"));
}

TEST(Metalink, MakesNamesSafe) {
    for (const auto& [name, safe] :
         {std::pair{"dir/sub/a.iso", "a.iso"}, std::pair{"../../etc/passwd", "passwd"},
          std::pair{"/etc/passwd", "passwd"}, std::pair{"..hidden", "hidden"},
          std::pair{"&#233;t&#xe9;", "été"}, std::pair{"a&#9;b", "a_b"}})
        EXPECT_EQ(files_listed(file_element(UrlElement, name))[0].name, safe) << name;
    for (const char* name : {"", "..", "a/"})
        EXPECT_THAT(metalink_refusal(metalink_with(file_element(UrlElement, name))),
                    HasSubstr("is not a name of a file"))
            << name;
}

TEST(Metalink, KnowsElementsByTheirNamespace) {
    auto prefixed =
        parse_metalink("<m:metalink xmlns:m='urn:ietf:params:xml:ns:metalink' xmlns:o='urn:other'>"
                       "<o:file name='no'/><m:file name='x'><o:url>http://no.example/</o:url>"
                       "<m:url>http://example.org/x</m:url></m:file></m:metalink>",
                       "m");
    ASSERT_TRUE(prefixed);
    ASSERT_EQ(prefixed->size(), 1U);
    EXPECT_THAT(prefixed->front().urls, ElementsAre("http://example.org/x"));
    EXPECT_THAT(metalink_refusal("<metalink xmlns='http://www.metalinker.org/' version='3.0'/>"),
                HasSubstr("version 3"));
}

TEST(Metalink, RefusesWhatItCannotUse) {
    EXPECT_THAT(metalink_refusal("<html/>"), HasSubstr("it is not a Metalink file"));
    EXPECT_THAT(metalink_refusal(""), HasSubstr("line 1: no element found"));
    EXPECT_THAT(metalink_refusal(metalink_with("\n<file name='x'>")), HasSubstr("line 3: mismatched tag"));
    EXPECT_THAT(metalink_refusal(metalink_with("")), HasSubstr("it lists no files"));
    EXPECT_THAT(metalink_refusal(metalink_with(file_element(""))), HasSubstr("'x' has no http or https URL"));
    EXPECT_THAT(metalink_refusal(metalink_with(file_element("<url>ftp://example.org/x</url>"))),
                HasSubstr("no http or https URL"));
    EXPECT_THAT(metalink_refusal(metalink_with(file_element("<size>-1</size>") + UrlElement)),
                HasSubstr("the size of 'x' is not a number"));
    EXPECT_THAT(metalink_refusal(std::string((8U << 20U) + 1, ' ')), HasSubstr("larger than 8 MiB"));
    std::string nested;
    for (int i = 0; i < 40; ++i)
        nested += "<a>";
    EXPECT_THAT(metalink_refusal(metalink_with(nested)), HasSubstr("nested too deeply"));
}

// Entities could expand to gigabytes, or name local files.
TEST(Metalink, ExpandsNoEntities) {
    for (const char* subset : {"<!ENTITY a 'x'><!ENTITY b '&a;&a;&a;'>", "<!ENTITY a SYSTEM '/etc/passwd'>"})
        EXPECT_THAT(metalink_refusal(fmt::format("<!DOCTYPE metalink [{}]>", subset) +
                                     metalink_with(file_element(UrlElement))),
                    HasSubstr("document type definition"));
}

} // namespace
} // namespace haulier::cli
