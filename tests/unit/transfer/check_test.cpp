// SPDX-License-Identifier: LGPL-2.1-or-later
#include "transfer/check.hpp"

#include "support/temp_dir.hpp"
#include "transfer/url.hpp"

#include <filesystem>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/stat.h>
#include <unistd.h>

namespace haulier::transfer {
namespace {

using testing::HasSubstr;
using testing::Not;

wire::Reply::Fault fault_of_url(const std::string& text) {
    auto url = parse_url(text);
    if (url) return wire::Reply::NONE;
    EXPECT_FALSE(url.error().message.empty());
    EXPECT_THAT(url.error().message, Not(HasSubstr("secret"))) << "a URL is not repeated";
    return url.error().unsupported ? wire::Reply::NOT_SUPPORTED : wire::Reply::INVALID_ARGUMENT;
}

TEST(Url, Table) {
    struct Row {
        std::string url;
        wire::Reply::Fault fault;
    };
    const auto none = wire::Reply::NONE;
    const auto invalid = wire::Reply::INVALID_ARGUMENT;
    const auto unsupported = wire::Reply::NOT_SUPPORTED;
    const std::vector<Row> rows = {
        {"http://example.org/file", none},
        {"HTTPS://example.org", none},
        {"https://example.org:8443/a%20b?token=secret#part", none},
        {"http://[::1]:80/file", none},
        {"http://example.org/" + std::string(7000, 'x'), none},
        {"http://example.org/" + std::string(8000, 'x'), invalid},
        {"ftp://example.org/secret", unsupported},
        {"file:///etc/secret", unsupported},
        {"httpx://example.org/secret", unsupported},
        {"", invalid},
        {"secret", invalid},
        {"/secret", invalid},
        {"http://", invalid},
        {"http:///secret", invalid},
        {"http://exa mple.org/secret", invalid},
        {"http://example.org/sec ret", invalid},
        {"http://example.org:99999/secret", invalid},
        {"http://example.org/\nsecret", invalid},
        {std::string{"http://example.org/\0secret", 26}, invalid},
        {"http://user:secret@example.org/", invalid},
        {"http://secret@example.org/", invalid},
    };
    for (const auto& row : rows)
        EXPECT_EQ(fault_of_url(row.url), row.fault) << row.url;
}

TEST(Url, OtherScripts) {
    auto url = *parse_url("http://Bücher.example.org/größe?q=ä");
    EXPECT_EQ(url.host, "bücher.example.org");
    EXPECT_THAT(url.text, testing::EndsWith("/gr%c3%b6%c3%9fe?q=%c3%a4"));
    EXPECT_EQ(parse_url("http://example.org/a%20b%C3%A4")->text, "http://example.org/a%20b%C3%A4");
    EXPECT_EQ(parse_url("http://[::1]:8080/x")->origin(), "http://[::1]:8080");
    auto spaced = parse_url("http://example.org/a b");
    EXPECT_THAT(spaced.error().message, HasSubstr("%20"));
}

TEST(Url, WhereARedirectLeads) {
    auto base = *parse_url("https://example.org/a/b?c");
    auto target = [&](const std::string& location) { return resolve(base, location)->text; };
    EXPECT_EQ(target("/d"), "https://example.org/d");
    EXPECT_EQ(target("d"), "https://example.org/a/d");
    EXPECT_EQ(target("//other.org/d"), "https://other.org/d");
    EXPECT_EQ(target("http://other.org"), "http://other.org/");
    EXPECT_EQ(target("/d e"), "https://example.org/d%20e");
    auto fault = [&](const std::string& location) { return resolve(base, location).error(); };
    EXPECT_TRUE(fault("ftp://other.org/").unsupported);
    EXPECT_TRUE(fault("https://user@other.org/").has_user);
    EXPECT_FALSE(fault("https://").unsupported);
}

TEST(Url, NamesItsServer) {
    auto url = *parse_url("https://Example.org/a?b");
    EXPECT_EQ(url.origin(), parse_url("https://example.org:443/c")->origin());
    EXPECT_NE(url.origin(), parse_url("http://example.org:443/c")->origin());
    EXPECT_EQ(url.host, "example.org");
}

class CheckTest : public testing::Test {
protected:
    wire::Reply ask(const std::string& remote, const std::string& where, const std::string& name) {
        wire::Check request;
        add(request, "http://example.org/good", directory.path(), "good");
        add(request, remote, where, name);
        auto answer = check(request);
        if (answer.fault() != wire::Reply::NONE) {
            EXPECT_EQ(answer.item(), 1u);
            EXPECT_FALSE(answer.message().empty());
        }
        return answer;
    }
    static void add(wire::Check& request, const std::string& url, const std::string& where,
                    const std::string& name) {
        auto* item = request.add_items();
        item->set_url(url);
        item->set_directory(where);
        item->set_name(name);
    }
    const std::string url = "http://example.org/file";
    test::TempDir directory;
};

TEST_F(CheckTest, AGoodListIsFine) {
    EXPECT_EQ(ask(url, directory.path(), "file").fault(), wire::Reply::NONE);
    EXPECT_EQ(ask(url, directory.path() + "/", "file").fault(), wire::Reply::NONE);
    directory.write("there", "x");
    EXPECT_EQ(ask(url, directory.path(), "there").fault(), wire::Reply::NONE) << "it will be replaced";
}

TEST_F(CheckTest, BadUrls) {
    EXPECT_EQ(ask("ftp://example.org/", directory.path(), "f").fault(), wire::Reply::NOT_SUPPORTED);
    EXPECT_EQ(ask("nonsense", directory.path(), "f").fault(), wire::Reply::INVALID_ARGUMENT);
}

TEST_F(CheckTest, BadNames) {
    for (const std::string& name : {std::string{}, std::string{"."}, std::string{".."}, std::string{"a/b"},
                                    std::string{"a\0b", 3}, std::string(256, 'x')})
        EXPECT_EQ(ask(url, directory.path(), name).fault(), wire::Reply::INVALID_ARGUMENT) << name;
    EXPECT_EQ(ask(url, directory.path(), std::string(255, 'x')).fault(), wire::Reply::NONE);
}

TEST_F(CheckTest, BadDirectories) {
    EXPECT_EQ(ask(url, "relative", "f").fault(), wire::Reply::INVALID_ARGUMENT);
    auto missing = ask(url, directory.at("missing"), "f");
    EXPECT_EQ(missing.fault(), wire::Reply::LOCAL_FILE);
    EXPECT_THAT(missing.message(), HasSubstr(directory.at("missing")));
    directory.write("file", "");
    EXPECT_EQ(ask(url, directory.at("file"), "f").fault(), wire::Reply::LOCAL_FILE);
}

TEST_F(CheckTest, WhatIsNoFileIsNoTarget) {
    std::filesystem::create_directory(directory.at("sub"));
    EXPECT_EQ(ask(url, directory.path(), "sub").fault(), wire::Reply::LOCAL_FILE);
    ASSERT_EQ(mkfifo(directory.at("pipe").c_str(), 0600), 0);
    auto pipe = ask(url, directory.path(), "pipe");
    EXPECT_EQ(pipe.fault(), wire::Reply::LOCAL_FILE);
    EXPECT_THAT(pipe.message(), HasSubstr("is a pipe, a file cannot replace it"));
    EXPECT_THAT(ask(url, "/dev", "null").message(),
                geteuid() == 0 ? HasSubstr("is a device") : HasSubstr("/dev"));
    std::filesystem::create_symlink("/dev/null", directory.at("link"));
    EXPECT_EQ(ask(url, directory.path(), "link").fault(), wire::Reply::NONE) << "the link will be replaced";
}

TEST_F(CheckTest, WhatIsEmptyIsNotAsked) {
    EXPECT_EQ(ask("", directory.path(), "f").fault(), wire::Reply::NONE);
    EXPECT_EQ(ask(url, "", "").fault(), wire::Reply::NONE);
    EXPECT_EQ(ask("", directory.at("missing"), "f").fault(), wire::Reply::LOCAL_FILE);
}

TEST_F(CheckTest, Mirrors) {
    wire::Check request;
    add(request, url, directory.path(), "f");
    request.mutable_items(0)->add_mirrors("https://mirror.example/f");
    EXPECT_EQ(check(request).fault(), wire::Reply::NONE);
    request.mutable_items(0)->add_mirrors("ftp://mirror.example/f");
    EXPECT_EQ(check(request).fault(), wire::Reply::NOT_SUPPORTED);
}

TEST_F(CheckTest, SourcesOfUploadsMustBeReadableFiles) {
    directory.write("source", "text");
    ASSERT_EQ(symlink("source", directory.at("link").c_str()), 0);
    ASSERT_EQ(mkfifo(directory.at("pipe").c_str(), 0600), 0);
    std::filesystem::create_directory(directory.at("folder"));
    chmod(directory.path().c_str(), 0555);
    auto faults = [this](const std::string& folder, const std::string& name) {
        wire::Check request;
        add(request, url, folder, name);
        request.mutable_items(0)->set_upload(true);
        return check(request).fault();
    };
    EXPECT_EQ(faults(directory.path(), "source"), wire::Reply::NONE) << "though nothing can be created there";
    for (const char* name : {"missing", "link", "pipe", "folder"})
        EXPECT_EQ(faults(directory.path(), name), wire::Reply::LOCAL_FILE) << name;
    EXPECT_EQ(faults("relative", "source"), wire::Reply::INVALID_ARGUMENT);
    EXPECT_EQ(faults(directory.path(), ""), wire::Reply::INVALID_ARGUMENT);
    chmod(directory.path().c_str(), 0755);
}

/// Root may write everywhere, so the check is made as another user then.
TEST_F(CheckTest, UnwritableOrUnsearchableDirectories) {
    chmod(directory.path().c_str(), 0755);
    const uid_t me = geteuid();
    const uid_t nobody = 65534;
    const std::string sub = directory.at("sub");
    std::filesystem::create_directory(sub);
    ASSERT_EQ(chown(sub.c_str(), me == 0 ? nobody : me, static_cast<gid_t>(-1)), 0);
    for (mode_t mode : {0555, 0222, 0000}) {
        ASSERT_EQ(chmod(sub.c_str(), mode), 0);
        ASSERT_EQ(seteuid(me == 0 ? nobody : me), 0);
        wire::Check request;
        add(request, url, sub, "f");
        auto answer = check(request);
        ASSERT_EQ(seteuid(me), 0);
        EXPECT_EQ(answer.fault(), wire::Reply::LOCAL_FILE) << std::oct << mode;
        EXPECT_THAT(answer.message(), HasSubstr("Permission denied"));
    }
    chmod(sub.c_str(), 0700);
}

} // namespace
} // namespace haulier::transfer
