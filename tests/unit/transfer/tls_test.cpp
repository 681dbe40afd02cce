// SPDX-License-Identifier: LGPL-2.1-or-later
// Each flag makes an exception for one fault of a server's certificate, and for no other.
#include "tls_server.hpp"
#include "transfer/tls.hpp"
#include "worker_fixture.hpp"

#include <csignal>
#include <cstdlib>
#include <gmock/gmock.h>
#include <openssl/x509_vfy.h>

namespace haulier::transfer {
namespace {

using testing::AllOf;
using testing::ElementsAre;
using testing::HasSubstr;

class TlsTest : public WorkerFixture {
protected:
    TlsTest() {
        std::signal(SIGPIPE, SIG_IGN); // as the worker's main has it
        directory.write("ca.pem", authority.pem());
        setenv("SSL_CERT_FILE", directory.at("ca.pem").c_str(), 1);
    }
    ~TlsTest() override { unsetenv("SSL_CERT_FILE"); }

    Certificate certificate(const CertificateWish& wish = {}) const {
        return Certificate::make("server", wish, &authority);
    }
    /// "" when the file came, else the cause and what is said.
    std::string fetch_from(const TlsServer& server, const wire::Http& http) {
        auto requested = order(server.url());
        *requested.mutable_http() = http;
        requested.set_from_zero(true);
        fetch(requested);
        wire::FromWorker last;
        EXPECT_TRUE(turn_until([&] {
            for (; !inbox.empty(); inbox.pop_front())
                if (inbox.front().has_failed() || inbox.front().has_fetched()) last = inbox.front();
            return last.has_failed() || last.has_fetched();
        }));
        inbox.clear();
        if (last.has_fetched()) return {};
        EXPECT_EQ(last.failed().cause(), wire::TLS_CERTIFICATE) << last.failed().message();
        return last.failed().message();
    }
    static wire::Http nothing() { return {}; }
    static wire::Http host_name() {
        wire::Http http;
        http.set_ignore_host_name(true);
        return http;
    }
    static wire::Http dates() {
        wire::Http http;
        http.set_ignore_dates(true);
        return http;
    }
    static wire::Http unknown_ca() {
        wire::Http http;
        http.set_ignore_unknown_ca(true);
        return http;
    }
    static wire::Http wrong_usage() {
        wire::Http http;
        http.set_ignore_wrong_usage(true);
        return http;
    }
    /// Of the four flags this one alone must let it pass.
    void expect_only(const char* what, const TlsServer& server, int which) {
        const wire::Http each[] = {nothing(), host_name(), dates(), unknown_ca(), wrong_usage()};
        for (int i = 0; i < 5; ++i)
            EXPECT_EQ(fetch_from(server, each[i]).empty(), i == which) << what << ", flag " << i;
    }
    const Certificate authority = Certificate::make("test authority", {}, nullptr);
};

TEST_F(TlsTest, AGoodCertificatePassesWithAnyFlag) {
    TlsServer server{certificate()};
    for (const auto& http : {nothing(), host_name(), dates(), unknown_ca(), wrong_usage()})
        EXPECT_EQ(fetch_from(server, http), "");
}

TEST_F(TlsTest, EachFaultHasItsFlag) {
    {
        TlsServer server{certificate({.name = "DNS:other.example.org"})};
        expect_only("name", server, 1);
    }
    {
        TlsServer server{certificate({.from_days = -10, .to_days = -5})};
        expect_only("expired", server, 2);
    }
    {
        TlsServer server{certificate({.from_days = 5, .to_days = 10})};
        expect_only("not yet valid", server, 2);
    }
    {
        auto stranger = Certificate::make("stranger", {}, nullptr);
        TlsServer server{Certificate::make("server", {}, &stranger)};
        expect_only("unknown authority", server, 3);
    }
    {
        TlsServer server{certificate({.usage = "clientAuth"})};
        expect_only("usage", server, 4);
    }
}

TEST_F(TlsTest, TwoFaultsNeedTwoFlags) {
    TlsServer server{certificate({.name = "DNS:other.example.org", .from_days = -10, .to_days = -5})};
    EXPECT_NE(fetch_from(server, dates()), "");
    EXPECT_NE(fetch_from(server, host_name()), "");
    auto both = dates();
    both.set_ignore_host_name(true);
    EXPECT_EQ(fetch_from(server, both), "");
}

TEST_F(TlsTest, WhatWasForgivenOnceServesNobodyElse) {
    TlsServer server{certificate({.from_days = -10, .to_days = -5})};
    EXPECT_EQ(fetch_from(server, dates()), "");
    EXPECT_NE(fetch_from(server, nothing()), "") << "neither connection nor session is taken over";
    EXPECT_EQ(fetch_from(server, dates()), "");
    EXPECT_EQ(server.sessions_resumed(), 0);
}

TEST_F(TlsTest, StrictRequestsShareAConnection) {
    TlsServer server{certificate()};
    EXPECT_EQ(fetch_from(server, nothing()), "");
    EXPECT_EQ(fetch_from(server, nothing()), "");
    EXPECT_EQ(server.connections(), 1);
}

TEST_F(TlsTest, RevocationNeedsAStapledAnswer) {
    TlsServer server{certificate()};
    wire::Http http;
    http.set_check_revocation(true);
    EXPECT_THAT(fetch_from(server, http), HasSubstr("OCSP"));
}

TEST_F(TlsTest, TheClientShowsItsCertificate) {
    auto own = Certificate::make("the client", {.usage = "clientAuth"}, &authority);
    directory.write("client.pem", own.pem());
    TlsServer server{certificate()};
    wire::Http http;
    EXPECT_EQ(fetch_from(server, http), "");
    http.set_client_certificate(directory.at("client.pem"));
    EXPECT_EQ(fetch_from(server, http), "");
    EXPECT_THAT(server.clients(), ElementsAre("", "the client"));

    http.set_client_certificate(directory.at("missing.pem"));
    EXPECT_THAT(fetch_from(server, http), HasSubstr("client certificate"));
}

TEST_F(TlsTest, AJobTrustsAuthoritiesOfItsOwn) {
    auto own = Certificate::make("own authority", {}, nullptr);
    directory.write("own.pem", own.pem());
    TlsServer server{Certificate::make("server", {}, &own)};
    TlsServer usual{certificate()};
    auto with_own = nothing();
    with_own.set_certificate_authority(directory.at("own.pem"));
    EXPECT_THAT(fetch_from(server, nothing()), HasSubstr("not trusted"));
    EXPECT_EQ(fetch_from(server, with_own), "");
    EXPECT_THAT(fetch_from(server, nothing()), HasSubstr("not trusted")) << "the connection is not shared";
    EXPECT_THAT(fetch_from(usual, with_own), HasSubstr("not trusted")) << "the usual ones are replaced";
    EXPECT_EQ(fetch_from(usual, nothing()), "");
}

TEST_F(TlsTest, AFileWithoutAuthoritiesIsNamed) {
    TlsServer server{certificate()};
    directory.write("words.pem", "-----BEGIN CERTIFICATE-----\nnothing\n-----END CERTIFICATE-----\n");
    directory.write("empty.pem", "");
    for (const auto& [name, why] :
         {std::pair{"missing.pem", "No such file"}, std::pair{"words.pem", "has no certificates in PEM form"},
          std::pair{"empty.pem", "is empty"}}) {
        auto http = nothing();
        http.set_certificate_authority(directory.at(name));
        EXPECT_THAT(fetch_from(server, http), AllOf(HasSubstr("the certificate authorities for"),
                                                    HasSubstr(directory.at(name)), HasSubstr(why)));
    }
}

TEST_F(TlsTest, AnotherServerDoesNotSeeTheClientsCertificate) {
    auto own = Certificate::make("the client", {.usage = "clientAuth"}, &authority);
    directory.write("client.pem", own.pem());
    TlsServer target{certificate()};
    TlsServer server{certificate()};
    server.answer("HTTP/1.1 302 Found\r\nLocation: " + target.url() + "\r\nContent-Length: 0\r\n\r\n");
    wire::Http http;
    http.set_client_certificate(directory.at("client.pem"));
    EXPECT_EQ(fetch_from(server, http), "");
    EXPECT_THAT(server.clients(), ElementsAre("the client"));
    EXPECT_THAT(target.clients(), ElementsAre(""));
}

TEST_F(TlsTest, HttpsDoesNotBecomeHttpUnasked) {
    FileServer target{file};
    TlsServer server{certificate()};
    server.answer("HTTP/1.1 302 Found\r\nLocation: " + target.url() + "\r\nContent-Length: 0\r\n\r\n");
    fetch(order(server.url()));
    EXPECT_EQ(failed().cause(), wire::REDIRECT_REFUSED);
    EXPECT_EQ(target.requests().size(), 0u);
    auto requested = order(server.url());
    requested.mutable_http()->set_allow_https_to_http(true);
    fetch(requested);
    begun();
    expect_arrival(file.content);
}

TEST(TlsExceptions, NothingElse) {
    wire::Http all;
    all.set_ignore_host_name(true);
    all.set_ignore_dates(true);
    all.set_ignore_unknown_ca(true);
    all.set_ignore_wrong_usage(true);
    for (int error : {X509_V_ERR_CERT_REVOKED, X509_V_ERR_CERT_SIGNATURE_FAILURE, X509_V_ERR_INVALID_CA,
                      X509_V_ERR_PATH_LENGTH_EXCEEDED, X509_V_ERR_CERT_CHAIN_TOO_LONG,
                      X509_V_ERR_CERT_REJECTED, X509_V_ERR_EE_KEY_TOO_SMALL, X509_V_ERR_OUT_OF_MEM})
        EXPECT_FALSE(is_excepted(all, error, 0)) << X509_verify_cert_error_string(error);
    EXPECT_TRUE(is_excepted(all, X509_V_ERR_INVALID_PURPOSE, 0));
    EXPECT_FALSE(is_excepted(all, X509_V_ERR_INVALID_PURPOSE, 1)) << "an authority's";
    EXPECT_FALSE(is_relaxed({}));
    wire::Http strict;
    strict.set_check_revocation(true);
    EXPECT_FALSE(is_relaxed(strict));
}

} // namespace
} // namespace haulier::transfer
