// SPDX-License-Identifier: LGPL-2.1-or-later
// What is learnt of a server, as sequences of steps: S starts a request, A answers the oldest one, E ends an
// answered one, X ends one without an answer, R refuses one while others are under way.
#include "job/hosts.hpp"

#include <gtest/gtest.h>

#include <deque>
#include <string>
#include <vector>

namespace haulier::job {

namespace {

using std::chrono::seconds;

const Host Server{1000, "https://example.org:443"};

BootTime boot_at(int64_t second) {
    return {seconds{second}};
}

/// A server that was asked in steps of a tenth of a second.
struct Asked {
    Hosts hosts;
    std::deque<BootTime> waiting;
    std::deque<BootTime> served;
    BootTime now = boot_at(100);

    explicit Asked(const std::string& steps) {
        for (char step : steps)
            take(step);
    }
    void take(char step) {
        now = now + Usec{100'000};
        if (step == 'S') {
            hosts.started(Server, now);
            waiting.push_back(now);
        }
        if (step == 'A') {
            hosts.answered(Server, waiting.front(), now);
            served.push_back(waiting.front());
            waiting.pop_front();
        }
        if (step == 'E') {
            hosts.ended(Server, served.front(), true, now);
            served.pop_front();
        }
        if (step == 'X' || step == 'R') {
            hosts.ended(Server, waiting.back(), false, now);
            waiting.pop_back();
        }
        if (step == 'R') hosts.refused(Server, now);
    }
    [[nodiscard]] Admittance admits(const File& file = {}, bool may_ask = false) const {
        return hosts.admits(Server, file, may_ask, now);
    }
    [[nodiscard]] bool explains(BootTime refused_at) const {
        File file;
        file.failures = 1;
        file.clocks.refused_at = refused_at;
        file.clocks.retry_at = now + seconds{60};
        return hosts.explains_refusal(Server, file, now);
    }
};

} // namespace

TEST(Hosts, AreServersByTheWayToThem) {
    Proxy own{Proxy::Mode::Override, "proxy:3128", ""};
    EXPECT_EQ(server_of("https://Example.org/a?b", {}), "https://example.org:443");
    EXPECT_EQ(server_of("http://example.org:8080/", {}), "http://example.org:8080");
    EXPECT_NE(server_of("http://example.org/", own), server_of("http://example.org/", {}));
    EXPECT_EQ(server_of("no URL", {}), "");
}

TEST(Hosts, BearWhatTheyWereSeenToBear) {
    struct Row {
        const char* steps;
        Admittance next;
    };
    for (const auto& row : std::vector<Row>{{"", Admittance::Yes},
                                            {"SSSS", Admittance::Yes},
                                            {"SASR", Admittance::Full},
                                            {"SASRE", Admittance::Yes},
                                            {"SSAASR", Admittance::Full},
                                            {"SSAASRE", Admittance::Yes},
                                            {"SSSRR", Admittance::Full},
                                            {"SASRSA", Admittance::Full},
                                            {"SASRSAE", Admittance::Yes}})
        EXPECT_EQ(Asked{row.steps}.admits(), row.next) << row.steps;
}

TEST(Hosts, ARefusedFileIsAskedForAloneAndThenUnderTheLimit) {
    Asked server{"SASSRR"};
    auto refused_at = server.now;
    EXPECT_FALSE(server.explains(refused_at)) << "another request is under way";
    server.take('E');
    EXPECT_TRUE(server.explains(refused_at));
    server.take('S');
    EXPECT_FALSE(server.explains(refused_at));
    server.take('A');
    server.hosts.confirm_limit(Server, server.now);
    EXPECT_FALSE(server.explains(refused_at)) << "it bears one connection";
    server.take('E');
    EXPECT_TRUE(server.explains(refused_at));
}

TEST(Hosts, ARefusalIsTheFilesIfNothingWasServed) {
    Asked server{"SSR"};
    auto refused_at = server.now;
    server.take('X');
    EXPECT_FALSE(server.explains(refused_at));
}

TEST(Hosts, ALimitThatIsNoneIsDropped) {
    Asked server{"SASR"};
    server.hosts.drop_limit(Server);
    EXPECT_EQ(server.admits(), Admittance::Yes);
}

TEST(Hosts, ALimitRisesSlowly) {
    Asked server{"SASR"};
    EXPECT_EQ(server.admits(), Admittance::Full);
    server.now = server.now + RaiseLimitAfter;
    EXPECT_EQ(server.admits(), Admittance::Yes);
}

TEST(Hosts, AFileWhoseOwnWaitIsOverIsAskedForBeyondTheLimit) {
    Asked server{"SASR"};
    File file;
    file.failures = 1;
    file.clocks.retry_at = server.now;
    EXPECT_EQ(server.admits(file), Admittance::Yes);
}

TEST(Hosts, AServerThatDoesNotAnswerGetsNoMore) {
    Asked server{"SS"};
    server.now = server.now + SilentAfter;
    EXPECT_EQ(server.admits(), Admittance::Full);
    EXPECT_FALSE(server.hosts.are_all_free(server.now));
    server.take('A');
    EXPECT_EQ(server.admits(), Admittance::Yes);
}

TEST(Hosts, RestUntilADate) {
    Asked server{""};
    server.hosts.rest(Server, {boot_at(200), {}, {}});
    server.hosts.rest(Server, {boot_at(150), {}, {}});
    EXPECT_EQ(server.admits(), Admittance::Resting);
    EXPECT_EQ(server.admits({}, true), Admittance::Yes) << "Resume, or a job in the foreground";
    server.now = boot_at(199);
    EXPECT_TRUE(server.hosts.rest_of(Server, server.now));
    server.now = boot_at(200);
    EXPECT_EQ(server.admits(), Admittance::Yes);
    EXPECT_EQ(Asked{""}.hosts.admits({1001, Server.server}, {}, false, boot_at(100)), Admittance::Yes);
}

TEST(Hosts, AreKnownForWhatTheyMishandle) {
    Asked server{""};
    EXPECT_FALSE(server.hosts.faults_of(Server, boot_at(100)).http2);
    EXPECT_TRUE(server.hosts.note_http2_failure(Server, boot_at(100)));
    EXPECT_FALSE(server.hosts.note_http2_failure(Server, boot_at(101))) << "known already";
    server.hosts.note_broken_if_range(Server);
    server.take('S');
    server.take('X');
    EXPECT_TRUE(server.hosts.faults_of(Server, boot_at(102)).http2);
    EXPECT_TRUE(server.hosts.faults_of(Server, boot_at(102)).if_range);
    EXPECT_FALSE(server.hosts.faults_of({1001, Server.server}, boot_at(102)).http2);
    EXPECT_FALSE(server.hosts.faults_of(Server, boot_at(100) + RetryHttp2After).http2) << "it may be mended";
    EXPECT_TRUE(server.hosts.note_http2_failure(Server, boot_at(100) + RetryHttp2After));
    server.hosts.forget_all();
    EXPECT_FALSE(server.hosts.faults_of(Server, boot_at(102)).http2);
    EXPECT_FALSE(server.hosts.faults_of(Server, boot_at(102)).if_range);
}

TEST(Hosts, AreForgottenWithTheNetwork) {
    Asked server{"SASR"};
    server.hosts.rest(Server, {boot_at(200), {}, {}});
    server.hosts.forget_all();
    EXPECT_EQ(server.admits(), Admittance::Yes);
    EXPECT_EQ(server.hosts.in_flight(Server), 1U) << "what is under way is not forgotten";
}

TEST(Hosts, OnlyStrictChecksTeachOthers) {
    EXPECT_TRUE(is_trustworthy({}));
    EXPECT_TRUE(is_trustworthy({.check_revocation = true, .allow_https_to_http = true}));
    EXPECT_FALSE(is_trustworthy({.ignore_host_name = true}));
    EXPECT_FALSE(is_trustworthy({.ignore_dates = true}));
    EXPECT_FALSE(is_trustworthy({.ignore_unknown_ca = true}));
    EXPECT_FALSE(is_trustworthy({.ignore_wrong_usage = true}));
}

} // namespace haulier::job
