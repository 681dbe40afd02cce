// SPDX-License-Identifier: LGPL-2.1-or-later
#include "transfer/tls.hpp"

#include <cstdint>
#include <cstdlib>
#include <openssl/ssl.h>
#include <openssl/x509_vfy.h>

namespace haulier::transfer {

namespace {

struct Mercy {
    bool dates = false;
    bool unknown_ca = false;
    bool wrong_usage = false;

    explicit Mercy(const wire::Http& http)
        : dates(http.ignore_dates()), unknown_ca(http.ignore_unknown_ca()),
          wrong_usage(http.ignore_wrong_usage()) {}
    // The connection may live longer than the question, so the context gets the flags themselves.
    explicit Mercy(const void* packed) {
        auto bits = reinterpret_cast<uintptr_t>(packed);
        dates = bits & 1;
        unknown_ca = bits & 2;
        wrong_usage = bits & 4;
    }
    [[nodiscard]] void* packed() const {
        uintptr_t bits = (dates ? 1U : 0U) | (unknown_ca ? 2U : 0U) | (wrong_usage ? 4U : 0U);
        return reinterpret_cast<void*>(bits);
    }
    [[nodiscard]] bool any() const { return dates || unknown_ca || wrong_usage; }
    [[nodiscard]] bool covers(int error, int depth) const {
        switch (error) {
        case X509_V_ERR_CERT_NOT_YET_VALID:
        case X509_V_ERR_CERT_HAS_EXPIRED: return dates;
        case X509_V_ERR_UNABLE_TO_GET_ISSUER_CERT:
        case X509_V_ERR_UNABLE_TO_GET_ISSUER_CERT_LOCALLY:
        case X509_V_ERR_UNABLE_TO_VERIFY_LEAF_SIGNATURE:
        case X509_V_ERR_DEPTH_ZERO_SELF_SIGNED_CERT:
        case X509_V_ERR_SELF_SIGNED_CERT_IN_CHAIN:
        case X509_V_ERR_CERT_UNTRUSTED: return unknown_ca;
        // Of an authority it would mean that anybody with a certificate can make others.
        case X509_V_ERR_INVALID_PURPOSE: return wrong_usage && depth == 0;
        default: return false;
        }
    }
};

int place_in_context() {
    static const int index = SSL_CTX_get_ex_new_index(0, nullptr, nullptr, nullptr, nullptr);
    return index;
}

int on_verify(int good, X509_STORE_CTX* store) noexcept {
    if (good) return 1;
    auto* ssl = static_cast<SSL*>(X509_STORE_CTX_get_ex_data(store, SSL_get_ex_data_X509_STORE_CTX_idx()));
    const Mercy mercy{SSL_CTX_get_ex_data(SSL_get_SSL_CTX(ssl), place_in_context())};
    if (!mercy.covers(X509_STORE_CTX_get_error(store), X509_STORE_CTX_get_error_depth(store))) return 0;
    X509_STORE_CTX_set_error(store, X509_V_OK);
    return 1;
}

CURLcode on_context(CURL*, void* raw, void* mercy) noexcept {
    auto* context = static_cast<SSL_CTX*>(raw);
    if (SSL_CTX_set_ex_data(context, place_in_context(), mercy) != 1) return CURLE_SSL_CONNECT_ERROR;
    SSL_CTX_set_verify(context, SSL_VERIFY_PEER, &on_verify);
    return CURLE_OK;
}

/// What one job forgives must not serve another that does not: neither connection nor session nor stream is
/// shared.
void keep_apart(Easy& easy) {
    easy.set(CURLOPT_FRESH_CONNECT, 1L);
    easy.set(CURLOPT_FORBID_REUSE, 1L);
    easy.set(CURLOPT_SSL_SESSIONID_CACHE, 0L);
    easy.set(CURLOPT_HTTP_VERSION, long{CURL_HTTP_VERSION_1_1});
    easy.set(CURLOPT_PIPEWAIT, 0L);
}

void set_client_certificate(Easy& easy, const std::string& path) {
    easy.set(CURLOPT_SSLCERT, path.c_str());
    easy.set(CURLOPT_SSLKEY, path.c_str());
    // Without one OpenSSL would ask for it at the terminal.
    easy.set(CURLOPT_KEYPASSWD, "");
}

} // namespace

bool is_relaxed(const wire::Http& http) {
    return http.ignore_host_name() || Mercy{http}.any();
}

bool forgives(const wire::Http& http, int error, int depth) {
    return Mercy{http}.covers(error, depth);
}

void set_tls(Easy& easy, const wire::Http& http, bool first_server) {
    // As every OpenSSL program: the variable replaces the system's authorities.
    if (const char* authorities = std::getenv("SSL_CERT_FILE")) {
        easy.set(CURLOPT_CAINFO, authorities);
        easy.set(CURLOPT_PROXY_CAINFO, authorities);
    }
    if (is_relaxed(http)) keep_apart(easy);
    if (http.ignore_host_name()) easy.set(CURLOPT_SSL_VERIFYHOST, 0L);
    const Mercy mercy{http};
    if (mercy.any()) {
        easy.set(CURLOPT_SSL_CTX_FUNCTION, &on_context);
        easy.set(CURLOPT_SSL_CTX_DATA, mercy.packed());
    }
    if (http.check_revocation()) {
        easy.set(CURLOPT_SSL_VERIFYSTATUS, 1L);
        // A session that is taken up again brings no OCSP answer.
        easy.set(CURLOPT_SSL_SESSIONID_CACHE, 0L);
    }
    if (first_server && !http.client_certificate().empty())
        set_client_certificate(easy, http.client_certificate());
}

} // namespace haulier::transfer
