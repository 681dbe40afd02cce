// SPDX-License-Identifier: LGPL-2.1-or-later
// User names in URLs, and whose credentials are for whom.
#include "job/credentials.hpp"

#include "job/http_validation.hpp"
#include "job/url.hpp"
#include "samples.hpp"

#include <gtest/gtest.h>

namespace haulier::job {

namespace {

using Scheme = Credentials::Scheme;
using Target = Credentials::Target;

SettingsPatch with(const Credentials& c) {
    SettingsPatch p;
    p.set<&Settings::http, &Http::credentials>({c});
    return p;
}

TEST(Authority, IsTheHostThatIsReallyAsked) {
    auto a = authority_of("HTTPS://u:p@Example.ORG:8443/x@y:9");
    ASSERT_TRUE(a);
    EXPECT_EQ(a->scheme, "https");
    EXPECT_EQ(a->server(), "example.org:8443");
    EXPECT_TRUE(a->has_user());
    EXPECT_EQ(authority_of("http://example.org")->server(), "example.org:80");
    EXPECT_EQ(authority_of("https://[2001:DB8::1]/")->server(), "[2001:db8::1]:443");
    EXPECT_EQ(authority_of("http://[::1]:81/")->server(), "[::1]:81");
    EXPECT_FALSE(authority_of("example.org/x"));
}

TEST(UserInfo, IsCutOutAndDecoded) {
    std::string url = "https://me:s%40cret%zz@Example.org/path?q=a@b";
    auto c = take_user(url);
    ASSERT_TRUE(c);
    EXPECT_EQ(url, "https://Example.org/path?q=a@b");
    EXPECT_EQ(c->user, "me");
    EXPECT_EQ(c->password, "s@cret%zz");
    EXPECT_EQ(c->only_for, "example.org:443");
    EXPECT_FALSE(take_user(url));
    url = "http://a@b@host/";
    EXPECT_EQ(take_user(url)->user, "a@b");
    EXPECT_EQ(url, "http://host/");
}

TEST(UserInfo, OfAddedFilesGoesToTheCredentials) {
    auto request = request_for(1);
    request.files[0].remote = "https://me:secret@example.org/f";
    request.files[0].mirrors = {"http://you:hidden@mirror.example:81/f"};
    Sample s{request};
    EXPECT_EQ(s.files[0].spec.remote, "https://example.org/f");
    EXPECT_EQ(s.files[0].spec.mirrors[0], "http://mirror.example:81/f");
    ASSERT_EQ(s.job.http.credentials.size(), 2U);
    EXPECT_EQ(s.job.http.credentials[1],
              (Credentials{Target::Server, Scheme::Basic, "you", "hidden", "mirror.example:81"}));
}

TEST(Credentials, HaveOneSlotForEachTargetAndScheme) {
    Sample s{1};
    s.change(with({Target::Server, Scheme::Basic, "a", "1", ""}));
    s.change(with({Target::Server, Scheme::Basic, "b", "2", ""}));
    s.change(with({Target::Proxy, Scheme::Basic, "c", "3", ""}));
    s.change(with({Target::Server, Scheme::Digest, "d", "4", ""}));
    ASSERT_EQ(s.job.http.credentials.size(), 3U);
    EXPECT_EQ(credentials_for(s.job, "http://x/").front().user, "b");
}

TEST(Credentials, HoldTheLengthOfAllTogether) {
    const std::string half(MaxAllCredentials / 2 - 1, 'p');
    Sample s{1};
    s.change(with({Target::Server, Scheme::Basic, "a", half, ""}));
    s.change(with({Target::Server, Scheme::Digest, "b", half, ""}));
    EXPECT_EQ(
        code_of(change(s.job, s.files, with({Target::Proxy, Scheme::Basic, "c", "", ""}), at_second(1))),
        Errc::StringTooLong);
    s.change(with({Target::Server, Scheme::Digest, "b", "", ""}));
    s.change(with({Target::Proxy, Scheme::Basic, "c", half.substr(1), ""}));
    auto file = spec("g");
    file.remote = "https://me:xx@example.org/g";
    EXPECT_EQ(code_of(add_files(s.job, {file}, Limits{}, at_second(1))), Errc::StringTooLong);
}

TEST(Credentials, AreRemovedBySlotWithThoseOfUrls) {
    auto request = request_for(1);
    request.files[0].remote = "https://me:secret@example.org/f";
    Sample s{request};
    s.change(with({Target::Server, Scheme::Digest, "d", "4", ""}));
    auto removed = remove_credentials(s.job, Target::Server, Scheme::Basic, at_second(1));
    EXPECT_TRUE(removed->found);
    EXPECT_EQ(removed->decision.job.http.credentials.size(), 1U);
    EXPECT_FALSE(remove_credentials(s.job, Target::Proxy, Scheme::Basic, at_second(1))->found);
}

TEST(Credentials, AreForTheirServerAlone) {
    Job job;
    job.http.credentials = {{Target::Server, Scheme::Basic, "mine", "1", "a.example:443"},
                            {Target::Server, Scheme::Basic, "all", "2", ""},
                            {Target::Proxy, Scheme::Digest, "proxy", "3", ""}};
    auto a = credentials_for(job, "https://A.example/x");
    ASSERT_EQ(a.size(), 2U);
    EXPECT_EQ(a[0].user, "proxy");
    EXPECT_EQ(a[1].user, "mine");
    EXPECT_EQ(a[1].only_for, "");
    auto b = credentials_for(job, "http://a.example/x");
    EXPECT_EQ(b[0].user, "all");
}

TEST(Credentials, OfTheJobAreNotForAServerThatARedirectNamed) {
    auto request = request_for(2, true);
    request.settings.set<&Settings::http, &Http::credentials>(
        {{Target::Server, Scheme::Basic, "u", "p", ""}, {Target::Server, Scheme::Negotiate, "", "", ""}});
    Sample s{request};
    s.grant();
    auto answer = first_answer();
    answer.remote = "https://cdn.example/f0";
    s.take(*begun(s.job, 0, s.files[0], answer, Limits{}, at_second(1)));
    EXPECT_TRUE(s.files[0].redirected_cross_origin);
    EXPECT_FALSE(s.files[1].redirected_cross_origin);
    // Who names it himself trusts it.
    s.take(*set_remote_name(s.job, 0, s.files[0], "https://cdn.example/f0", at_second(2)));
    EXPECT_FALSE(s.files[0].redirected_cross_origin);
}

TEST(Credentials, AreKeptForTheSameServer) {
    EXPECT_TRUE(is_same_server("https://example.org/a", "https://EXAMPLE.org:443/b"));
    EXPECT_FALSE(is_same_server("https://example.org/a", "http://example.org/a"));
    EXPECT_TRUE(is_same_server("http://example.org/a", "https://example.org/b"));
    EXPECT_FALSE(is_same_server("http://example.org/a", "https://www.example.org/a"));
    EXPECT_FALSE(is_same_server("http://example.org/a", "https://example.org:8443/a"));
    EXPECT_FALSE(is_same_server("http://example.org:8080/a", "https://example.org/a"));
    EXPECT_FALSE(is_same_server("https://example.org/a", "https://example.org:444/a"));
}

} // namespace

} // namespace haulier::job
