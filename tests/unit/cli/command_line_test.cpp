// SPDX-License-Identifier: LGPL-2.1-or-later
// Each command from the words of the command line to the call and the output.
#include "cli/command_line.hpp"

#include "cli/properties.hpp"
#include "fake_client.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <unistd.h>

namespace haulier::cli {
namespace {

using testing::AllOf;
using testing::Contains;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::Not;
using Words = std::vector<std::string>;

class CommandLine : public testing::Test {
protected:
    CommandLine() {
        daemon.own_jobs[JobId] = job_json("queued", "turn");
        daemon.own_jobs[JobId]["Key"] = "k";
        Json file = Json::object();
        file["Index"] = 0;
        file["RemoteName"] = "https://example.org/film";
        file["LocalName"] = "/srv/film";
        file["BytesTotal"] = 1000;
        file["BytesTransferred"] = 500;
        daemon.file_list = {file};
    }
    Exit run(const Words& words) {
        testing::internal::CaptureStdout();
        testing::internal::CaptureStderr();
        auto code = run_command_line(words, common_for(daemon, &access));
        out = testing::internal::GetCapturedStdout();
        err = testing::internal::GetCapturedStderr();
        return static_cast<Exit>(code);
    }
    /// The last call of a command that succeeds.
    std::string call(const Words& words) {
        daemon.calls.clear();
        EXPECT_EQ(run(words), Exit::Ok) << err;
        return daemon.calls.empty() ? "" : daemon.calls.back();
    }

    FakeDaemon daemon;
    Access access;
    std::string out;
    std::string err;
};

Json ended_json() {
    return {{"Id", JobId},
            {"Type", "download"},
            {"Owner", 0},
            {"DisplayName", "film\x1b[2J"},
            {"Result", "partial"},
            {"EndTime", 1'000'000},
            {"BytesTransferred", 1500},
            {"FilesTotal", 2},
            {"FilesTransferred", 1},
            {"Error", Json::array({"remote-file", "http-status", 404, "it is gone"})},
            {"Target", "/srv/films"}};
}

TEST_F(CommandLine, ListsWhatHasEnded) {
    daemon.ended = {ended_json()};
    EXPECT_EQ(call({"history"}), "history ");
    EXPECT_THAT(out,
                testing::MatchesRegex("ID +ENDED +RESULT +DONE +NAME +TARGET\n"
                                      "aaaa1111  1970-01-01 .*  partial \\(http-status\\)  1.5 kB  film.*  "
                                      "/srv/films\n"));
    EXPECT_THAT(out, Not(HasSubstr("\x1b")));
    EXPECT_EQ(call({"history", "--since", "2d", "--result", "partial,expired"}),
              "history since partial,expired");
    EXPECT_EQ(call({"--all-users", "history"}), "history  all");
    EXPECT_THAT(out, HasSubstr("OWNER"));
    EXPECT_EQ(call({"--json", "history"}), "history ");
    EXPECT_EQ(Json::parse(out)[0]["Error"]["Name"].get<std::string>(), "http-status");
    EXPECT_EQ(call({"history", "--forget", "--result=partial"}), "forget partial");
    EXPECT_EQ(out, "Ended jobs that were forgotten: 1\n");
    EXPECT_EQ(call({"--json", "history", "--forget"}), "forget ");
    EXPECT_EQ(Json::parse(out)["Forgotten"].get<int>(), 1);
    EXPECT_EQ(call({"history", "FILM", "--since", "yesterday"}), "history since ");
    EXPECT_EQ(call({"history", "aaaa1"}), "history ");
    EXPECT_EQ(run({"history", "song"}), Exit::NoSuchJob);
    EXPECT_THAT(err, HasSubstr("no job 'song' is remembered"));
    EXPECT_EQ(run({"history", "film", "--forget"}), Exit::Usage);
    EXPECT_EQ(run({}), Exit::Usage);
    EXPECT_THAT(err, HasSubstr("a command is missing, such as get, list or top (see haulierctl --help)"));
    EXPECT_EQ(run({"history", "--result", "failed"}), Exit::Usage);
    EXPECT_EQ(run({"history", "--since", "soon"}), Exit::Usage);
}

TEST_F(CommandLine, PrintsMetricsWithoutNamesAndUrls) {
    daemon.own_jobs[JobId]["BytesKnown"] = 1000;
    daemon.own_jobs[JobId]["Error"] = Json::array({"remote-file", "http-status", 404, "secret", 0});
    daemon.own_jobs[OtherId] = job_json("transferring", "running", OtherId);
    daemon.own_jobs[OtherId]["Rate"] = 70;
    daemon.statistics = {{{"Owner", 0}, {"Since", 5'000'000}, {"BytesReceived", 123456789}, {"Retries", 2}}};
    EXPECT_EQ(call({"--all-users", "metrics"}), "statistics all");
    for (const auto* line :
         {"# TYPE haulier_jobs gauge\n", "haulier_jobs{owner=\"0\",state=\"queued\",reason=\"turn\"} 1\n",
          "haulier_job_errors{owner=\"0\",error=\"http-status\"} 1\n",
          "haulier_transferred_bytes{owner=\"0\"} 1000\n", "haulier_rate_bytes_per_second{owner=\"0\"} 70\n",
          "# TYPE haulier_received_bytes_total counter\n",
          "haulier_received_bytes_total{owner=\"0\"} 123456789\n", "haulier_retries_total{owner=\"0\"} 2\n",
          "haulier_statistics_start_time_seconds{owner=\"0\"} 5\n"})
        EXPECT_THAT(out, HasSubstr(line));
    EXPECT_THAT(out, Not(HasSubstr("film")));
    EXPECT_THAT(out, Not(HasSubstr("secret")));
    EXPECT_EQ(run({"metrics", "--json"}), Exit::Usage);
}

TEST_F(CommandLine, ListsJobs) {
    EXPECT_EQ(call({"list"}), "list ");
    EXPECT_EQ(out, "ID        STATE   DONE             NAME\naaaa1111  queued  500 B of 1.0 kB  film\n");
    EXPECT_EQ(call({"list", "--state", "queued,error"}), "list queued,error");
    EXPECT_EQ(call({"--all-users", "list"}), "list  all");
    EXPECT_THAT(out, HasSubstr("root")) << "the owner";
    call({"list", "--json"});
    EXPECT_EQ(Json::parse(out)[0]["WaitReason"]["Reason"], "turn");
}

TEST_F(CommandLine, ListsWhatJobsWaitFor) {
    daemon.own_jobs[OtherId] = job_json("transient-error", "storage", OtherId);
    call({"list"});
    EXPECT_THAT(out,
                AllOf(HasSubstr("NAME  REASON\n"),
                      HasSubstr("film  waiting for its disk, which is full, read-only or not mounted\n")));
}

TEST_F(CommandLine, ShowsAJob) {
    daemon.own_jobs[JobId]["PowerPolicy"] = "always";
    daemon.own_jobs[JobId]["BandwidthLimit"] = 2'000'000;
    for (const auto& words : {Words{"show", "k"}, Words{"status", "k"}}) {
        call(words);
        EXPECT_EQ(out, "Id:        " + JobId + R"(
Name:      film
Key:       k
Job:       download of root, created never
State:     queued, waiting for its turn
Progress:  50%, 500 B of 1.0 kB
Settings:  BandwidthLimit=2.0 MB/s
File:      /srv/film
URL:       https://example.org/film
)");
    }
    call({"show", "k", "--all"});
    EXPECT_THAT(out, AllOf(HasSubstr("PowerPolicy"), HasSubstr("File 0\n"), testing::StartsWith("Id:")));
    call({"--json", "show", "k"});
    EXPECT_EQ(Json::parse(out)["Files"][0]["LocalName"], "/srv/film");
}

TEST_F(CommandLine, ShowsTheFilesThatMatterFirst) {
    daemon.own_jobs[JobId] = job_json("error", "needs-resume");
    daemon.own_jobs[JobId]["Error"] = Json::array({"remote-file", "http-status", 404, "not found", 0});
    daemon.own_jobs[JobId]["FilesTotal"] = 13;
    auto file = daemon.file_list.front();
    file["State"] = "queued";
    daemon.file_list.assign(12, file);
    file["State"] = "error";
    file["LocalName"] = "/srv/song";
    file["Error"] = Json::array({"remote-file", "http-status", 404, "not found"});
    daemon.file_list.push_back(file);
    call({"show", JobId});
    EXPECT_THAT(out, HasSubstr("Error:     http-status: not found\n           It is gone.\n"));
    EXPECT_THAT(out, HasSubstr("Files:     0 of 13 transferred, in /srv/\n"
                               "           error   500 B of 1.0 kB       song  not found\n"
                               "           queued  500 B of 1.0 kB       film\n"));
    EXPECT_THAT(out, testing::EndsWith("and 3 more, see 'haulierctl files aaaa1111'\n"));
}

TEST_F(CommandLine, ListsFiles) {
    daemon.file_list.front()["State"] = "transferring";
    EXPECT_EQ(call({"files", "k"}), "files " + JobId);
    EXPECT_THAT(out,
                HasSubstr("0      transferring  500 B of 1.0 kB  /srv/film  https://example.org/film\n"));
}

TEST_F(CommandLine, ExplainsErrors) {
    daemon.own_jobs[JobId] = job_json("error", "needs-resume");
    daemon.own_jobs[JobId]["Error"] = Json::array({"remote-file", "http-status", 404, "not found", 0});
    EXPECT_EQ(call({"errors"}), "describe http-status");
    EXPECT_EQ(out, "aaaa1111  error  film\n  http-status, file 0: not found\n  It is gone.\n");
    EXPECT_EQ(call({"errors", JobId}), "describe http-status");
    call({"errors", "--json"});
    EXPECT_EQ(Json::parse(out)[0]["Meaning"], "It is gone.");
}

TEST_F(CommandLine, ShowsTheStatusOfTheDaemon) {
    EXPECT_EQ(call({"--system", "status"}), "list ");
    EXPECT_EQ(access.scope, Scope::System);
    EXPECT_THAT(out, AllOf(HasSubstr("of the machine"), HasSubstr("1 queued")));
    call({"status", "--json"});
    EXPECT_EQ(Json::parse(out)["Jobs"]["queued"], 1);
}

TEST_F(CommandLine, PrintsTheReplyAsItIs) {
    EXPECT_EQ(call({"reply", "k"}), "reply " + JobId);
    EXPECT_EQ(out, "accepted\n");
}

TEST_F(CommandLine, PrintsTheContentOfAFile) {
    daemon.content = std::string{"a\0b\n", 4};
    EXPECT_EQ(call({"cat", "k"}), "open " + JobId + " 0");
    EXPECT_EQ(out, daemon.content);
    daemon.own_jobs[JobId]["FilesTotal"] = 2;
    EXPECT_EQ(call({"cat", "k", "1"}), "open " + JobId + " 1");
    EXPECT_EQ(run({"cat", "k"}), Exit::Usage);
    EXPECT_THAT(err, HasSubstr("2 files"));
    EXPECT_EQ(run({"cat", "k", "--json"}), Exit::Usage);
    daemon.refusals["open " + JobId + " 1"] = {Exit::Failed, "it is not transferred"};
    EXPECT_EQ(run({"cat", "k", "1"}), Exit::Failed);
    EXPECT_EQ(out, "");
}

TEST_F(CommandLine, SaysWhichFilesWereDropped) {
    for (int i = 1; i < 8; ++i) {
        daemon.file_list.push_back(daemon.file_list.front());
        daemon.file_list.back()["LocalName"] = "/srv/" + std::to_string(i);
    }
    daemon.file_list[1]["Transferred"] = true;
    daemon.file_list[2]["State"] = "removed";
    daemon.completions = {Completed{"partial", 1, 6}, Completed{"partial", 1, 6}, Completed{"partial", 0, 1}};
    EXPECT_EQ(run({"complete", "k"}), Exit::JobFailed);
    EXPECT_EQ(out, "aaaa1111  partial, 1 kept, 6 dropped\n");
    EXPECT_THAT(err,
                HasSubstr("without these files: /srv/film, /srv/3, /srv/4, /srv/5, /srv/6 and 1 more\n"));
    daemon.refusals["files " + JobId] = {Exit::NoSuchJob, "it has ended"};
    EXPECT_EQ(run({"complete", "k"}), Exit::JobFailed);
    EXPECT_THAT(err, HasSubstr("job aaaa1111 was completed without all of its files"));
    daemon.own_jobs[OtherId] = job_json("transferred", "needs-complete", OtherId);
    EXPECT_EQ(run({"complete", JobId, OtherId}), Exit::JobFailed) << "the other one is complete";
}

TEST_F(CommandLine, AppliesAVerbToEachJob) {
    EXPECT_EQ(call({"suspend", "k"}), "suspend " + JobId);
    EXPECT_EQ(call({"resume", "k"}), "resume " + JobId);
    EXPECT_EQ(call({"cancel", "k"}), "cancel " + JobId);
    EXPECT_EQ(call({"take", "k"}), "take " + JobId);
    EXPECT_EQ(call({"complete", "k"}), "complete " + JobId);
    EXPECT_EQ(out, "aaaa1111  complete, 1 kept, 0 dropped\n");
    call({"--json", "resume", "k", JobId});
    EXPECT_EQ(daemon.count("resume " + JobId), 2U);
    EXPECT_THAT(out, HasSubstr(R"({"Id":"aaaa1111000000000000000000000000","Result":"resumed"})"));
    EXPECT_EQ(call({"complete", "k", "--file", "2", "--file=0"}), "complete " + JobId + " 2 0");
    EXPECT_EQ(call({"cancel", "k", "--file", "1"}), "remove " + JobId + " 1");
    EXPECT_EQ(run({"complete", "--all", "--file", "1"}), Exit::Usage);
}

TEST_F(CommandLine, FindsAJobCompletedThatHasDoneSoItself) {
    daemon.completions.assign(5, Failure{Exit::Failed, "the job has ended"});
    daemon.own_jobs[JobId] = job_json("acknowledged", "ended");
    EXPECT_EQ(run({"complete", JobId}), Exit::NoSuchJob) << "a client has completed it";
    daemon.own_jobs[JobId]["AutoComplete"] = true;
    daemon.own_jobs[JobId]["Key"] = "k";
    EXPECT_EQ(run({"complete", "k"}), Exit::Ok);
    EXPECT_EQ(out, "aaaa1111  complete, 1 kept, 0 dropped\n");
    daemon.own_jobs[JobId]["FilesTotal"] = 3;
    EXPECT_EQ(run({"complete", "k", "--json"}), Exit::JobFailed);
    EXPECT_EQ(Json::parse(out)["Result"], "partial");
    EXPECT_EQ(Json::parse(out)["Dropped"], 2);
    daemon.own_jobs[JobId]["State"] = "cancelled";
    EXPECT_EQ(run({"complete", "k"}), Exit::NoSuchJob);
}

TEST_F(CommandLine, WaitsForAJobThatIsCompletingItself) {
    daemon.completions = {Failure{Exit::Failed, "the job is being completed"}};
    daemon.own_jobs[JobId] = job_json("transferred", "completing");
    daemon.own_jobs[JobId]["AutoComplete"] = true;
    daemon.on_bus([this] { daemon.removed("complete"); });
    EXPECT_EQ(run({"complete", JobId}), Exit::Ok) << err;
}

TEST_F(CommandLine, ContinuesWithTheOtherJobsAfterAFailure) {
    daemon.refusals["suspend " + JobId] = {Exit::Failed, "refused"};
    EXPECT_EQ(run({"suspend", "nothing", "k"}), Exit::NoSuchJob);
    EXPECT_THAT(err, AllOf(HasSubstr("haulierctl: there is no job 'nothing'"),
                           HasSubstr("haulierctl: k: refused\n")));
}

TEST_F(CommandLine, SelectsJobsByState) {
    daemon.own_jobs[OtherId] = job_json("error", "needs-resume", OtherId);
    EXPECT_EQ(call({"cancel", "--all"}), "cancel " + OtherId);
    EXPECT_EQ(daemon.count("cancel " + JobId), 1U);
    EXPECT_EQ(call({"resume", "--all"}), "resume " + OtherId);
    EXPECT_EQ(daemon.count("resume " + JobId), 0U) << "it is queued";
    EXPECT_EQ(call({"suspend", "--state", "queued"}), "suspend " + JobId);
    EXPECT_EQ(call({"complete", "--all"}), "list transferred");
    EXPECT_THAT(err, HasSubstr("There are no such jobs"));
    daemon.own_jobs[OtherId] = job_json("suspended", "empty", OtherId);
    EXPECT_EQ(call({"resume", "--all"}), "list suspended,transient-error,error") << "it has no file";
    EXPECT_EQ(run({"cancel", "k", "--all"}), Exit::Usage);
    EXPECT_EQ(run({"cancel"}), Exit::Usage);
    EXPECT_EQ(run({"take"}), Exit::Usage);
}

TEST_F(CommandLine, UnderstandsTheWordsOfOtherTools) {
    EXPECT_EQ(call({"ls"}), "list ");
    EXPECT_EQ(call({"--system", "rm", "k"}), "cancel " + JobId);
    EXPECT_EQ(call({"pause", "k"}), "suspend " + JobId);
    EXPECT_EQ(call({"stop", "k"}), "suspend " + JobId);
    EXPECT_EQ(call({"start", "k"}), "resume " + JobId);
    EXPECT_EQ(run({"help"}), Exit::Ok);
    EXPECT_THAT(out, HasSubstr("Subcommands:"));
    EXPECT_EQ(run({"help", "ls"}), Exit::Ok);
    EXPECT_THAT(out, HasSubstr("--watch"));
}

TEST_F(CommandLine, DescribesTheProperties) {
    EXPECT_EQ(run({"set", "--list"}), Exit::Ok);
    EXPECT_TRUE(daemon.calls.empty());
    for (const auto& property : JobProperties)
        EXPECT_EQ(out.find("\n" + std::string{property.name} + " ") != std::string::npos, property.settable)
            << property.name;
    EXPECT_THAT(out, AllOf(HasSubstr("90 d "), HasSubstr("at least 5 s"),
                           HasSubstr("foreground | high | normal | low"), HasSubstr("at most 256 characters"),
                           HasSubstr("at most 24 h")));
    call({"set", "--list", "--json"});
    EXPECT_EQ(Json::parse(out)[0]["Name"], "AnswerTimeout");
    EXPECT_EQ(Json::parse(out)[0]["Maximum"], 86400);
}

TEST_F(CommandLine, SetsPropertiesAfterCheckingAll) {
    EXPECT_EQ(call({"set", "k", "powerpolicy=ac-only"}), "set " + JobId + " PowerPolicy");
    daemon.calls.clear();
    EXPECT_EQ(run({"set", "k", "Priority=high", "BandwidthLimit=fast"}), Exit::Usage);
    EXPECT_TRUE(daemon.calls.empty());
}

TEST_F(CommandLine, LimitsBandwidthAndTellsTheLimits) {
    EXPECT_EQ(call({"limit", "500K"}), "daemon");
    EXPECT_EQ(daemon.count("limit 500000"), 1U);
    EXPECT_EQ(out, "Your jobs:  500.0 kB/s\nAll users:  none\n");
    daemon.machine_limits = {{"All", 0}, {"Background", 0}, {"Changes", 1'800'000'000'000'000}};
    call({"limit"});
    EXPECT_THAT(out,
                AllOf(HasSubstr("All users:    nothing is transferred\n"), HasSubstr("Next change:  20")));
    daemon.machine_limits = {{"Background", 2'000'000}};
    call({"limit", "none"});
    EXPECT_EQ(out, "Your jobs:          none\nAll users:          none\nIn the background:  2.0 MB/s\n");
    call({"--json", "limit"});
    EXPECT_EQ(Json::parse(out)["BandwidthLimit"], 0);
    EXPECT_EQ(Json::parse(out)["MachineLimits"]["Background"], 2'000'000);
    EXPECT_EQ(run({"limit", "fast"}), Exit::Usage);
}

TEST_F(CommandLine, LimitsTheBandwidthOfJobs) {
    daemon.own_jobs[JobId]["BandwidthLimit"] = 2'000'000;
    call({"limit", "2M", "--job", "k"});
    EXPECT_EQ(daemon.count("set " + JobId + " BandwidthLimit"), 1U);
    EXPECT_EQ(out, "aaaa1111  2.0 MB/s\n");
    daemon.calls.clear();
    call({"--json", "limit", "--job", "k"});
    EXPECT_EQ(daemon.count("set " + JobId + " BandwidthLimit"), 0U);
    EXPECT_EQ(Json::parse(out)["BandwidthLimit"], 2'000'000);
}

TEST_F(CommandLine, RequestsAndPrintsRanges) {
    EXPECT_EQ(call({"ranges", "k", "1"}), "filled 1");
    EXPECT_EQ(out, "0:100\n200:\n");
    EXPECT_EQ(call({"ranges", "k", "1", "0:1k", "5:"}), "request 1 2");
    EXPECT_EQ(call({"ranges", "k", "1", "--from", "10k"}), "request 1 from 10000");
    EXPECT_EQ(run({"ranges", "k", "1", "0:1k", "--from", "10k"}), Exit::Usage);
}

TEST_F(CommandLine, RenamesFiles) {
    EXPECT_EQ(call({"rename", "k", "2", "https://example.org/y"}), "rename 2 https://example.org/y");
    EXPECT_EQ(call({"rename", "k", "--prefix", "http:", "https:"}), "rename http: to https:");
    EXPECT_EQ(out, "3 changed\n");
    EXPECT_EQ(run({"rename", "k", "two", "https://example.org/y"}), Exit::Usage);
    EXPECT_EQ(run({"rename", "k", "2"}), Exit::Usage);
}

TEST_F(CommandLine, ValidatesFiles) {
    EXPECT_EQ(call({"validate", "k", "1", "yes"}), "validate 1 true");
    EXPECT_EQ(call({"validate", "k", "1", "no"}), "validate 1 false");
    EXPECT_EQ(run({"validate", "k", "1", "perhaps"}), Exit::Usage);
}

TEST_F(CommandLine, SetsAndPrintsHeaders) {
    EXPECT_EQ(call({"headers", "k", "A: b", "C: d", "--write-only"}), "headers A: b|C: d write-only");
    EXPECT_EQ(call({"headers", "k", "--clear"}), "headers ");
    daemon.own_jobs[JobId]["CustomHeaders"] = Json::array({"A: \x1b[31m"});
    call({"headers", "k"});
    EXPECT_EQ(out, "A: ?[31m\n");
    EXPECT_EQ(run({"headers", "k", "A: b", "--clear"}), Exit::Usage);
    EXPECT_EQ(run({"headers", "k", "--write-only"}), Exit::Usage);
}

TEST_F(CommandLine, ReadsSecretsFromADescriptor) {
    std::array<int, 2> ends{};
    ASSERT_EQ(pipe(ends.data()), 0);
    ASSERT_EQ(write(ends[1], "secret\nrest\n", 12), 12);
    close(ends[1]);
    auto fd = std::to_string(ends[0]);
    EXPECT_EQ(call({"credentials", "set", "k", "server", "basic", "--user", "joe", "--password-fd", fd}),
              "credentials server basic joe secret");
    EXPECT_EQ(access.scope, Scope::User) << "--user is the user name here";
    close(ends[0]);
    EXPECT_EQ(call({"credentials", "set", "k", "proxy", "negotiate"}), "credentials proxy negotiate  ");
    EXPECT_EQ(call({"credentials", "remove", "k", "server", "basic"}), "remove server basic");
    EXPECT_EQ(err, "There were none.\n");
}

TEST_F(CommandLine, AddsAJobOfSeveralFiles) {
    call({"add", "https://example.org/a", "/x/a", "https://example.org/b", "/x/b", "--start", "--on-demand",
          "--key", "new", "--header", "A: b"});
    EXPECT_EQ(out, JobId + "\n");
    ASSERT_TRUE(daemon.created);
    EXPECT_EQ(daemon.created->files.size(), 2U);
    EXPECT_EQ(daemon.created->files[1].local, "/x/b");
    EXPECT_TRUE(daemon.created->resume);
    EXPECT_EQ(daemon.created->key, "new");
    EXPECT_THAT(daemon.created->headers, ElementsAre("A: b"));
    EXPECT_EQ(daemon.created->properties.at("OnDemand"), Value{true});
}

TEST_F(CommandLine, AddTakesPairs) {
    EXPECT_EQ(run({"add", "https://example.org/a"}), Exit::Usage);
    EXPECT_EQ(run({"add", "https://example.org/a", "/x/a", "https://example.org/b", "/x/b", "--checksum",
                   "md5:00"}),
              Exit::Usage);
    EXPECT_TRUE(daemon.calls.empty());
}

TEST_F(CommandLine, GetsAFileWithAChecksum) {
    call({"get", "https://example.org/a", "/x/a", "--sha256", "00ff", "--no-wait"});
    EXPECT_EQ(daemon.created->files[0].checksum, "sha256:00ff");
    EXPECT_TRUE(daemon.created->resume);
    call({"get", "https://example.org/a", "/x/a", "--checksum", "md5:00", "--no-wait"});
    EXPECT_EQ(daemon.created->files[0].checksum, "md5:00");
    EXPECT_EQ(run({"get", "https://example.org/a", "--sha256", "00", "--checksum", "md5:00"}), Exit::Usage);
}

TEST_F(CommandLine, JobsOfGetAndUploadCompleteThemselves) {
    for (auto words : {Words{"get", "https://example.org/a", "/x/a", "--no-wait"},
                       Words{"upload", "/x/a", "https://example.org/a", "--no-wait"}}) {
        call(words);
        EXPECT_EQ(daemon.created->properties.at("AutoComplete"), Value{true});
        words.insert(words.end(), {"--set", "AutoComplete=no"});
        call(words);
        EXPECT_EQ(daemon.created->properties.at("AutoComplete"), Value{false});
        words.resize(words.size() - 2);
        words.emplace_back("--no-complete");
        call(words);
        EXPECT_EQ(daemon.created->properties.count("AutoComplete"), 0U);
    }
    call({"add", "https://example.org/a", "/x/a", "--start"});
    EXPECT_EQ(daemon.created->properties.count("AutoComplete"), 0U);
}

TEST_F(CommandLine, UploadsAFile) {
    call({"upload", "/x/a", "https://example.org/a", "--no-wait"});
    EXPECT_EQ(daemon.created->type, "upload");
    EXPECT_EQ(daemon.created->files[0].remote, "https://example.org/a");
    call({"upload", "/x/a", "https://example.org/a", "--reply", "/x/reply", "--no-wait"});
    EXPECT_EQ(daemon.created->type, "upload-reply");
    EXPECT_EQ(daemon.created->properties.at("ReplyFileName"), Value{std::string{"/x/reply"}});
}

TEST_F(CommandLine, WaitsAndCompletes) {
    daemon.own_jobs[JobId] = job_json("transferred", "needs-complete");
    EXPECT_EQ(run({"-q", "wait", JobId}), Exit::Ok);
    EXPECT_EQ(daemon.count("complete " + JobId), 0U);
    EXPECT_EQ(run({"-q", "wait", JobId, "--complete"}), Exit::Ok);
    EXPECT_EQ(daemon.count("complete " + JobId), 1U);
}

TEST_F(CommandLine, WaitsForSeveralJobs) {
    daemon.own_jobs[OtherId] = job_json("transferring", "running", OtherId);
    daemon.on_bus([this] { daemon.removed("complete", OtherId); });
    daemon.on_bus([this] { daemon.removed("cancelled", JobId); });
    EXPECT_EQ(run({"-q", "wait", JobId, OtherId, "k"}), Exit::Cancelled) << err;
    daemon.on_bus([this] { daemon.removed("complete", OtherId); });
    EXPECT_EQ(run({"-q", "wait", JobId, OtherId, "--any"}), Exit::Ok) << err;
    EXPECT_EQ(out, OtherId + "\n");
    EXPECT_EQ(run({"-q", "wait", JobId, "--timeout", "0"}), Exit::TimedOut) << err;
    EXPECT_EQ(run({"-q", "wait", JobId, OtherId, "--timeout", "0", "--json"}), Exit::TimedOut) << err;
    EXPECT_EQ(Json::parse(out)[1]["Result"], "timed-out");
    EXPECT_EQ(run({"wait", JobId, "--timeout", "soon"}), Exit::Usage);
    daemon.own_jobs[JobId] = job_json("transferred", "needs-complete");
    daemon.own_jobs[OtherId] = job_json("transferred", "needs-complete", OtherId);
    daemon.completions = {Failure{Exit::Unreachable, "no reply"}};
    EXPECT_EQ(run({"-q", "wait", JobId, OtherId, "--complete"}), Exit::Ok) << err;
    EXPECT_EQ(daemon.count("complete " + JobId) + daemon.count("complete " + OtherId), 3U);
}

TEST_F(CommandLine, MonitorsUntilItFails) {
    daemon.on_bus([this] { daemon.properties_changed({{"State", "transferring"}}); });
    daemon.on_bus([this] { daemon.owner(false); });
    daemon.on_bus([this] { daemon.owner(true); });
    daemon.on_bus([this] { daemon.removed("complete"); });
    EXPECT_EQ(run({"monitor", "--json"}), Exit::Failed);
    EXPECT_THAT(daemon.calls, ElementsAre("subscribe if present", "subscribe if present"));
    EXPECT_THAT(out, AllOf(HasSubstr(R"("Changed":{"State":"transferring"})"), HasSubstr("DaemonLeft"),
                           HasSubstr("DaemonCame"), HasSubstr(R"("Result":"complete")")));
}

TEST_F(CommandLine, TakesGeneralOptionsAfterTheCommand) {
    call({"list", "--system", "--all-users", "--no-ask-password"});
    EXPECT_EQ(access.scope, Scope::System);
    EXPECT_TRUE(access.all_users);
    EXPECT_FALSE(access.ask_password);
    EXPECT_EQ(run({"list", "--system", "--user"}), Exit::Usage);
}

TEST_F(CommandLine, PrintsHelpAndVersion) {
    EXPECT_EQ(run({"--help"}), Exit::Ok);
    EXPECT_THAT(out, HasSubstr("haulierctl(1)"));
    EXPECT_EQ(run({"get", "--help"}), Exit::Ok);
    EXPECT_THAT(out, HasSubstr("--sha256"));
    EXPECT_EQ(run({"--version"}), Exit::Ok);
    EXPECT_TRUE(out.starts_with("haulierctl ")) << out;
}

struct Wrong {
    Words words;
    const char* message;
};

class WrongCommandLine : public CommandLine, public testing::WithParamInterface<Wrong> {};

TEST_P(WrongCommandLine, IsAUsageErrorInOneLine) {
    EXPECT_EQ(run(GetParam().words), Exit::Usage);
    EXPECT_THAT(err, HasSubstr(GetParam().message));
    EXPECT_TRUE(err.starts_with("haulierctl: ")) << err;
    EXPECT_EQ(out, "");
    EXPECT_TRUE(daemon.calls.empty());
}

INSTANTIATE_TEST_SUITE_P(
    All, WrongCommandLine,
    testing::Values(
        Wrong{{}, "--help"}, Wrong{{"lsit"}, "no command 'lsit', did you mean 'list'?"},
        Wrong{{"download"}, "no command 'download'"},
        Wrong{{"list", "--stat", "x"}, "no option '--stat' here, did you mean '--state'?"},
        Wrong{{"show"}, "JOB"}, Wrong{{"show", "a", "b"}, "--help"}, Wrong{{"set", "k"}, "NAME=VALUE"},
        Wrong{{"set", "k", "Prio=low"}, "did you mean 'Priority'?"}, Wrong{{"ranges", "k", "first"}, "INDEX"},
        Wrong{{"credentials"}, "--help"},
        Wrong{{"credentials", "set", "k", "server", "basic", "--password-fd", "-1"}, "password-fd"},
        Wrong{{"get", "https://example.org/x", "--no-complet"}, "did you mean '--no-complete'?"},
        Wrong{{"get", "\xff"}, "not UTF-8"}, Wrong{{"get", "example.org/x", "y"}, "is not a URL"}));

TEST_F(CommandLine, ReturnsTheCodeOfTheConnection) {
    Common common;
    common.connect = [](const Access&) -> Result<std::unique_ptr<Client>, Failure> {
        return Failure{Exit::Unreachable, "no bus"};
    };
    testing::internal::CaptureStderr();
    EXPECT_EQ(run_command_line({"list"}, common), static_cast<int>(Exit::Unreachable));
    EXPECT_EQ(testing::internal::GetCapturedStderr(), "haulierctl: no bus\n");
}

} // namespace
} // namespace haulier::cli
