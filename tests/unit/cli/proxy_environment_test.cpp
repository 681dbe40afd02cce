// SPDX-License-Identifier: LGPL-2.1-or-later
#include "cli/proxy_environment.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <map>

namespace haulier::cli {
namespace {

using Variables = std::map<std::string, std::string>;
using Urls = std::vector<std::string>;

Result<std::optional<EnvironmentProxy>, Failure> read(const Variables& variables,
                                                      const Urls& urls = {"http://example.org/f"}) {
    return proxy_of_environment(urls, [&](const char* name) {
        auto found = variables.find(name);
        return found == variables.end() ? nullptr : found->second.c_str();
    });
}

std::string list_of(const Variables& variables, const Urls& urls = {"http://example.org/f"}) {
    auto proxy = read(variables, urls);
    if (!proxy) return proxy.error().message;
    return *proxy ? (*proxy)->list : "";
}

std::string bypass_of(const std::string& no_proxy, const Urls& urls = {"http://example.org/f"}) {
    return (*read({{"http_proxy", "p:1"}, {"no_proxy", no_proxy}}, urls))->bypass;
}

TEST(ProxyOfEnvironment, IsThatOfCurl) {
    EXPECT_EQ(list_of({}), "");
    EXPECT_EQ(list_of({{"http_proxy", "http://p:8080/"}}), "http=http://p:8080");
    EXPECT_EQ(list_of({{"http_proxy", "p"}}), "http=http://p:1080") << "the port that curl uses";
    EXPECT_EQ(list_of({{"http_proxy", "https://p"}}), "http=https://p:443");
    EXPECT_EQ(list_of({{"http_proxy", "[::1]:3128"}}), "http=http://[::1]:3128");
    EXPECT_EQ(list_of({{"all_proxy", "socks5h://p:9050"}}), "http=socks5h://p:9050 https=socks5h://p:9050");
    EXPECT_EQ(list_of({{"all_proxy", "socks://p:1/"}}), "http=socks5://p:1 https=socks5://p:1") << "GNOME's";
    EXPECT_EQ(list_of({{"ALL_PROXY", "p:1"}, {"http_proxy", "q:2"}}), "http=http://q:2 https=http://p:1");
    EXPECT_EQ(list_of({{"HTTP_PROXY", "p:1"}}), "") << "a CGI client can set it";
    EXPECT_EQ(list_of({{"http_proxy", ""}}), "");
}

TEST(ProxyOfEnvironment, IsTakenOnlyIfAUrlNeedsIt) {
    EXPECT_EQ(list_of({{"https_proxy", "p:1"}}), "");
    EXPECT_EQ(list_of({{"HTTPS_PROXY", "p:1"}}, {"http://a/f", "HTTPS://b/f"}), "https=http://p:1");
}

TEST(ProxyOfEnvironment, MayNeedAPassword) {
    auto proxy = read({{"http_proxy", "http://joe:p%40ss@p:8080"}});
    EXPECT_EQ((*proxy)->list, "http=http://p:8080");
    ASSERT_TRUE((*proxy)->credentials);
    EXPECT_EQ((*proxy)->credentials->target, "proxy");
    EXPECT_EQ((*proxy)->credentials->user, "joe");
    EXPECT_EQ((*proxy)->credentials->password, "p@ss");
}

TEST(ProxyOfEnvironment, IsRefusedIfItIsNone) {
    for (const char* wrong : {"ftp://p:1", "p:secret", "http://", "a b:1", "p:1;q:2", "x=p:1", "joe:\xff@p:1",
                              "\xff:1", "a|b:1", "\"p:1\"", "p:"}) {
        auto proxy = read({{"http_proxy", wrong}});
        ASSERT_FALSE(proxy) << wrong;
        EXPECT_EQ(proxy.error().code, Exit::Usage);
        EXPECT_THAT(proxy.error().message, testing::HasSubstr("http_proxy")) << wrong;
        EXPECT_THAT(proxy.error().message, testing::Not(testing::HasSubstr("secret"))) << wrong;
    }
}

TEST(ProxyOfEnvironment, LeavesOutTheHostsOfNoProxy) {
    EXPECT_EQ(bypass_of("*"), "*");
    EXPECT_EQ(bypass_of("localhost, .Example.org,a.b. 10.0.0.1,::1"),
              "localhost *.localhost example.org *.example.org a.b *.a.b 10.0.0.1 [::1]");
    EXPECT_EQ(bypass_of(",, ."), "");
    EXPECT_EQ(bypass_of("10.0.*, *example.org, http://a, <-loopback>, joe@a, a|b, [::1, a:b, **, b"), "b *.b")
        << "entries for other programs";
}

TEST(ProxyOfEnvironment, KnowsTheNetworksOfNoProxy) {
    Urls urls{"http://10.1.2.3:80/f", "http://joe@10.2.0.1/f", "http://[fd00::1]/f", "http://name/f"};
    EXPECT_EQ(bypass_of("10.1.0.0/16", urls), "10.1.2.3");
    EXPECT_EQ(bypass_of("10.0.0.0/8", urls), "10.1.2.3 10.2.0.1");
    EXPECT_EQ(bypass_of("0.0.0.0/0", urls), "10.1.2.3 10.2.0.1");
    EXPECT_EQ(bypass_of("fd00::/8", urls), "[fd00::1]");
    for (const char* none : {"10.0.0.0/33", "10.0.0.0/", "10.0.0.0/8x", "name/8", "/8"})
        EXPECT_EQ(bypass_of(none, urls), "") << none;
}

TEST(ProxyOfEnvironment, KeepsWhatMattersOfALongNoProxy) {
    std::string many = "example.org";
    for (int i = 0; i < 500; ++i)
        many += ",host" + std::to_string(i);
    EXPECT_EQ(bypass_of(many), "example.org");
    EXPECT_EQ(bypass_of(many, {"http://sub.example.org/f"}), "*.example.org");
}

} // namespace
} // namespace haulier::cli
