// SPDX-License-Identifier: LGPL-2.1-or-later
#include "job/validation.hpp"

#include "job/notify_service.hpp"

#include "samples.hpp"

#include <gtest/gtest.h>

namespace haulier::job {

namespace {

using namespace std::string_literals;

Status check(const std::string& remote, const std::string& local) {
    FileSpec s;
    s.remote = remote;
    s.local = local;
    return check_file(s);
}

TEST(CheckFile, WantsHttpAndAnAbsolutePath) {
    EXPECT_TRUE(check("http://example.org/a", "/tmp/a"));
    EXPECT_TRUE(check("HTTPS://example.org/a", "/a"));
    EXPECT_EQ(code_of(check("ftp://example.org/a", "/tmp/a")), Errc::NotSupported);
    EXPECT_EQ(code_of(check("file:///etc/passwd", "/tmp/a")), Errc::NotSupported);
    EXPECT_EQ(code_of(check("example.org/a", "/tmp/a")), Errc::InvalidArgument);
    EXPECT_EQ(code_of(check("http://example.org/a", "tmp/a")), Errc::InvalidArgument);
    EXPECT_EQ(code_of(check("http://example.org/a", "")), Errc::InvalidArgument);
    EXPECT_EQ(code_of(check("http://example.org/a", "/tmp/")), Errc::InvalidArgument);
    EXPECT_EQ(code_of(check("http://example.org/a", "/tmp/..")), Errc::InvalidArgument);
    EXPECT_EQ(code_of(check("http://example.org/a", "/tmp/a\nb")), Errc::InvalidArgument);
}

TEST(CheckFile, HoldsTheLengths) {
    std::string base = "http://example.org/";
    EXPECT_TRUE(check(base + std::string(MaxUrl - base.size(), 'a'), "/tmp/a"));
    EXPECT_EQ(code_of(check(base + std::string(MaxUrl - base.size() + 1, 'a'), "/tmp/a")),
              Errc::StringTooLong);
    EXPECT_TRUE(check(base, "/tmp/" + std::string(255, 'a')));
    EXPECT_EQ(code_of(check(base, "/tmp/" + std::string(256, 'a'))), Errc::StringTooLong);
}

TEST(CheckFile, HoldsTheLengthOfAllSourcesTogether) {
    FileSpec s = spec("a");
    std::string base = "http://example.org/";
    for (int i = 0; i < 4; ++i)
        s.mirrors.edit().push_back(base + std::string(MaxUrl - base.size(), 'a'));
    s.mirrors.edit().push_back(base +
                               std::string(MaxSources - 4 * MaxUrl - base.size() - s.remote.size(), 'a'));
    EXPECT_TRUE(check_file(s));
    s.mirrors.edit().back() += 'a';
    auto refused = check_file(s);
    EXPECT_EQ(code_of(refused), Errc::StringTooLong);
    EXPECT_NE(refused.error().message.find("Mirrors and Peers have 32769 bytes"), std::string::npos)
        << refused.error().message;
}

TEST(CheckFile, RefusesSetUidModes) {
    FileSpec s;
    s.remote = "http://example.org/a";
    s.local = "/tmp/a";
    s.mode = 0755;
    EXPECT_TRUE(check_file(s));
    s.mode = 04755;
    EXPECT_EQ(code_of(check_file(s)), Errc::InvalidArgument);
}

TEST(CheckFiles, NamesTheFirstBadOne) {
    std::vector<FileSpec> specs(600);
    for (auto& s : specs)
        s = spec("a");
    specs[499].local = "relative";
    auto status = check_files(specs);
    ASSERT_FALSE(status);
    EXPECT_NE(status.error().message.find("file 500 of 600"), std::string::npos) << status.error().message;
}

TEST(ParseChecksum, KnowsFourAlgorithmsAndTheirLengths) {
    std::string hex64(64, 'A');
    auto parsed = parse_checksum("sha256:" + hex64);
    ASSERT_TRUE(parsed);
    EXPECT_EQ(to_text(*parsed), "sha256:" + std::string(64, 'a'));
    EXPECT_TRUE(parse_checksum("sha512:" + std::string(128, '0')));
    EXPECT_TRUE(parse_checksum("sha1:" + std::string(40, '0')));
    EXPECT_TRUE(parse_checksum("md5:" + std::string(32, '0')));
    EXPECT_EQ(parse_checksum("sha256:abc").error().code, Errc::InvalidArgument);
    EXPECT_EQ(parse_checksum("sha256:" + std::string(64, 'g')).error().code, Errc::InvalidArgument);
    EXPECT_EQ(parse_checksum("crc32:00000000").error().code, Errc::NotSupported);
}

TEST(NotifyFlagWords, LeadThereAndBack) {
    auto flags = parse<NotifyFlags>({"file-transferred", "error"});
    ASSERT_TRUE(flags);
    EXPECT_EQ(to_strings(*flags), (std::vector<std::string>{"error", "file-transferred"}));
    EXPECT_EQ(to_strings(NotifyFlags{}), (std::vector<std::string>{"transferred", "error"}));
    EXPECT_EQ(parse<NotifyFlags>({"often"}).error().code, Errc::NotSupported);
}

TEST(TypeWords, LeadThereAndBack) {
    for (const char* word : {"download", "upload", "upload-reply"})
        EXPECT_EQ(to_string(*parse<Type>(word)), word);
    EXPECT_EQ(code_of(parse<Type>("sideload")), Errc::NotSupported);
}

TEST(CheckFile, WantsTheSizeOfItsRanges) {
    auto s = spec("a");
    s.ranges = {{100, 5}, {0, 5}};
    s.size = 10;
    EXPECT_TRUE(check_file(s));
    s.size = 11;
    EXPECT_EQ(code_of(check_file(s)), Errc::InvalidArgument);
    s.ranges.edit().push_back({200, ToEnd});
    EXPECT_TRUE(check_file(s));
}

TEST(CheckFile, WantsAHost) {
    for (const char* bad :
         {"http://", "http:///x", "https://user@/x", "://example.org", "http://example.org/a\nb"})
        EXPECT_EQ(code_of(check(bad, "/tmp/a")), Errc::InvalidArgument) << bad;
}

TEST(CheckFile, HoldsMirrorsToTheSameRules) {
    auto s = spec("a");
    s.mirrors = {"http://mirror.example/a", "ftp://mirror.example/a"};
    EXPECT_EQ(code_of(check_file(s)), Errc::NotSupported);
}

TEST(NotifyService, WantsAWellKnownName) {
    EXPECT_TRUE(parse_notify_service("org.example.App", "/org/example/App"));
    EXPECT_TRUE(parse_notify_service("", "/"));
    for (const char* bad : {":1.42", "App", "org..App", "org.1App", ".org.App", "org.App.", "org.exa mple"})
        EXPECT_EQ(parse_notify_service(bad, "/x").error().code, Errc::InvalidArgument) << bad;
}

TEST(NotifyService, IsNeitherTheBusNorHaulier) {
    for (const char* bad : {"org.freedesktop.DBus", "org.haulier.Haulier1", "session:org.haulier.Haulier1"})
        EXPECT_EQ(parse_notify_service(bad, "/x").error().code, Errc::InvalidArgument) << bad;
}

TEST(NotifyService, HasAPathOfModestLength) {
    EXPECT_TRUE(parse_notify_service("org.example.App", "/" + std::string(MaxObjectPath - 1, 'x')));
    EXPECT_EQ(parse_notify_service("org.example.App", "/" + std::string(MaxObjectPath, 'x')).error().code,
              Errc::StringTooLong);
}

TEST(NotifyService, MayBeOnTheSessionBus) {
    auto service = parse_notify_service("session:org.example.App", "/x");
    ASSERT_TRUE(service);
    EXPECT_EQ(*service, (NotifyService{"org.example.App", "/x", ServiceBus::Session}));
    EXPECT_EQ(to_string(*service), "session:org.example.App");
    service = parse_notify_service("org.example.session", "/x");
    ASSERT_TRUE(service);
    EXPECT_EQ(service->bus, ServiceBus::Own);
    EXPECT_EQ(to_string(*service), "org.example.session");
    EXPECT_EQ(to_string(NotifyService{}), "");
    EXPECT_TRUE(parse_notify_service("session:a." + std::string(253, 'b'), "/x"));
    for (const auto& bad : {"session:"s, "session:App"s, "session::1.42"s, "session:session:org.example.App"s,
                            "Session:org.example.App"s, "system:org.example.App"s,
                            " session:org.example.App"s, "session:a." + std::string(254, 'b')})
        EXPECT_EQ(parse_notify_service(bad, "/x").error().code, Errc::InvalidArgument) << bad;
}

TEST(Ids, AreThirtyTwoLowerCaseHexDigits) {
    EXPECT_TRUE(parse_id("0123456789abcdef0123456789abcdef"));
    EXPECT_FALSE(parse_id("0123456789ABCDEF0123456789abcdef"));
    EXPECT_FALSE(parse_id("0123456789abcdef"));
    EXPECT_FALSE(parse_id("0123456789abcdef0123456789abcde/"));
}

TEST(Paths, AreCutAtTheLastSlash) {
    EXPECT_EQ(directory_of("/a/b/c"), "/a/b");
    EXPECT_EQ(directory_of("/c"), "/");
    EXPECT_EQ(name_of("/a/b/c"), "c");
    EXPECT_EQ(temporary_name(Id{"ab"}, 7), ".haulier-ab-7.part");
}

TEST(AppIds, AreNamesOfDesktopFiles) {
    for (const char* id : {"", "org.example.App", "firefox", "gimp-2.10", "a_b"})
        EXPECT_TRUE(check_app_id(id)) << id;
    for (const char* id : {".hidden", "a/b", "a b", "\u00e4", "a\n"})
        EXPECT_FALSE(check_app_id(id)) << id;
    EXPECT_FALSE(check_app_id(std::string(256, 'x')));
}

TEST(Targets, AreTheFileOrTheDirectoryOfAll) {
    auto target = [](const std::vector<std::string>& locals) {
        std::vector<File> files;
        for (const auto& local : locals)
            files.emplace_back().spec.local = local;
        return target_of(files);
    };
    EXPECT_EQ(target({}), "");
    EXPECT_EQ(target({"/srv/a"}), "/srv/a");
    EXPECT_EQ(target({"/srv/a", "/srv/b"}), "/srv");
    EXPECT_EQ(target({"/srv/x/a", "/srv/xy/b"}), "/srv");
    EXPECT_EQ(target({"/srv/x/y/a", "/srv/x/b", "/srv/x/y/c"}), "/srv/x");
    EXPECT_EQ(target({"/srv/a", "/home/b"}), "");
}

} // namespace

} // namespace haulier::job
