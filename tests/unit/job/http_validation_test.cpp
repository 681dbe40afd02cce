// SPDX-License-Identifier: LGPL-2.1-or-later
#include "job/http_validation.hpp"

#include "base/proxy_list.hpp"
#include "samples.hpp"

#include <gtest/gtest.h>

namespace haulier::job {

namespace {

using Scheme = Credentials::Scheme;
using Target = Credentials::Target;

Credentials credentials(Scheme scheme, const std::string& user, const std::string& password) {
    Credentials c;
    c.scheme = scheme;
    c.user = user;
    c.password = password;
    return c;
}

TEST(Headers, AreNamesAndValues) {
    EXPECT_TRUE(check_headers({}));
    EXPECT_TRUE(check_headers({"X-Name: value", "X-Empty:", "Cookie: a=b; c=d",
                               "Authorization: Basic eA==", "X-Tab: a\tb", "X-Text: gr\xc3\xbc\xc3\x9f"}));
    for (const auto* bad :
         {"", "no colon", ": value", "Na me: x", "X-Name : x", "X: a\rB: c", "X: a\nB: c", "X: \x01"})
        EXPECT_EQ(code_of(check_headers({bad})), Errc::InvalidArgument) << bad;
    EXPECT_EQ(code_of(check_headers({std::string{"X: a\0b", 6}})), Errc::InvalidArgument);
}

TEST(Headers, ThatAreOursAreRefusedInAnyCase) {
    for (const auto* bad :
         {"Host: x", "RANGE: bytes=0-", "if-range: x", "Content-Length: 1", "Transfer-Encoding: chunked",
          "Accept-Encoding: gzip", "Connection: close", "Upload-Offset: 3", "Tus-Resumable: 1.0.0"})
        EXPECT_EQ(code_of(check_headers({bad})), Errc::InvalidArgument) << bad;
}

TEST(Headers, HoldTheLengthAtTheBoundAndOneAbove) {
    std::string half = "X: " + std::string(MaxHeaders / 2 - 3, 'a');
    EXPECT_TRUE(check_headers({half, half}));
    EXPECT_EQ(code_of(check_headers({half, half + "a"})), Errc::StringTooLong);
}

TEST(Headers, ThatAreRefusedAreNotRepeated) {
    EXPECT_EQ(check_headers({"X: secret\r"}).error().message.find("secret"), std::string::npos);
    EXPECT_EQ(check_headers({"secret"}).error().message.find("secret"), std::string::npos);
}

TEST(Methods, OfDownloadsAreTokensThatFetch) {
    EXPECT_EQ(*method_for(Type::Download, ""), "");
    EXPECT_EQ(*method_for(Type::Download, "GET"), "");
    EXPECT_EQ(*method_for(Type::Download, "POST"), "POST");
    EXPECT_EQ(*method_for(Type::Download, "get"), "get");
    EXPECT_EQ(code_of(method_for(Type::Download, "GE T")), Errc::InvalidArgument);
    EXPECT_EQ(code_of(method_for(Type::Download, "HEAD")), Errc::NotSupported);
    EXPECT_TRUE(method_for(Type::Download, std::string(MaxMethod, 'A')));
    EXPECT_EQ(code_of(method_for(Type::Download, std::string(MaxMethod + 1, 'A'))), Errc::StringTooLong);
}

TEST(Methods, OfUploadsAreTwo) {
    EXPECT_EQ(*method_for(Type::Upload, "PUT"), "");
    EXPECT_EQ(*method_for(Type::UploadReply, "POST"), "POST");
    EXPECT_EQ(code_of(method_for(Type::Upload, "GET")), Errc::NotSupported);
}

TEST(CheckCredentials, HoldsTheLengthsAtTheBoundAndOneAbove) {
    std::string umlaut = "\xc3\xa4";
    std::string user;
    for (size_t i = 0; i < MaxUserName; ++i)
        user += umlaut;
    EXPECT_TRUE(check_credentials(credentials(Scheme::Digest, user, std::string(MaxPassword, 'p'))));
    EXPECT_EQ(code_of(check_credentials(credentials(Scheme::Digest, user + "x", ""))), Errc::StringTooLong);
    EXPECT_EQ(code_of(check_credentials(credentials(Scheme::Digest, "u", std::string(MaxPassword + 1, 'p')))),
              Errc::StringTooLong);
}

TEST(CheckCredentials, KnowsWhatEachSchemeNeeds) {
    EXPECT_TRUE(check_credentials(credentials(Scheme::Basic, "u", "")));
    EXPECT_EQ(code_of(check_credentials(credentials(Scheme::Basic, "", "p"))), Errc::InvalidArgument);
    EXPECT_EQ(code_of(check_credentials(credentials(Scheme::Basic, "a:b", "p"))), Errc::InvalidArgument);
    EXPECT_TRUE(check_credentials(credentials(Scheme::Digest, "a:b", "p")));
    EXPECT_EQ(code_of(check_credentials(credentials(Scheme::Digest, "", ""))), Errc::InvalidArgument);
    EXPECT_TRUE(check_credentials(credentials(Scheme::Negotiate, "", "")));
    EXPECT_TRUE(check_credentials(credentials(Scheme::Ntlm, "DOMAIN\\u", "p")));
    EXPECT_EQ(code_of(check_credentials(credentials(Scheme::Ntlm, "", "p"))), Errc::InvalidArgument);
    EXPECT_EQ(code_of(check_credentials(credentials(Scheme::Digest, "a\nb", "p"))), Errc::InvalidArgument);
}

TEST(CheckCredentials, TakesATokenOfVisibleCharacters) {
    EXPECT_TRUE(check_credentials(credentials(Scheme::Bearer, "", "abc.DEF-_~+/=")));
    for (const auto* bad : {"", "a b", "a\r\nX: y", "\xc3\xa4"})
        EXPECT_EQ(code_of(check_credentials(credentials(Scheme::Bearer, "", bad))), Errc::InvalidArgument)
            << bad;
    EXPECT_EQ(code_of(check_credentials(credentials(Scheme::Bearer, "u", "t"))), Errc::InvalidArgument);
    auto proxy = credentials(Scheme::Bearer, "", "t");
    proxy.target = Target::Proxy;
    EXPECT_EQ(code_of(check_credentials(proxy)), Errc::NotSupported);
}

TEST(ProxyLists, HaveTheSyntaxOfTheReference) {
    EXPECT_TRUE(check_proxy_list(""));
    EXPECT_TRUE(
        check_proxy_list("proxy proxy.example:8080 http=p1:80 https=http://p2:3128 socks5h://[::1]:1080"));
    EXPECT_TRUE(check_proxy_list("socks4://p socks4a://p SOCKS5://p"));
    for (const auto* bad : {"ftp=p:80", "gopher://p", "p:0", "p:65536", "p:x", "http://", "user:pw@p:80",
                            "p/path", "http=", "p,q"})
        EXPECT_EQ(code_of(check_proxy_list(bad)), Errc::InvalidArgument) << bad;
    EXPECT_TRUE(check_proxy_list(std::string(MaxProxyList, 'p')));
    EXPECT_EQ(code_of(check_proxy_list(std::string(MaxProxyList + 1, 'p'))), Errc::StringTooLong);
}

TEST(ProxyBypasses, AreHostsAndDomains) {
    EXPECT_TRUE(check_proxy_bypass("localhost *.example.org <local> 10.0.0.1 [::1] host:8080 *"));
    for (const auto* bad : {"a*b", "<remote>", "http://x", "*.", "x/y"})
        EXPECT_EQ(code_of(check_proxy_bypass(bad)), Errc::InvalidArgument) << bad;
    EXPECT_TRUE(check_proxy_bypass(std::string(MaxProxyList, 'p')));
    EXPECT_EQ(code_of(check_proxy_bypass(std::string(MaxProxyList + 1, 'p'))), Errc::StringTooLong);
}

} // namespace

} // namespace haulier::job
