// SPDX-License-Identifier: LGPL-2.1-or-later
#include "transfer/curl_failure.hpp"

#include <cerrno>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/resource.h>

namespace haulier::transfer {
namespace {

using testing::EndsWith;
using testing::HasSubstr;
using testing::Not;

TEST(CurlFailure, Causes) {
    struct Row {
        CURLcode code;
        wire::Cause cause;
    };
    const std::vector<Row> rows = {
        {CURLE_COULDNT_RESOLVE_HOST, wire::NAME_RESOLUTION},
        {CURLE_COULDNT_RESOLVE_PROXY, wire::NAME_RESOLUTION},
        {CURLE_COULDNT_CONNECT, wire::CONNECT_FAILURE},
        {CURLE_OPERATION_TIMEDOUT, wire::TIMEOUT},
        {CURLE_RECV_ERROR, wire::CONNECTION_LOST},
        {CURLE_SEND_ERROR, wire::CONNECTION_LOST},
        {CURLE_GOT_NOTHING, wire::CONNECTION_LOST},
        {CURLE_HTTP2, wire::CONNECTION_LOST},
        {CURLE_HTTP2_STREAM, wire::CONNECTION_LOST},
        {CURLE_PARTIAL_FILE, wire::SHORT_BODY},
        {CURLE_PEER_FAILED_VERIFICATION, wire::TLS_CERTIFICATE},
        {CURLE_SSL_CONNECT_ERROR, wire::TLS_HANDSHAKE},
        {CURLE_TOO_MANY_REDIRECTS, wire::TOO_MANY_REDIRECTS},
        {CURLE_WEIRD_SERVER_REPLY, wire::INVALID_RESPONSE},
        {CURLE_UNSUPPORTED_PROTOCOL, wire::INVALID_RESPONSE},
        {CURLE_OUT_OF_MEMORY, wire::INVALID_RESPONSE},
        {CURLE_BAD_FUNCTION_ARGUMENT, wire::INTERNAL},
    };
    for (const auto& row : rows) {
        auto failure = curl_failure({.code = row.code, .detail = "secret"}, {.status = 200}, "example.org");
        EXPECT_EQ(failure.cause, row.cause) << row.code;
        EXPECT_EQ(failure.code, row.code);
        EXPECT_THAT(failure.message, HasSubstr("example.org")) << row.code;
        EXPECT_THAT(failure.message, Not(EndsWith("."))) << row.code;
        bool tls = row.cause == wire::TLS_CERTIFICATE || row.cause == wire::TLS_HANDSHAKE;
        EXPECT_EQ(failure.message.find("secret") != std::string::npos, tls) << row.code;
    }
}

TEST(CurlFailure, ARefusedRedirectIsToldFromAnAnswerThatIsNotHttp) {
    auto failure = curl_failure({.code = CURLE_UNSUPPORTED_PROTOCOL}, {.status = 302}, "example.org");
    EXPECT_EQ(failure.cause, wire::REDIRECT_REFUSED);
    failure = curl_failure({.code = CURLE_URL_MALFORMAT}, {.status = 302}, "example.org");
    EXPECT_EQ(failure.cause, wire::INVALID_RESPONSE) << "another answer may come later";
    EXPECT_EQ(failure.message, "example.org redirected to something that is not a URL");
}

TEST(CurlFailure, TlsSaysWhatIsWrong) {
    auto failure = curl_failure({.code = CURLE_PEER_FAILED_VERIFICATION, .detail = "certificate has expired"},
                                {}, "a.b");
    EXPECT_EQ(failure.message, "the certificate of a.b is not trusted: certificate has expired");
}

TEST(CurlFailure, AWrongClockIsNamed) {
    auto failure = curl_failure({.code = CURLE_PEER_FAILED_VERIFICATION,
                                 .detail = "certificate is not yet valid",
                                 .clock_doubted = true},
                                {}, "a.b");
    EXPECT_EQ(failure.message,
              "the certificate of a.b is not trusted: certificate is not yet valid; the clock "
              "of this machine may be wrong");
    EXPECT_EQ(failure.cause, wire::TLS_CERTIFICATE);
    EXPECT_TRUE(failure.clock);
}

TEST(CurlFailure, AShortageOfFilesIsToldAsSuch) {
    rlimit before{};
    ASSERT_EQ(getrlimit(RLIMIT_NOFILE, &before), 0);
    const rlimit none{0, before.rlim_max};
    ASSERT_EQ(setrlimit(RLIMIT_NOFILE, &none), 0);
    auto connecting = curl_failure({.code = CURLE_SSL_CACERT_BADFILE}, {}, "a.b");
    auto receiving = curl_failure({.code = CURLE_RECV_ERROR}, {.status = 200}, "a.b");
    ASSERT_EQ(setrlimit(RLIMIT_NOFILE, &before), 0);
    EXPECT_EQ(connecting.message, "cannot connect to a.b: too many open files");
    EXPECT_TRUE(connecting.is_transient);
    EXPECT_EQ(receiving.cause, wire::CONNECTION_LOST);
    EXPECT_TRUE(local_failure(EMFILE, "cannot open").is_transient);
    EXPECT_FALSE(local_failure(EACCES, "cannot open").is_transient);
}

TEST(CurlFailure, Proxies) {
    auto unusable = curl_failure({.code = CURLE_PROXY, .bad_proxy = true}, {}, "example.org");
    EXPECT_EQ(unusable.cause, wire::PROXY);
    auto refused = curl_failure({.code = CURLE_RECV_ERROR, .proxy_status = 407}, {}, "example.org");
    EXPECT_EQ(refused.cause, wire::HTTP_STATUS);
    EXPECT_EQ(refused.code, 407);
    EXPECT_EQ(curl_failure({.code = CURLE_RECV_ERROR, .proxy_status = 200}, {}, "example.org").cause,
              wire::CONNECTION_LOST)
        << "the way stood; it broke later";
    EXPECT_EQ(curl_failure({.code = CURLE_COULDNT_RESOLVE_PROXY}, {}, "example.org").cause,
              wire::NAME_RESOLUTION);
}

TEST(CurlFailure, SaysWhoCannotBeReachedAndWhy) {
    TransferResult result{
        .code = CURLE_COULDNT_CONNECT, .host = "example.org", .port = "8080", .os_error = ECONNREFUSED};
    auto message = [&] { return curl_failure(result, {}, "first.example").message; };
    EXPECT_EQ(message(), "cannot connect to example.org port 8080: connection refused");
    result.os_error = 0;
    EXPECT_EQ(message(), "cannot connect to example.org port 8080");
    result.os_error = EHOSTUNREACH;
    result.proxy = "10.0.0.1 port 3128";
    EXPECT_EQ(message(), "cannot connect to the proxy 10.0.0.1 port 3128: no route to host");
    result.code = CURLE_OPERATION_TIMEDOUT;
    EXPECT_EQ(message(),
              "connecting to example.org port 8080 through the proxy 10.0.0.1 port 3128 took too long");
    result.code = CURLE_PROXY;
    EXPECT_EQ(message(), "the proxy cannot connect to example.org port 8080");
    result.code = CURLE_COULDNT_RESOLVE_PROXY;
    result.proxy = "proxy.example port 3128";
    EXPECT_EQ(message(), "the host name of the proxy proxy.example cannot be resolved");
    result.proxy.clear();
    EXPECT_EQ(message(), "the host name of the proxy for example.org cannot be resolved");
    result.code = CURLE_OPERATION_TIMEDOUT;
    EXPECT_EQ(message(), "connecting to example.org port 8080 took too long");
}

TEST(CurlFailure, Silence) {
    auto failure =
        curl_failure({.code = CURLE_OPERATION_TIMEDOUT, .bound = Bound::Silence}, {.status = 200}, "a.b");
    EXPECT_EQ(failure.cause, wire::TIMEOUT);
    EXPECT_EQ(failure.message, "a.b sent nothing for too long");
}

} // namespace
} // namespace haulier::transfer
