// SPDX-License-Identifier: LGPL-2.1-or-later
#include "job/reach.hpp"

#include <gtest/gtest.h>
#include <ostream>
#include <string>
#include <vector>

namespace haulier::job {

namespace {

const std::string Far = "http://files.example/f";
const std::string FarTls = "https://files.example/f";

Proxy through(const std::string& list, const std::string& bypass = {}) {
    return {Proxy::Mode::Override, list, bypass};
}

TEST(Loopback, IsTheMachineItselfAndNothingThatLooksLikeIt) {
    for (const char* url :
         {"http://localhost/x", "http://LOCALHOST:8080/x", "https://127.0.0.1/", "http://127.9.8.7",
          "http://127.1/", "http://app.localhost/", "http://[::1]:80/x", "http://[::1]"})
        EXPECT_TRUE(is_loopback(url)) << url;
    for (const char* url : {"http://localhost.example.org/", "http://127.0.0.1.example.org/",
                            "http://localhost@example.org/", "http://example.org/localhost", "http://[::2]/",
                            "http://example.org?@localhost/", "http://example.org#@localhost"})
        EXPECT_FALSE(is_loopback(url)) << url;
}

TEST(Reach, OfAProxyOfTheJob) {
    struct Row {
        const char* list;
        Reach http;
        Reach https;
    };
    using enum Reach;
    const std::vector<Row> rows = {
        {"127.0.0.1:3128", LocalProxy, LocalProxy},
        {"http://127.1.2.3:3128/", LocalProxy, LocalProxy},
        {"http://localhost", LocalProxy, LocalProxy},
        {"socks5h://LOCALHOST:9050", LocalProxy, LocalProxy},
        {"[::1]:3128", LocalProxy, LocalProxy},
        {"http=localhost:1", LocalProxy, Network},
        {"https=localhost:1", Network, LocalProxy},
        {"proxy.example:3128 127.0.0.1:3128", LocalProxy, LocalProxy},
        {"proxy.example:3128", Network, Network},
        {"127.0.0.1.example.org:3128", Network, Network},
        {"[::1", Network, Network},
        {"", Network, Network},
    };
    for (const auto& row : rows) {
        EXPECT_EQ(reach_of(Far, through(row.list), {}), row.http) << row.list;
        EXPECT_EQ(reach_of(FarTls, through(row.list), {}), row.https) << row.list;
    }
    EXPECT_EQ(reach_of(Far, through("127.0.0.1:1", "*.example"), {}), Network) << "asked directly";
    EXPECT_EQ(reach_of("http://127.0.0.1/f", through("127.0.0.1:1", "127.0.0.1"), {}), Machine);
    EXPECT_EQ(reach_of("no URL", through("127.0.0.1:1"), {}), Network);
}

EnvironmentProxies proxies_named(const char* http, const char* https, const char* all, const char* none) {
    return {{"http_proxy", http}, {"https_proxy", https}, {"all_proxy", all}, {"no_proxy", none}};
}

TEST(Reach, OfTheProxiesOfTheEnvironment) {
    using enum Reach;
    const auto local = proxies_named("http://user:secret@127.0.0.1:3128/", "", "", "");
    EXPECT_EQ(reach_of(Far, {}, local), LocalProxy);
    EXPECT_EQ(reach_of(FarTls, {}, local), Network);
    EXPECT_EQ(reach_of(FarTls, {}, proxies_named("", "localhost:1", "far:1", "")), LocalProxy);
    EXPECT_EQ(reach_of(FarTls, {}, proxies_named("", "", "socks5://[::1]:1", "")), LocalProxy);
    EXPECT_EQ(reach_of(Far, {Proxy::Mode::None, "", ""}, local), Network);
    EXPECT_EQ(reach_of(Far, {Proxy::Mode::Auto, "", ""}, local), Network);
    for (const char* none : {"*", "files.example", "other, .example", "example"})
        EXPECT_EQ(reach_of(Far, {}, proxies_named("127.0.0.1:1", "", "", none)), Network) << none;
    for (const char* none : {"", "other.example", "les.example", ","})
        EXPECT_EQ(reach_of(Far, {}, proxies_named("127.0.0.1:1", "", "", none)), LocalProxy) << none;
}

TEST(Reach, OfAFileIsThatOfItsFarthestSource) {
    FileSpec spec;
    spec.remote = "http://localhost/f";
    EXPECT_EQ(reach_of(spec, through("127.0.0.1:1"), {}), Reach::Machine);
    spec.mirrors = {"http://127.0.0.1/f", Far};
    EXPECT_EQ(reach_of(spec, through("127.0.0.1:1"), {}), Reach::LocalProxy);
    EXPECT_EQ(reach_of(spec, {}, {}), Reach::Network);
}

} // namespace

} // namespace haulier::job
