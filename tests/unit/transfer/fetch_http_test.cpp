// SPDX-License-Identifier: LGPL-2.1-or-later
// Headers, redirects, authentication, proxies and limits of requests.
#include "worker_fixture.hpp"

#include <clocale>
#include <cstdlib>
#include <gmock/gmock.h>

namespace haulier::transfer {
namespace {

using testing::HasSubstr;
using testing::StartsWith;

/// "127.0.0.1:1234", from a URL of a test server.
std::string place_of(const std::string& url) {
    auto start = url.find("://") + 3;
    return url.substr(start, url.find('/', start) - start);
}

std::string redirect_to(const std::string& where, const std::string& status = "302 Found") {
    return "HTTP/1.1 " + status + "\r\nLocation: " + where + "\r\nContent-Length: 5\r\n\r\nmoved";
}

class HttpTest : public WorkerFixture {
protected:
    void log_in(wire::Fetch& fetch, wire::Http::Credentials::Scheme scheme, bool proxy = false) {
        auto& one = *fetch.mutable_http()->add_credentials();
        one.set_scheme(scheme);
        one.set_proxy(proxy);
        one.set_user(scheme == wire::Http::Credentials::BEARER ? "" : "me");
        one.set_password("secret");
    }
    static constexpr const char* Ok = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok";
};

TEST_F(HttpTest, HeadersAndMethodAreSent) {
    test::HttpServer server{[](const auto&, auto& connection) { connection.send(Ok); }};
    auto requested = order(server.url("/"));
    requested.mutable_http()->set_method("POST");
    requested.set_from_zero(true);
    for (const char* line : {"X-Token: abc", "X-Empty:", "User-Agent: mine"})
        requested.mutable_http()->add_headers(line);
    fetch(requested);
    auto start = begun();
    EXPECT_EQ(start.headers(), "HTTP/1.1 200 OK\nContent-Length: 2\n");
    EXPECT_EQ(fetched().headers(), start.headers());
    auto request = server.requests().at(0);
    EXPECT_EQ(request.method, "POST");
    EXPECT_EQ(request.field("x-token"), "abc");
    EXPECT_EQ(request.fields.count("x-empty"), 1u);
    EXPECT_EQ(request.field("user-agent"), "mine");
    EXPECT_EQ(request.field("content-length"), "0");
}

TEST_F(HttpTest, AFileThatHasNotChangedIsNotFetched) {
    test::HttpServer server{[](const auto&, auto& connection) {
        connection.send("HTTP/1.1 304 Not Modified\r\nETag: \"two\"\r\n\r\n");
    }};
    auto requested = order(server.url("/"));
    requested.set_if_none_match("\"one\", \"two\"");
    requested.set_if_modified_since_s(784111777);
    requested.mutable_digest()->set_kind(wire::Digest::SHA256);
    requested.mutable_digest()->set_hex(std::string(64, '0'));
    requested.set_expected_size_known(true);
    requested.set_expected_size(1000);
    fetch(requested);
    auto start = begun();
    EXPECT_EQ(start.identity().etag(), "\"two\"");
    EXPECT_EQ(start.offset(), 0u);
    auto result = fetched();
    EXPECT_TRUE(result.not_modified());
    EXPECT_EQ(result.size(), 0u);
    auto request = server.requests().at(0);
    EXPECT_EQ(request.field("if-none-match"), "\"one\", \"two\"");
    EXPECT_EQ(request.field("if-modified-since"), "Sun, 06 Nov 1994 08:49:37 GMT");
}

TEST_F(HttpTest, WithoutAConditionThatAnswerIsAnError) {
    test::HttpServer server{
        [](const auto&, auto& connection) { connection.send("HTTP/1.1 304 Not Modified\r\n\r\n"); }};
    fetch(order(server.url("/")));
    EXPECT_EQ(failed().code(), 304);
}

TEST_F(HttpTest, SecretsDoNotFollowARedirectToAnotherServer) {
    FileServer target{file};
    test::HttpServer server{[&](const test::HttpRequest& request, test::HttpConnection& connection) {
        connection.send(redirect_to(request.path == "/" ? "/again" : target.url()));
    }};
    auto requested = order(server.url("/"));
    requested.mutable_http()->add_headers("X-Token: abc");
    log_in(requested, wire::Http::Credentials::BASIC);
    fetch(requested);
    EXPECT_EQ(begun().remote(), "") << "redirects are not to be reported";
    expect_arrival(file.content);
    for (const auto& request : server.requests()) {
        EXPECT_EQ(request.field("x-token"), "abc") << request.path;
        EXPECT_EQ(request.field("authorization"), "Basic bWU6c2VjcmV0");
    }
    EXPECT_EQ(server.requests().size(), 2u);
    auto last = target.requests().at(0);
    EXPECT_EQ(last.field("x-token"), "");
    EXPECT_EQ(last.field("authorization"), "");
}

TEST_F(HttpTest, CookiesLiveForARequestAndItsRedirects) {
    test::HttpServer other{[](const auto&, auto& connection) { connection.send(Ok); }};
    test::HttpServer server{[&](const test::HttpRequest& request, test::HttpConnection& connection) {
        auto cookie = request.field("cookie");
        bool away = request.path == "/away";
        if (cookie.find("t=1") != std::string::npos && !away) return connection.send(Ok);
        auto elsewhere = "http://localhost:" + other.url("/").substr(other.url("/").rfind(':') + 1);
        connection.send("HTTP/1.1 302 Found\r\nSet-Cookie: t=1; Path=/; HttpOnly\r\nLocation: " +
                        (away ? elsewhere : request.path) + "\r\nContent-Length: 0\r\n\r\n");
    }};
    auto requested = order(server.url("/f"));
    fetch(requested);
    begun();
    fetched();
    EXPECT_EQ(server.requests().at(0).field("cookie"), "") << "nothing is kept from before";
    EXPECT_EQ(server.requests().at(1).field("cookie"), "t=1");

    requested.mutable_http()->add_headers("Cookie: own=2");
    requested.mutable_http()->add_headers("cookie: more=3");
    fetch(requested);
    begun();
    fetched();
    EXPECT_EQ(server.requests().at(2).field("cookie"), "own=2; more=3");
    EXPECT_EQ(server.requests().at(3).field("cookie"), "t=1; own=2; more=3");

    requested.set_url(server.url("/away"));
    fetch(requested);
    begun();
    fetched();
    EXPECT_EQ(other.requests().at(0).field("cookie"), "");
}

TEST_F(HttpTest, RedirectsAreReportedOrForbidden) {
    FileServer target{file};
    test::HttpServer server{
        [&](const auto&, auto& connection) { connection.send(redirect_to(target.url(), "301 Moved")); }};
    auto requested = order(server.url("/"));
    requested.mutable_http()->set_redirect(wire::Http::REPORT);
    fetch(requested);
    auto start = begun();
    EXPECT_EQ(start.remote(), target.url());
    EXPECT_EQ(start.origin(), "http://" + place_of(target.url()));
    expect_arrival(file.content);

    requested.mutable_http()->set_redirect(wire::Http::DISALLOW);
    fetch(requested);
    auto failure = failed();
    EXPECT_EQ(failure.cause(), wire::HTTP_STATUS);
    EXPECT_EQ(failure.code(), 301);
    EXPECT_EQ(failure.remote(), target.url());
    EXPECT_EQ(target.requests().size(), 1u);

    requested.set_url(target.url());
    requested.mutable_http()->set_redirect(wire::Http::REPORT);
    fetch(requested);
    EXPECT_EQ(begun().remote(), "") << "there was none";
    fetched();
}

TEST_F(HttpTest, ASeeOtherBecomesAGet) {
    FileServer target{file};
    for (auto [status, expected] :
         {std::pair{"303 See Other", "GET"}, {"302 Found", "GET"}, {"307 T", "POST"}}) {
        test::HttpServer server{[&, s = status](const auto&, auto& connection) {
            connection.send(redirect_to(target.url(), s));
        }};
        auto requested = order(server.url("/"));
        requested.set_from_zero(true);
        requested.mutable_http()->set_method("POST");
        fetch(requested);
        begun();
        fetched();
        EXPECT_EQ(target.requests().back().method, expected) << status;
    }
}

TEST_F(HttpTest, ATokenIsSent) {
    test::HttpServer server{[](const auto&, auto& connection) { connection.send(Ok); }};
    auto requested = order(server.url("/"));
    log_in(requested, wire::Http::Credentials::BEARER);
    fetch(requested);
    begun();
    fetched();
    EXPECT_EQ(server.requests().at(0).field("authorization"), "Bearer secret");
}

TEST_F(HttpTest, DigestAnswersTheChallenge) {
    test::HttpServer server{[](const test::HttpRequest& request, test::HttpConnection& connection) {
        if (request.field("authorization").starts_with("Digest ")) return connection.send(Ok);
        connection.send(
            "HTTP/1.1 401 No\r\nWWW-Authenticate: Basic realm=\"x\"\r\nWWW-Authenticate: Digest realm=\"x\", "
            "nonce=\"abc\", qop=\"auth\"\r\nContent-Length: 4\r\n\r\noops");
    }};
    auto requested = order(server.url("/"));
    log_in(requested, wire::Http::Credentials::BASIC);
    log_in(requested, wire::Http::Credentials::DIGEST);
    fetch(requested);
    begun();
    fetched();
    EXPECT_EQ(directory.read(Part), "ok");
    EXPECT_THAT(server.requests().back().field("authorization"), HasSubstr("username=\"me\""));

    auto unknown = order(server.url("/"));
    fetch(unknown);
    EXPECT_EQ(failed().code(), 401);
}

TEST_F(HttpTest, ProxiesAreTriedInOrder) {
    test::HttpServer proxy{[](const auto&, auto& connection) { connection.send(Ok); }};
    auto requested = order("http://files.example.test/one?secret=1");
    requested.mutable_http()->set_proxy_mode(wire::Http::OVERRIDE);
    requested.mutable_http()->set_proxy_list("127.0.0.1:1 " + place_of(proxy.url("/")));
    log_in(requested, wire::Http::Credentials::BASIC, true);
    fetch(requested);
    begun();
    fetched();
    auto request = proxy.requests().at(0);
    EXPECT_EQ(request.path, "http://files.example.test/one?secret=1");
    EXPECT_EQ(request.field("proxy-authorization"), "Basic bWU6c2VjcmV0");
    EXPECT_EQ(request.field("authorization"), "");
}

TEST_F(HttpTest, AProxyIsLeftOutForWhomItIsBypassed) {
    FileServer server{file};
    auto requested = order(server.url());
    requested.mutable_http()->set_proxy_mode(wire::Http::OVERRIDE);
    requested.mutable_http()->set_proxy_list("127.0.0.1:1");
    requested.mutable_http()->set_proxy_bypass("<local> 127.0.0.1");
    fetch(requested);
    begun();
    expect_arrival(file.content);
}

TEST_F(HttpTest, ProxiesThatFail) {
    auto requested = order("http://files.example.test/");
    requested.mutable_http()->set_proxy_mode(wire::Http::OVERRIDE);
    requested.mutable_http()->set_proxy_list("127.0.0.1:1");
    fetch(requested);
    auto refused = failed();
    EXPECT_EQ(refused.cause(), wire::CONNECT_FAILURE);
    EXPECT_EQ(refused.message(), "cannot connect to the proxy 127.0.0.1 port 1: connection refused");

    requested.mutable_http()->set_proxy_list("nonsense://");
    fetch(requested);
    EXPECT_EQ(failed().cause(), wire::PROXY);

    test::HttpServer strict{[](const auto&, auto& connection) {
        connection.send(
            "HTTP/1.1 407 No\r\nProxy-Authenticate: Basic realm=\"x\"\r\nContent-Length: 0\r\n\r\n");
    }};
    requested.mutable_http()->set_proxy_list(place_of(strict.url("/")));
    for (const char* url : {"http://files.example.test/", "https://files.example.test/"}) {
        requested.set_url(url);
        fetch(requested);
        auto failure = failed();
        EXPECT_EQ(failure.cause(), wire::HTTP_STATUS) << url;
        EXPECT_EQ(failure.code(), 407) << url;
    }
}

/// libproxy reads the environment, too; that the desktop's settings were queried is seen from the proxy that
/// the request went through.
TEST_F(HttpTest, TheDesktopIsAskedOnTheDiskPool) {
    test::HttpServer proxy{[](const auto&, auto& connection) { connection.send(Ok); }};
    setenv("http_proxy", ("http://" + place_of(proxy.url("/"))).c_str(), 1);
    auto requested = order("http://files.example.test/");
    requested.mutable_http()->set_proxy_mode(wire::Http::AUTO);
    fetch(requested);
    begun();
    fetched();
    EXPECT_EQ(proxy.requests().at(0).path, "http://files.example.test/");

    requested.mutable_http()->set_proxy_mode(wire::Http::PRECONFIGURED);
    fetch(requested);
    begun();
    fetched();
    EXPECT_EQ(proxy.requests().size(), 2u);

    FileServer server{file};
    requested.set_url(server.url());
    requested.mutable_http()->set_proxy_mode(wire::Http::NO_PROXY);
    fetch(requested);
    begun();
    expect_arrival(file.content);
    EXPECT_EQ(proxy.requests().size(), 2u);
    unsetenv("http_proxy");
}

TEST_F(HttpTest, ALimitIsKept) {
    FileServer server{file};
    auto requested = order(server.url());
    limit(requested, 400'000);
    auto before = std::chrono::steady_clock::now();
    fetch(requested);
    begun();
    expect_arrival(file.content);
    auto took = std::chrono::steady_clock::now() - before;
    EXPECT_GE(took, std::chrono::milliseconds{900}) << "600,000 bytes";
    EXPECT_LE(took, std::chrono::seconds{6});
}

/// With so small a limit curl pauses for longer than a server may be silent.
TEST_F(HttpTest, ALimitIsNoSilence) {
    settings.set_stall_timeout_s(1);
    start();
    FileServer server{{.content = content_of(4000)}};
    auto requested = order(server.url());
    limit(requested, 1000);
    fetch(requested);
    begun();
    fetched();
}

TEST_F(HttpTest, AFileMayBeTooLarge) {
    for (bool announced : {true, false}) {
        auto served = file;
        served.chunked = !announced;
        FileServer server{served};
        auto requested = order(server.url());
        requested.set_size_limit_known(true);
        requested.set_size_limit(Size - 1);
        fetch(requested);
        if (!announced) begun();
        auto failure = failed();
        EXPECT_EQ(failure.cause(), wire::MAX_DOWNLOAD_SIZE);
        EXPECT_FALSE(failure.void_offset());
        requested.set_size_limit(Size);
        std::filesystem::remove(directory.at(Part));
        fetch(requested);
        begun();
        expect_arrival(file.content);
    }
}

TEST_F(HttpTest, FromZeroNeverGoesOn) {
    FileServer server{file};
    half_a_file(server, file, order(server.url()));
    auto again = resumed(server.url());
    again.set_from_zero(true);
    fetch(again);
    auto start = begun();
    EXPECT_TRUE(start.restarted());
    proceed();
    expect_arrival(file.content);
    EXPECT_EQ(server.requests().at(1).field("range"), "");
}

TEST_F(HttpTest, WithoutCheckpointsThereIsOneAtTheEnd) {
    FileServer server{file};
    auto requested = order(server.url());
    requested.set_no_checkpoints(true);
    fetch(requested);
    begun();
    expect_arrival(file.content);
    ASSERT_EQ(checkpoints.size(), 1u);
    EXPECT_EQ(checkpoints[0].offset(), Size);
}

TEST_F(HttpTest, PathsInOtherScripts) {
    test::HttpServer server{[](const auto&, auto& connection) { connection.send(Ok); }};
    fetch(order(server.url("/größe%20x?ä=1")));
    begun();
    fetched();
    EXPECT_EQ(server.requests().at(0).path, "/gr%c3%b6%c3%9fe%20x?%c3%a4=1");
}

TEST_F(HttpTest, HostsInOtherScripts) {
    std::setlocale(LC_CTYPE, "C.UTF-8"); // as the worker's main has it
    test::HttpServer proxy{[](const auto&, auto& connection) { connection.send(Ok); }};
    auto requested = order("http://bücher.example.test/");
    requested.mutable_http()->set_proxy_mode(wire::Http::OVERRIDE);
    requested.mutable_http()->set_proxy_list(place_of(proxy.url("/")));
    fetch(requested);
    begun();
    fetched();
    EXPECT_EQ(proxy.requests().at(0).field("host"), "xn--bcher-kva.example.test");
    std::setlocale(LC_CTYPE, "C");
}

TEST_F(HttpTest, ALongHeadIsCut) {
    test::HttpServer server{[](const auto&, auto& connection) {
        std::string head = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n";
        for (int i = 0; i < 40; ++i)
            head += "X-" + std::to_string(i) + ": " + std::string(1000, 'x') + "\r\n";
        connection.send(head + "\r\nok");
    }};
    fetch(order(server.url("/")));
    auto headers = begun().headers();
    EXPECT_LE(headers.size(), 16u * 1024);
    EXPECT_GE(headers.size(), 15u * 1024);
    EXPECT_THAT(headers, StartsWith("HTTP/1.1 200 OK\n"));
    EXPECT_EQ(headers.back(), '\n');
    fetched();
}

} // namespace
} // namespace haulier::transfer
