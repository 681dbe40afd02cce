// SPDX-License-Identifier: LGPL-2.1-or-later
// What the command line of get means: URLs, names, lists, and how long is waited.
#include "cli/command_line.hpp"

#include "fake_client.hpp"

#include <cstdlib>
#include <fstream>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/stat.h>
#include <unistd.h>

namespace haulier::cli {
namespace {

using testing::HasSubstr;
using Words = std::vector<std::string>;

const std::string U1 = "https://example.org/a";
const std::string U2 = "HTTP://example.org/b";
const std::string U3 = "https://example.net/c";

class Get : public testing::Test {
protected:
    Get() {
        daemon.own_jobs[JobId] = job_json("acknowledged", "ended");
        common = common_for(daemon);
        common.on_terminal = false;
        setenv("NETRC", "/nowhere", 1);
    }
    ~Get() override { unsetenv("NETRC"); }
    Exit run(Words words) {
        words.insert(words.begin(), "get");
        daemon.created.reset();
        testing::internal::CaptureStdout();
        testing::internal::CaptureStderr();
        auto code = run_command_line(words, common);
        out = testing::internal::GetCapturedStdout();
        err = testing::internal::GetCapturedStderr();
        return static_cast<Exit>(code);
    }
    const NewJob& job(const Words& words) {
        EXPECT_EQ(run(words), Exit::Ok) << err;
        return *daemon.created;
    }
    std::string refusal(const Words& words) {
        EXPECT_EQ(run(words), Exit::Usage);
        EXPECT_FALSE(daemon.created);
        return err;
    }
    static std::string written(const std::string& text) {
        auto path = testing::TempDir() + "list";
        std::ofstream{path} << text;
        return path;
    }

    FakeDaemon daemon;
    Common common;
    std::string out;
    std::string err;
};

TEST_F(Get, TakesTheSecondWordForAFileUnlessItIsAUrl) {
    EXPECT_EQ(job({U1, "/x/y"}).files.front().local, "/x/y");
    EXPECT_EQ(out, "/x/y\n");
    EXPECT_EQ(job({U1, U2, "-d", "/x"}).files.size(), 2U);
    EXPECT_EQ(out, "/x/a\n/x/b\n");
    EXPECT_EQ(daemon.created->name, "a and 1 more");
    EXPECT_EQ(job({U1, U2, U3, "-d", "/x/"}).files[2].local, "/x/c");
    EXPECT_EQ(job({U1, U2, "-d", "/x", "--name", "both"}).name, "both");
    EXPECT_EQ(job({U1, U2, "-d", "/x", "--set", "displayname=two"}).name, "two");
    EXPECT_THAT(refusal({U1, U2, "c"}), HasSubstr("'c' is not a URL such as https://host/path"));
    EXPECT_THAT(refusal({"a", U2}), HasSubstr("'a' is not a URL"));
    EXPECT_THAT(refusal({U1, "ftp://x"}), HasSubstr("write './ftp://x'"));
    EXPECT_THAT(refusal({"ftp://x/y"}), HasSubstr("only http and https are"));
    EXPECT_THAT(refusal({"example.org/x"}), HasSubstr("did you mean 'https://example.org/x'?"));
    EXPECT_THAT(refusal({"film.iso"}), testing::Not(HasSubstr("did you mean")));
    EXPECT_THAT(refusal({}), HasSubstr("a URL is missing"));
}

TEST_F(Get, NamesFilesByOptions) {
    EXPECT_EQ(job({U1, "-o", "/x/y"}).files.front().local, "/x/y");
    EXPECT_EQ(job({U1, "-o", "y", "-d", "/x"}).files.front().local, "/x/y");
    EXPECT_THAT(refusal({U1, U2, "-o", "/x/y"}), HasSubstr("--directory"));
    EXPECT_THAT(refusal({U1, "-o", "/tmp"}), HasSubstr("'/tmp' is a directory"));
    EXPECT_THAT(refusal({U1, "/x/y", "-o", "/x/z"}), HasSubstr("names the file already"));
    EXPECT_THAT(refusal({U1, U2, "--range", "0:5"}), HasSubstr("for one URL"));
    EXPECT_THAT(refusal({U1, "--range", "0-99"}), HasSubstr("write '0:100'"));
    EXPECT_THAT(refusal({U1, U1 + "?2", "-d", "/x"}), HasSubstr("would both become '/x/a'"));
}

TEST_F(Get, ReadsListsOfUrlsAndChecksums) {
    auto list = written("# two\n\n  " + U1 + " \r\n" + U2 + "\n");
    EXPECT_EQ(job({"-i", list, "-d", "/x"}).files.size(), 2U);
    EXPECT_EQ(job({U3, "-i", list, "-d", "/x"}).files.front().local, "/x/c");
    EXPECT_THAT(refusal({U3, "/x/y", "-i", list}), HasSubstr("is not a URL"));
    EXPECT_THAT(refusal({"-i", written(U1 + "\nfilm.iso\n")}), HasSubstr("line 2 of"));
    EXPECT_THAT(refusal({"-i", written("#\n")}), HasSubstr("contains no URLs"));
    EXPECT_EQ(run({"-i", "/nowhere"}), Exit::Failed);
    EXPECT_THAT(err, HasSubstr("cannot read '/nowhere': No such file"));
    EXPECT_THAT(refusal({U1, "--sums", U2}), HasSubstr("is a URL; download that file first"));
    std::string sum(64, 'a');
    auto sums = written(sum + "  a\n" + sum + " *b\n");
    EXPECT_EQ(job({U1, U2, "-d", "/x", "--sums", sums}).files[1].checksum, "sha256:" + sum);
    EXPECT_THAT(refusal({U1, U3, "-d", "/x", "--sums", sums}), HasSubstr("has no checksum of 'c'"));
    EXPECT_THAT(refusal({U1, "--sums", written("film\n")}), HasSubstr("contains no checksums"));
    EXPECT_EQ(run({U1, "--sums", sums, "--sha256", sum}), Exit::Usage);
}

TEST_F(Get, IsInTheForegroundIfAPersonWaits) {
    EXPECT_EQ(job({U1, "/x"}).properties.count("Priority"), 0U);
    common.on_terminal = true;
    EXPECT_EQ(job({U1, "/x"}).properties.at("Priority"), Value{std::string{"foreground"}});
    EXPECT_EQ(job({U1, "/x", "--priority", "low"}).properties.at("Priority"), Value{std::string{"low"}});
    EXPECT_EQ(job({U1, "/x", "--no-wait"}).properties.count("Priority"), 0U);
}

TEST_F(Get, GivesUpInScripts) {
    EXPECT_EQ(job({U1, "/x"}).properties.at("NoProgressTimeout"), Value{900U});
    EXPECT_EQ(job({U1, "/x", "--set", "NoProgressTimeout=5"}).properties.at("NoProgressTimeout"), Value{5U});
    EXPECT_EQ(job({U1, "/x", "--retry-for", "infinity"}).properties.at("NoProgressTimeout"), Value{1209600U});
    EXPECT_EQ(job({U1, "/x", "--no-wait"}).properties.count("NoProgressTimeout"), 0U);
    EXPECT_EQ(job({U1, "/x", "--no-wait", "--no-retry"}).properties.at("NoProgressTimeout"), Value{0U});
    common.on_terminal = true;
    EXPECT_EQ(job({U1, "/x"}).properties.count("NoProgressTimeout"), 0U);
    EXPECT_EQ(job({U1, "/x", "--retry-for", "1h"}).properties.at("NoProgressTimeout"), Value{3600U});
    EXPECT_EQ(daemon.created->properties.count("MinimumRetryDelay"), 0U);
    EXPECT_EQ(job({U1, "/x", "--retry-for", "2min"}).properties.at("MinimumRetryDelay"), Value{12U})
        << "there is time for a retry";
    EXPECT_THAT(refusal({U1, "/x", "--retry-for", "long"}), HasSubstr("'infinity' is the longest time"));
    EXPECT_EQ(run({U1, "/x", "--retry-for", "1h", "--no-retry"}), Exit::Usage);
}

TEST_F(Get, FindsItsJobAgain) {
    auto key = job({U1, "/x"}).key;
    EXPECT_TRUE(key.starts_with("get:")) << key;
    EXPECT_EQ(job({"https://joe:secret@example.org/a", "/x", "--limit-rate", "1M"}).key, key);
    for (const auto& other : {Words{U1, "/y"}, Words{U3, "/x"}, Words{U1, "/x", "--range", "0:5"},
                              Words{U1, "/x", "--sha256", "00"}})
        EXPECT_NE(job(other).key, key);
    EXPECT_EQ(job({U1, "/x", "--key", "mine"}).key, "mine");
    EXPECT_EQ(job({U1, "/x", "--no-wait"}).key, "");
}

TEST_F(Get, AdaptsTheUnfinishedJobToTheCommand) {
    daemon.existed = true;
    daemon.own_jobs[JobId] = job_json("suspended");
    daemon.own_jobs[JobId]["BandwidthLimit"] = 1'000'000;
    Json file = Json::object();
    file["RemoteName"] = U1;
    file["LocalName"] = "/x";
    daemon.file_list = {file};
    daemon.on_bus([this] { daemon.removed("complete"); });
    EXPECT_EQ(run({U1, "/x", "--limit-rate", "1M", "--priority", "low", "-H", "A: b"}), Exit::Ok) << err;
    EXPECT_EQ(daemon.count("set " + JobId + " Priority"), 1U);
    EXPECT_EQ(daemon.count("set " + JobId + " BandwidthLimit"), 0U) << "it has this value";
    EXPECT_EQ(daemon.count("headers A: b"), 1U);
    EXPECT_EQ(daemon.count("resume " + JobId), 1U);
    EXPECT_THAT(err, HasSubstr("continuing job aaaa1111"));
}

TEST_F(Get, WaitsForAJobThatEndsMeanwhile) {
    daemon.existed = true;
    daemon.own_jobs[JobId] = job_json("acknowledged", "ended");
    daemon.refusals["set " + JobId + " NoProgressTimeout"] = {Exit::Failed, "the job has ended"};
    Json file = Json::object();
    file["RemoteName"] = U1;
    file["LocalName"] = "/x";
    daemon.file_list = {file};
    EXPECT_EQ(run({U1, "/x"}), Exit::Ok) << err;
    daemon.own_jobs[JobId] = job_json("transferring");
    EXPECT_EQ(run({U1, "/x"}), Exit::Failed);
}

TEST_F(Get, TakesALoginFromADescriptorOrNetrc) {
    std::array<int, 2> ends{};
    ASSERT_EQ(pipe(ends.data()), 0);
    ASSERT_EQ(write(ends[1], "secret\n", 7), 7);
    close(ends[1]);
    const auto& made = job({U1, "/x", "--login", "joe", "--password-fd", std::to_string(ends[0])});
    close(ends[0]);
    ASSERT_EQ(made.credentials.size(), 2U) << "basic and digest";
    EXPECT_EQ(made.credentials[0].user, "joe");
    EXPECT_EQ(made.credentials[1].password, "secret");

    auto netrc = written("machine example.org login joe@x password p:w\n");
    setenv("NETRC", netrc.c_str(), 1);
    ASSERT_EQ(chmod(netrc.c_str(), 0600), 0);
    EXPECT_EQ(job({U1, "/x"}).files.front().remote, "https://joe%40x:p%3Aw@example.org/a");
    EXPECT_EQ(job({U3, "/x"}).files.front().remote, U3);
    EXPECT_EQ(job({"https://ann@example.org/a", "/x"}).files.front().remote, "https://ann@example.org/a");
    EXPECT_EQ(job({U1, "/x", "--no-netrc"}).files.front().remote, U1);
    ASSERT_EQ(chmod(netrc.c_str(), 0644), 0);
    EXPECT_EQ(run({U3, "/x"}), Exit::Ok) << "it is not needed";
    EXPECT_EQ(run({U1, "/x"}), Exit::Failed);
    EXPECT_THAT(err, HasSubstr("other users can read the password"));
}

TEST_F(Get, TakesCertificateAuthorities) {
    auto file = written("a certificate");
    EXPECT_EQ(job({U1, "/x", "--cacert", file}).properties.at("CertificateAuthority"), Value{file});
    EXPECT_EQ(run({U1, "/x", "--cacert", "/nowhere"}), Exit::Failed);
    EXPECT_THAT(err, HasSubstr("cannot read '/nowhere': No such file"));
    EXPECT_EQ(run({U1, "/x", "--cacert", "/"}), Exit::Failed);
    EXPECT_THAT(err, HasSubstr("it is not a regular file"));
}

TEST_F(Get, TakesAProxyAndALimit) {
    const auto& made = job({U1, "/x", "-x", "joe:pw@proxy.example:3128", "--limit-rate", "500k"});
    EXPECT_EQ(made.properties.at("ProxyList"), Value{std::string{"http://proxy.example:3128"}});
    EXPECT_EQ(made.properties.at("ProxyMode"), Value{std::string{"override"}});
    EXPECT_EQ(made.properties.at("BandwidthLimit"), Value{uint64_t{500'000}});
    ASSERT_EQ(made.credentials.size(), 1U);
    EXPECT_EQ(made.credentials[0].target, "proxy");
    EXPECT_THAT(refusal({U1, "/x", "-x", "a b"}), HasSubstr("--proxy does not name a proxy"));
    EXPECT_THAT(refusal({U1, "/x", "--limit-rate", "fast"}), HasSubstr("--limit-rate: "));
}

} // namespace
} // namespace haulier::cli
