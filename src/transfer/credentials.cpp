// SPDX-License-Identifier: LGPL-2.1-or-later
#include "transfer/credentials.hpp"

#include <array>

namespace haulier::transfer {

namespace {

using Credentials = wire::Http::Credentials;

struct Strength {
    Credentials::Scheme scheme;
    unsigned long bit;
};

/// The order in which curl prefers them.
constexpr std::array ByStrength{
    Strength{Credentials::NEGOTIATE, CURLAUTH_NEGOTIATE}, Strength{Credentials::DIGEST, CURLAUTH_DIGEST},
    Strength{Credentials::NTLM, CURLAUTH_NTLM}, Strength{Credentials::BASIC, CURLAUTH_BASIC}};

const Credentials* find(const wire::Http& http, bool proxy, Credentials::Scheme scheme) {
    for (const auto& one : http.credentials())
        if (one.proxy() == proxy && one.scheme() == scheme) return &one;
    return nullptr;
}

} // namespace

Login choose_login(const wire::Http& http, bool proxy) {
    if (const auto* bearer = find(http, proxy, Credentials::BEARER))
        return {.schemes = CURLAUTH_BEARER, .token = bearer->password()};
    Login login;
    for (const auto& [scheme, bit] : ByStrength) {
        const auto* one = find(http, proxy, scheme);
        if (!one) continue;
        bool strongest = login.schemes == CURLAUTH_NONE;
        if (strongest) login = {.user = one->user(), .password = one->password()};
        if (one->user() == login.user && one->password() == login.password) login.schemes |= bit;
    }
    return login;
}

void set_server_login(CurlHandle& handle, const wire::Http& http) {
    auto login = choose_login(http, false);
    if (login.schemes == CURLAUTH_NONE) return;
    handle.set(CURLOPT_HTTPAUTH, static_cast<long>(login.schemes));
    if (login.schemes == CURLAUTH_BEARER) return handle.set(CURLOPT_XOAUTH2_BEARER, login.token.c_str());
    handle.set(CURLOPT_USERNAME, login.user.c_str());
    handle.set(CURLOPT_PASSWORD, login.password.c_str());
}

void set_proxy_login(CurlHandle& handle, const wire::Http& http) {
    auto login = choose_login(http, true);
    if (login.schemes == CURLAUTH_NONE) return;
    // curl has no option for a proxy token.
    if (login.schemes == CURLAUTH_BEARER)
        return handle.add_proxy_header("Proxy-Authorization: Bearer " + login.token);
    handle.set(CURLOPT_PROXYAUTH, static_cast<long>(login.schemes));
    handle.set(CURLOPT_PROXYUSERNAME, login.user.c_str());
    handle.set(CURLOPT_PROXYPASSWORD, login.password.c_str());
}

} // namespace haulier::transfer
