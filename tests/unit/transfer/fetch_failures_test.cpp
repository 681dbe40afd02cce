// SPDX-License-Identifier: LGPL-2.1-or-later
// Failed fetches report the right cause, and keep the bytes received if they can be used.
#include "small_disk.hpp"
#include "worker_fixture.hpp"

#include <arpa/inet.h>
#include <gmock/gmock.h>

namespace haulier::transfer {
namespace {

using testing::HasSubstr;
using testing::Not;

class FailuresTest : public WorkerFixture {
protected:
    /// The failure of a fetch from a server that always sends `response`.
    wire::Failed failure_of(const std::string& response) {
        test::HttpServer server{[&](const test::HttpRequest&, test::HttpConnection& connection) {
            connection.send(response);
            connection.close();
        }};
        fetch(order(server.url("/?secret")));
        auto failure = failed();
        EXPECT_THAT(failure.message(), HasSubstr("127.0.0.1"));
        EXPECT_THAT(failure.message(), Not(HasSubstr("secret")));
        return failure;
    }
    /// The server sends half of the file and then does what `how` says.
    wire::Failed failure_in_the_middle(ServedFile how) {
        how.stop_at = Half;
        FileServer server{how};
        fetch(order(server.url()));
        begun();
        auto failure = failed();
        EXPECT_FALSE(failure.void_offset());
        EXPECT_FALSE(checkpoints.empty());
        EXPECT_EQ(checkpoints.empty() ? 0 : checkpoints.back().offset(), Half) << "what came was saved first";
        return failure;
    }
};

TEST_F(FailuresTest, Statuses) {
    for (int status : {204, 304, 400, 404, 416, 500}) {
        auto failure =
            failure_of("HTTP/1.1 " + std::to_string(status) + " Whatever\r\n" +
                       (status < 400 ? "" : "Content-Length: 4\r\n") + "\r\n" + (status < 400 ? "" : "oops"));
        EXPECT_EQ(failure.cause(), wire::HTTP_STATUS) << status;
        EXPECT_EQ(failure.code(), status);
        EXPECT_EQ(failure.retry_after_s(), 0u);
    }
    EXPECT_FALSE(directory.read(Part).size());
}

/// A 304 has no content. What this server sends after it must not be taken for the response to the next
/// request.
TEST_F(FailuresTest, ABodyWhereNoneMayBeSpoilsNoOtherFile) {
    test::Gate sent;
    test::HttpServer server{[&](const test::HttpRequest& request, test::HttpConnection& connection) {
        if (request.path == "/good") return connection.send("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok");
        connection.send("HTTP/1.1 304 Not Modified\r\nContent-Length: 7\r\n\r\n");
        connection.wait(sent);
        connection.send("garbage");
    }};
    fetch(order(server.url("/bad")));
    EXPECT_EQ(failed().code(), 304);
    fetch(order(server.url("/good")));
    settle();
    sent.open();
    begun();
    expect_arrival("ok");
}

TEST_F(FailuresTest, ACutErrorPageIsStillTheError) {
    EXPECT_EQ(failure_of("HTTP/1.1 503 Busy\r\nContent-Length: 4000\r\n\r\n").cause(), wire::HTTP_STATUS);
    EXPECT_EQ(failure_of("HTTP/1.1 503 Busy\r\nContent-Length: 4000\r\n\r\noops").code(), 503);
}

TEST_F(FailuresTest, RetryAfterIsHandedOn) {
    EXPECT_EQ(
        failure_of("HTTP/1.1 503 Busy\r\nRetry-After: 120\r\nContent-Length: 0\r\n\r\n").retry_after_s(),
        120u);
    EXPECT_EQ(failure_of("HTTP/1.1 429 Slow\r\nDate: Sun, 06 Nov 1994 08:49:37 GMT\r\n"
                         "Retry-After: Sun, 06 Nov 1994 08:50:37 GMT\r\nContent-Length: 0\r\n\r\n")
                  .retry_after_s(),
              60u);
}

TEST_F(FailuresTest, AnswersThatMakeNoSense) {
    for (const char* response :
         {"SSH-2.0-OpenSSH_9.2\r\n",
          "HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nContent-Length: 4\r\n\r\nabcd",
          "HTTP/1.1 206 P\r\nContent-Range: bytes 0-3/5\r\nContent-Length: 4\r\n\r\nabcd",
          "HTTP/1.1 206 P\r\nContent-Range: bytes 0-3/4\r\nContent-Range: bytes 0-3/5\r\nContent-Length: "
          "4\r\n\r\n"
          "abcd"})
        EXPECT_EQ(failure_of(response).cause(), wire::INVALID_RESPONSE) << response;
}

TEST_F(FailuresTest, NoAnswer) {
    EXPECT_EQ(failure_of("").cause(), wire::CONNECTION_LOST);
}

TEST_F(FailuresTest, NobodyListens) {
    Fd taken{socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)};
    sockaddr_in address{.sin_family = AF_INET, .sin_addr = {htonl(INADDR_LOOPBACK)}};
    socklen_t size = sizeof address;
    auto* raw = reinterpret_cast<sockaddr*>(&address);
    ASSERT_EQ(bind(taken.get(), raw, size), 0);
    ASSERT_EQ(getsockname(taken.get(), raw, &size), 0);
    auto port = std::to_string(ntohs(address.sin_port));
    fetch(order("http://127.0.0.1:" + port + "/"));
    auto failure = failed();
    EXPECT_EQ(failure.cause(), wire::CONNECT_FAILURE);
    EXPECT_EQ(failure.message(), "cannot connect to 127.0.0.1 port " + port + ": connection refused");
}

TEST_F(FailuresTest, TheServerHangsUpInTheMiddle) {
    auto cut = file;
    cut.then_close = true;
    EXPECT_EQ(failure_in_the_middle(cut).cause(), wire::SHORT_BODY);
}

TEST_F(FailuresTest, TheLastChunkNeverComes) {
    auto cut = file;
    cut.chunked = cut.then_close = true;
    EXPECT_EQ(failure_in_the_middle(cut).cause(), wire::SHORT_BODY);
}

TEST_F(FailuresTest, TheConnectionIsReset) {
    FileServer server{file};
    auto cut = file;
    cut.then_reset = true;
    cut.stop_at = Half;
    server.change(cut);
    fetch(order(server.url()));
    wire::FromWorker last;
    ASSERT_TRUE(turn_until([&] { return !inbox.empty() && (last = inbox.back()).has_failed(); }));
    EXPECT_EQ(last.failed().cause(), wire::CONNECTION_LOST);
}

TEST_F(FailuresTest, Silence) {
    settings.set_stall_timeout_s(1);
    start();
    auto before = std::chrono::steady_clock::now();
    EXPECT_EQ(failure_in_the_middle(file).cause(), wire::TIMEOUT);
    EXPECT_GE(std::chrono::steady_clock::now() - before, std::chrono::seconds{1});
}

TEST_F(FailuresTest, SilenceBeforeTheAnswer) {
    settings.set_stall_timeout_s(1);
    start();
    test::HttpServer server{[](const auto&, auto& connection) { connection.wait_for_client_to_leave(); }};
    fetch(order(server.url("/")));
    EXPECT_EQ(failed().cause(), wire::TIMEOUT);
}

TEST_F(FailuresTest, Redirects) {
    auto to = [](const std::string& where) {
        return "HTTP/1.1 302 Found\r\nConnection: close\r\nLocation: " + where +
               "\r\nContent-Length: 0\r\n\r\n";
    };
    EXPECT_EQ(failure_of(to("ftp://127.0.0.1/secret")).cause(), wire::REDIRECT_REFUSED);
    EXPECT_EQ(failure_of(to("file:///etc/passwd")).cause(), wire::REDIRECT_REFUSED);
    EXPECT_EQ(failure_of(to("http://user:secret@127.0.0.1/")).cause(), wire::REDIRECT_REFUSED);
    EXPECT_EQ(failure_of(to("/again")).cause(), wire::TOO_MANY_REDIRECTS);
    EXPECT_EQ(failure_of("HTTP/1.1 302 Found\r\nContent-Length: 0\r\n\r\n").code(), 302) << "to nowhere";
}

TEST_F(FailuresTest, AnUnexpectedSizeIsSeenBeforeTheFirstByte) {
    FileServer server{file};
    auto requested = order(server.url());
    requested.set_expected_size_known(true);
    requested.set_expected_size(Size + 1);
    fetch(requested);
    EXPECT_EQ(failed().cause(), wire::SIZE_MISMATCH);
    EXPECT_EQ(directory.read(Part), "");
}

TEST_F(FailuresTest, AnUnexpectedSizeThatWasNotAnnounced) {
    auto unsized = file;
    unsized.chunked = true;
    FileServer server{unsized};
    for (uint64_t expected : {Size - 1, Size + 1}) {
        auto requested = order(server.url());
        requested.set_expected_size_known(true);
        requested.set_expected_size(expected);
        fetch(requested);
        begun();
        auto failure = failed();
        EXPECT_EQ(failure.cause(), wire::SIZE_MISMATCH) << expected;
        EXPECT_TRUE(failure.void_offset());
    }
}

TEST_F(FailuresTest, LocalFaults) {
    FileServer server{file};
    auto nowhere = order(server.url());
    nowhere.set_directory(directory.at("missing"));
    fetch(nowhere);
    EXPECT_EQ(failed().cause(), wire::LOCAL_FILE);

    std::filesystem::create_symlink(directory.at("victim"), directory.at(Part));
    fetch(order(server.url()));
    EXPECT_EQ(failed().cause(), wire::LOCAL_FILE);
    EXPECT_FALSE(directory.has("victim"));

    auto escape = order(server.url());
    escape.set_temporary("../file");
    fetch(escape);
    EXPECT_EQ(failed().cause(), wire::INTERNAL);
    EXPECT_EQ(server.requests().size(), 0u);
}

} // namespace
} // namespace haulier::transfer
