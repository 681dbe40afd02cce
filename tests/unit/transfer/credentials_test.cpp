// SPDX-License-Identifier: LGPL-2.1-or-later
#include "transfer/credentials.hpp"

#include <gtest/gtest.h>

namespace haulier::transfer {
namespace {

using Credentials = wire::Http::Credentials;

class LoginTest : public testing::Test {
protected:
    void add(Credentials::Scheme scheme, const std::string& user, const std::string& password,
             bool proxy = false) {
        auto& one = *http.add_credentials();
        one.set_scheme(scheme);
        one.set_user(user);
        one.set_password(password);
        one.set_proxy(proxy);
    }
    wire::Http http;
};

TEST_F(LoginTest, NothingIsOfferedUnasked) {
    EXPECT_EQ(choose_login(http, false), Login{});
    add(Credentials::BASIC, "me", "secret", true);
    EXPECT_EQ(choose_login(http, false), Login{}) << "that is for the proxy";
    EXPECT_EQ(choose_login(http, true), (Login{CURLAUTH_BASIC, "me", "secret", ""}));
}

TEST_F(LoginTest, AllSchemesOfTheStrongestUser) {
    add(Credentials::BASIC, "me", "secret");
    add(Credentials::DIGEST, "me", "secret");
    add(Credentials::NTLM, "me", "secret");
    EXPECT_EQ(choose_login(http, false),
              (Login{CURLAUTH_BASIC | CURLAUTH_DIGEST | CURLAUTH_NTLM, "me", "secret", ""}));
}

TEST_F(LoginTest, OthersAreLeftOut) {
    add(Credentials::BASIC, "me", "weak");
    add(Credentials::DIGEST, "me", "secret");
    add(Credentials::NTLM, "you", "secret");
    EXPECT_EQ(choose_login(http, false), (Login{CURLAUTH_DIGEST, "me", "secret", ""}));
}

TEST_F(LoginTest, TheOwnersOwnTicket) {
    add(Credentials::NEGOTIATE, "", "");
    add(Credentials::BASIC, "me", "secret");
    EXPECT_EQ(choose_login(http, false), (Login{CURLAUTH_NEGOTIATE, "", "", ""}));
}

TEST_F(LoginTest, ATokenComesAlone) {
    add(Credentials::BASIC, "me", "secret");
    add(Credentials::BEARER, "", "token");
    EXPECT_EQ(choose_login(http, false), (Login{CURLAUTH_BEARER, "", "", "token"}));
}

} // namespace
} // namespace haulier::transfer
