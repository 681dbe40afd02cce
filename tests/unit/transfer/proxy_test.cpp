// SPDX-License-Identifier: LGPL-2.1-or-later
#include "transfer/proxy.hpp"

#include "base/proxy_list.hpp"

#include <gtest/gtest.h>
#include <map>
#include <vector>

namespace haulier::transfer {
namespace {

Url url_of(const std::string& text) {
    return *parse_url(text);
}

/// The routes in short: "direct", "environment", or the proxy.
std::vector<std::string> in_short(const Routes& routes) {
    std::vector<std::string> words;
    for (const auto& route : routes)
        words.push_back(route.kind == Route::Kind::Direct        ? "direct"
                        : route.kind == Route::Kind::Environment ? "environment"
                                                                 : route.proxy);
    return words;
}

using Words = std::vector<std::string>;

TEST(ProxyOnARoute, IsNamedWithItsPort) {
    auto url = url_of("http://files.example:81/x");
    auto via = [&](const char* proxy) { return proxy_on({Route::Kind::Via, proxy}, url, ""); };
    EXPECT_EQ(via("http://proxy.example:3128"), "proxy.example port 3128");
    EXPECT_EQ(via("socks5://[::1]:1080"), "::1 port 1080");
    EXPECT_EQ(via("http://joe:secret@proxy.example:3128"), "proxy.example port 3128");
    EXPECT_EQ(proxy_on({}, url, "Failed to connect to proxy.example port 3128 after 1 ms"), "");
}

TEST(ProxyOnARoute, IsTheOneThatCurlNamesIfTheEnvironmentHasIt) {
    auto named = [](const char* url, const char* detail) {
        return proxy_on({Route::Kind::Environment, ""}, url_of(url), detail);
    };
    const char* plain = "http://files.example:81/x";
    EXPECT_EQ(
        named(plain, "Failed to connect to proxy.example port 3128 after 1 ms: Couldn't connect to server"),
        "proxy.example port 3128");
    EXPECT_EQ(
        named(plain, "Failed to connect to files.example port 81 after 1 ms: Couldn't connect to server"),
        "");
    EXPECT_EQ(
        named("http://[::1]/", "Failed to connect to ::1 port 80 after 0 ms: Couldn't connect to server"),
        "");
    EXPECT_EQ(named("http://files.example./", "Failed to connect to files.example port 80 after 0 ms"), "");
    EXPECT_EQ(named("http://b\xc3\xbc.example/", "Failed to connect to xn--b-xka.example port 80 after 0 ms"),
              "");
    EXPECT_EQ(named(plain, "Could not resolve proxy: proxy.example"), "proxy.example");
    EXPECT_EQ(named(plain, "Could not resolve host: files.example"), "");
    EXPECT_EQ(named(plain, ""), "");
}

TEST(ProxyCommandOutput, Table) {
    const std::vector<std::pair<std::string, Words>> rows{
        {"http://cache.example:3142\n", {"http://cache.example:3142"}},
        {"http://cache.example:3142/\n", {"http://cache.example:3142"}},
        {"cache.example\nhttp://other.example\n", {"http://cache.example:80"}},
        {"DIRECT", {"direct"}},
        {"http://a.example:1 DIRECT", {"http://a.example:1", "direct"}},
        {"", {}},
        {"\nhttp://a.example:1", {}},
        {"gopher://a.example:1", {}},
        {"http=http://a.example:1", {}},
        {"http://user:word@a.example:1", {}},
    };
    for (const auto& [output, routes] : rows)
        EXPECT_EQ(in_short(routes_from_command(output)), routes) << output;
}

TEST(ProxyList, Table) {
    struct Row {
        const char* list;
        Words for_http;
        Words for_https;
    };
    const std::vector<Row> rows = {
        {"proxy", {"http://proxy:80"}, {"http://proxy:80"}},
        {"Proxy.Example.org:3128", {"http://proxy.example.org:3128"}, {"http://proxy.example.org:3128"}},
        {"a:1 b:2", {"http://a:1", "http://b:2"}, {"http://a:1", "http://b:2"}},
        {"a:1;b:2", {"http://a:1", "http://b:2"}, {"http://a:1", "http://b:2"}},
        {"http=a:1 https=b:2", {"http://a:1"}, {"http://b:2"}},
        {"http=a:1 c:3", {"http://a:1", "http://c:3"}, {"http://c:3"}},
        {"http=a:1", {"http://a:1"}, {"direct"}},
        {"https://secure", {"https://secure:443"}, {"https://secure:443"}},
        {"https=socks5://s", {"direct"}, {"socks5://s:1080"}},
        {"socks4a://s:9 socks5h://t",
         {"socks4a://s:9", "socks5h://t:1080"},
         {"socks4a://s:9", "socks5h://t:1080"}},
        {"[::1]:3128", {"http://[::1]:3128"}, {"http://[::1]:3128"}},
        {"[::1]", {"http://[::1]:80"}, {"http://[::1]:80"}},
        {"http://proxy/", {"http://proxy:80"}, {"http://proxy:80"}},
        // What cannot be used leaves no route, and not the direct one.
        {"", {}, {}},
        {"ftp://proxy", {}, {}},
        {"ftp=proxy", {}, {}},
        {"proxy:99999", {}, {}},
        {"proxy:port", {}, {}},
        {"http://", {}, {}},
        {"http://user:secret@proxy", {}, {}},
        {"http://proxy/path", {}, {}},
        {"[::1", {}, {}},
        {"good:1 bad:", {}, {}},
    };
    for (const auto& row : rows) {
        EXPECT_EQ(in_short(routes_from_list(row.list, url_of("http://example.org/"))), row.for_http)
            << row.list;
        EXPECT_EQ(in_short(routes_from_list(row.list, url_of("https://example.org/"))), row.for_https)
            << row.list;
    }
}

TEST(ProxyBypass, Table) {
    struct Row {
        const char* bypass;
        const char* host;
        bool expected;
    };
    for (const auto& row : std::vector<Row>{
             {"", "example.org", false},
             {"example.org", "example.org", true},
             {"Example.ORG", "example.org", true},
             {"example.org", "www.example.org", false},
             {"*.example.org", "www.example.org", true},
             {"*.example.org", "a.b.example.org", true},
             {"*.example.org", "example.org", false},
             {"*.example.org", "badexample.org", false},
             {"*", "anything.at.all", true},
             {"<local>", "printer", true},
             {"<local>", "printer.example.org", false},
             {"<local>", "[::1]", false},
             {"<local>", "127.0.0.1", false},
             {"127.0.0.1", "127.0.0.1", true},
             {"[::1]", "[::1]", true},
             {"a <local> *.b", "x.b", true},
             {"a;*.b", "x.b", true},
         })
        EXPECT_EQ(bypasses(row.bypass, row.host), row.expected) << row.bypass << " " << row.host;
}

TEST(ProxyAnswers, AsLibproxyWritesThem) {
    EXPECT_EQ(in_short(routes_from_libproxy({"direct://"})), (Words{"direct"}));
    EXPECT_EQ(in_short(routes_from_libproxy({"http://a:1", "direct://"})), (Words{"http://a:1", "direct"}));
    EXPECT_EQ(in_short(routes_from_libproxy({"socks://a:1"})), (Words{"socks5://a:1", "socks4://a:1"}));
    EXPECT_EQ(in_short(routes_from_libproxy({"rtsp://a:1", "http://b:2"})), (Words{"http://b:2"}));
    EXPECT_EQ(in_short(routes_from_libproxy({})), Words{});
}

class Choice : public testing::Test {
protected:
    bool searches(const std::string& where) const {
        auto lookup = [this](const char* name) -> const char* {
            auto found = environment.find(name);
            return found == environment.end() ? nullptr : found->second.c_str();
        };
        return needs_search(http, url_of(where), lookup);
    }
    wire::Http http;
    std::map<std::string, std::string> environment;
    const std::string url = "http://example.org/";
};

TEST_F(Choice, TheEnvironmentGoesBeforeTheDesktop) {
    EXPECT_TRUE(searches(url));
    EXPECT_FALSE(searches("http://127.0.0.1:8080/")) << "this machine is near";
    EXPECT_FALSE(searches("http://[::1]/"));
    EXPECT_FALSE(searches("http://localhost/"));
    EXPECT_TRUE(searches("http://127.example.org/"));

    environment["https_proxy"] = "http://a:1";
    EXPECT_TRUE(searches(url));
    EXPECT_FALSE(searches("https://example.org/"));
    environment = {{"HTTP_PROXY", "http://a:1"}};
    EXPECT_TRUE(searches(url)) << "that name could come from a stranger's request";
    environment["http_proxy"] = "";
    EXPECT_TRUE(searches(url));
    environment["http_proxy"] = "http://a:1";
    EXPECT_FALSE(searches(url));
    environment = {{"all_proxy", "socks5://a"}};
    EXPECT_FALSE(searches(url));
    http.set_proxy_mode(wire::Http::AUTO);
    EXPECT_TRUE(searches(url));
    EXPECT_EQ(in_short(routes_without_search(http, url_of("http://localhost/"))), Words{"direct"});
}

TEST_F(Choice, ModesWithoutASearch) {
    EXPECT_EQ(in_short(routes_without_search(http, url_of(url))), Words{"environment"});
    http.set_proxy_mode(wire::Http::NO_PROXY);
    EXPECT_FALSE(searches(url));
    EXPECT_EQ(in_short(routes_without_search(http, url_of(url))), Words{"direct"});
    http.set_proxy_mode(wire::Http::OVERRIDE);
    http.set_proxy_list("a:1");
    http.set_proxy_bypass("*.near.example.org");
    EXPECT_FALSE(searches(url));
    EXPECT_EQ(in_short(routes_without_search(http, url_of(url))), Words{"http://a:1"});
    EXPECT_EQ(in_short(routes_without_search(http, url_of("https://x.near.example.org/"))), Words{"direct"});
}

} // namespace
} // namespace haulier::transfer
