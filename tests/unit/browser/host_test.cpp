// SPDX-License-Identifier: LGPL-2.1-or-later
// What becomes of the messages of the extension; the daemon is a fake.
#include "browser/host.hpp"
#include "cli/fake_client.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace haulier::browser {

using cli::Exit;
using cli::JobId;
using cli::Json;
using testing::ElementsAre;

namespace {

class BrowserHost : public testing::Test {
protected:
    Json ask(const Json& message) { return Json::parse(host_.answer(message.dump())); }
    Json download(const std::string& url, const std::string& name = "") {
        return ask({{"type", "download"}, {"url", url}, {"name", name}});
    }
    std::string local_of(const std::string& name) {
        EXPECT_TRUE(download("https://example.org/x", name)["ok"]);
        return daemon_.created->files.front().local;
    }

    cli::FakeDaemon daemon_;
    Host host_{[this]() -> Result<std::unique_ptr<cli::Client>, Failure> {
                   return std::unique_ptr<cli::Client>{std::make_unique<cli::FakeClient>(daemon_)};
               },
               "/home/a/Downloads"};
};

} // namespace

TEST_F(BrowserHost, SaysHello) {
    auto answer = ask({{"type", "hello"}});
    EXPECT_EQ(answer, Json({{"ok", true}, {"version", "1"}, {"folder", "/home/a/Downloads"}}));
}

TEST_F(BrowserHost, CreatesAJobWithWriteOnlyHeadersAndThenStartsIt) {
    auto answer = ask({{"type", "download"},
                       {"url", "https://example.org/film"},
                       {"name", "film.iso"},
                       {"cookie", "a=1; b=2"},
                       {"referrer", "https://example.org/page"},
                       {"userAgent", "Browser/1"}});
    EXPECT_EQ(answer, Json({{"ok", true}, {"id", JobId}, {"path", "/home/a/Downloads/film.iso"}}));
    EXPECT_THAT(
        daemon_.calls,
        ElementsAre(
            "create",
            "headers Cookie: a=1; b=2|Referer: https://example.org/page|User-Agent: Browser/1 write-only",
            "resume " + JobId));
    const auto& job = *daemon_.created;
    EXPECT_FALSE(job.resume);
    EXPECT_TRUE(job.headers.empty());
    EXPECT_TRUE(job.credentials.empty());
    EXPECT_EQ(job.name, "film.iso");
    EXPECT_EQ(job.properties.at("AutoComplete"), cli::Value{true});
    EXPECT_EQ(job.files.front().existing, "rename");
    EXPECT_FALSE(job.files.front().server_name);
}

TEST_F(BrowserHost, LetsTheServerNameWhatHasNoName) {
    EXPECT_TRUE(download("https://example.org/a%20b.iso?x")["ok"]);
    EXPECT_TRUE(daemon_.created->files.front().server_name);
    EXPECT_EQ(daemon_.created->files.front().local, "/home/a/Downloads/a b.iso");
    EXPECT_TRUE(download("https://example.org/")["ok"]);
    EXPECT_EQ(daemon_.created->files.front().local, "/home/a/Downloads/download");
}

TEST_F(BrowserHost, KeepsNamesInTheFolder) {
    EXPECT_EQ(local_of("../../.ssh/authorized_keys"), "/home/a/Downloads/authorized_keys");
    EXPECT_EQ(local_of("/etc/passwd"), "/home/a/Downloads/passwd");
    EXPECT_EQ(local_of("...bashrc"), "/home/a/Downloads/bashrc");
    EXPECT_EQ(local_of(std::string(300, 'x')), "/home/a/Downloads/" + std::string(255, 'x'));
    // Without anything that could be a name, the server gives one.
    EXPECT_EQ(local_of(".."), "/home/a/Downloads/x");
    EXPECT_EQ(local_of("a/"), "/home/a/Downloads/x");
}

TEST_F(BrowserHost, RefusesWhatCouldAddHeadersOrIsNoDownload) {
    EXPECT_EQ(ask({{"type", "download"}, {"url", "https://example.org/x"}, {"cookie", "a=1\r\nHost: other"}}),
              Json({{"ok", false}, {"message", "'cookie' contains control characters"}}));
    for (const char* url :
         {"", "file:///etc/passwd", "javascript:alert(1)", "https://example.org/\n", "data:,x"})
        EXPECT_FALSE(download(url)["ok"]) << url;
    EXPECT_TRUE(daemon_.calls.empty());
}

TEST_F(BrowserHost, RefusesWhatIsNoMessage) {
    for (const char* message :
         {"", "{", "null", "[]", "1", "{}", R"({"type":1})", R"({"type":"exec"})",
          R"({"type":"download","url":["https://example.org"]})", "{\"type\":\"\xff\"}"})
        EXPECT_FALSE(Json::parse(host_.answer(message))["ok"]) << message;
    EXPECT_FALSE(Json::parse(host_.answer(std::string(1U << 20U, '[')))["ok"]);
    auto deep = R"({"type":"hello","x":)" + std::string(500'000, '[') + std::string(500'000, ']') + "}";
    EXPECT_TRUE(Json::parse(host_.answer(deep))["ok"]);
}

TEST_F(BrowserHost, LeavesNoJobBehindThatCannotBeStarted) {
    daemon_.refusals["resume " + JobId] = {Exit::Failed, "no"};
    EXPECT_EQ(download("https://example.org/x"), Json({{"ok", false}, {"message", "no"}}));
    EXPECT_EQ(daemon_.calls.back(), "cancel " + JobId);
}

TEST_F(BrowserHost, CancelsOnlyItsOwnJobs) {
    EXPECT_FALSE(ask({{"type", "undo"}, {"id", JobId}})["ok"]);
    EXPECT_TRUE(daemon_.calls.empty());
    download("https://example.org/x");
    EXPECT_EQ(ask({{"type", "undo"}, {"id", JobId}}), Json({{"ok", true}}));
    EXPECT_EQ(daemon_.calls.back(), "cancel " + JobId);
    EXPECT_FALSE(ask({{"type", "undo"}, {"id", JobId}})["ok"]);
}

TEST_F(BrowserHost, TakesBackTheJobThatTheBrowserDoesNotLearnOf) {
    host_.take_back();
    download("https://example.org/x");
    host_.take_back();
    EXPECT_EQ(daemon_.calls.back(), "cancel " + JobId);
    ask({{"type", "hello"}});
    auto calls = daemon_.calls.size();
    host_.take_back();
    EXPECT_EQ(daemon_.calls.size(), calls);
}

} // namespace haulier::browser
