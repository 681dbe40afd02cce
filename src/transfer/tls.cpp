// SPDX-License-Identifier: LGPL-2.1-or-later
#include "transfer/tls.hpp"

#include "base/clock.hpp"
#include "base/fd.hpp"
#include "transfer/part_file.hpp"

#include <algorithm>
#include <cerrno>
#include <cstdint>
#include <cstdlib>
#include <fcntl.h>
#include <fmt/core.h>
#include <memory>
#include <openssl/bio.h>
#include <openssl/err.h>
#include <openssl/pem.h>
#include <openssl/ssl.h>
#include <openssl/x509_vfy.h>
#include <sys/stat.h>
#include <system_error>
#include <unistd.h>

namespace haulier::transfer {

namespace {

/// Certificates with their chain and key have some KiB.
constexpr off_t MaxCertificate = 256 * 1024;
/// Those of all public authorities have 220 KiB.
constexpr off_t MaxAuthorities = 1024 * 1024;

struct TlsExceptions {
    bool dates = false;
    bool unknown_ca = false;
    bool wrong_usage = false;

    explicit TlsExceptions(const wire::Http& http)
        : dates(http.ignore_dates()), unknown_ca(http.ignore_unknown_ca()),
          wrong_usage(http.ignore_wrong_usage()) {}
    // The connection may outlive the request, so the flags are packed into the pointer itself.
    explicit TlsExceptions(const void* packed) {
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
    [[nodiscard]] bool include(int error, int depth) const {
        switch (error) {
        case X509_V_ERR_CERT_NOT_YET_VALID:
        case X509_V_ERR_CERT_HAS_EXPIRED: return dates;
        case X509_V_ERR_UNABLE_TO_GET_ISSUER_CERT:
        case X509_V_ERR_UNABLE_TO_GET_ISSUER_CERT_LOCALLY:
        case X509_V_ERR_UNABLE_TO_VERIFY_LEAF_SIGNATURE:
        case X509_V_ERR_DEPTH_ZERO_SELF_SIGNED_CERT:
        case X509_V_ERR_SELF_SIGNED_CERT_IN_CHAIN:
        case X509_V_ERR_CERT_UNTRUSTED: return unknown_ca;
        // For an authority, an exception would let every holder of a certificate issue others.
        case X509_V_ERR_INVALID_PURPOSE: return wrong_usage && depth == 0;
        default: return false;
        }
    }
};

int context_index() {
    static const int index = SSL_CTX_get_ex_new_index(0, nullptr, nullptr, nullptr, nullptr);
    return index;
}

int on_verify(int good, X509_STORE_CTX* store) noexcept {
    if (good) return 1;
    auto* ssl = static_cast<SSL*>(X509_STORE_CTX_get_ex_data(store, SSL_get_ex_data_X509_STORE_CTX_idx()));
    const TlsExceptions exceptions{SSL_CTX_get_ex_data(SSL_get_SSL_CTX(ssl), context_index())};
    if (!exceptions.include(X509_STORE_CTX_get_error(store), X509_STORE_CTX_get_error_depth(store))) return 0;
    X509_STORE_CTX_set_error(store, X509_V_OK);
    return 1;
}

CURLcode on_context(CURL*, void* raw, void* exceptions) noexcept {
    auto* context = static_cast<SSL_CTX*>(raw);
    if (SSL_CTX_set_ex_data(context, context_index(), exceptions) != 1) return CURLE_SSL_CONNECT_ERROR;
    SSL_CTX_set_verify(context, SSL_VERIFY_PEER, &on_verify);
    return CURLE_OK;
}

/// A job with exceptions must not share a connection, session or stream with a job without them.
void isolate(CurlHandle& handle) {
    handle.set(CURLOPT_FRESH_CONNECT, 1L);
    handle.set(CURLOPT_FORBID_REUSE, 1L);
    handle.set(CURLOPT_SSL_SESSIONID_CACHE, 0L);
    handle.set(CURLOPT_HTTP_VERSION, long{CURL_HTTP_VERSION_1_1});
    handle.set(CURLOPT_PIPEWAIT, 0L);
}

void set_client_certificate(CurlHandle& handle, const std::string& pem, const std::string& key) {
    curl_blob blob{.data = const_cast<char*>(pem.data()), .len = pem.size(), .flags = CURL_BLOB_COPY};
    curl_blob key_blob{.data = const_cast<char*>(key.data()), .len = key.size(), .flags = CURL_BLOB_COPY};
    handle.set(CURLOPT_SSLCERT_BLOB, &blob);
    handle.set(CURLOPT_SSLKEY_BLOB, key.empty() ? &blob : &key_blob);
    // Without a password OpenSSL would ask for one on the terminal.
    handle.set(CURLOPT_KEYPASSWD, "");
}

/// They take the place of the system's, for servers and for proxies.
void set_authorities(CurlHandle& handle, const std::string& pem) {
    curl_blob blob{.data = const_cast<char*>(pem.data()), .len = pem.size(), .flags = CURL_BLOB_COPY};
    handle.set(CURLOPT_CAINFO_BLOB, &blob);
    handle.set(CURLOPT_PROXY_CAINFO_BLOB, &blob);
    handle.set(CURLOPT_CAPATH, static_cast<const char*>(nullptr));
    handle.set(CURLOPT_PROXY_CAPATH, static_cast<const char*>(nullptr));
}

/// As for every OpenSSL program, the variable replaces the system's certificate authorities.
void set_usual_authorities(CurlHandle& handle) {
    const char* authorities = std::getenv("SSL_CERT_FILE");
    if (!authorities) return;
    handle.set(CURLOPT_CAINFO, authorities);
    handle.set(CURLOPT_PROXY_CAINFO, authorities);
}

Failure bad_certificate(const std::string& path, const std::string& why) {
    return {.cause = wire::TLS_CERTIFICATE, .message = fmt::format("'{}' {}", path, why)};
}

/// Sets errno if it fails.
Fd open_pem(const std::string& path, const std::string& root) {
    // Without O_NONBLOCK, opening a FIFO of this name would block for ever.
    if (root.empty()) return Fd{open(path.c_str(), O_RDONLY | O_NONBLOCK | O_CLOEXEC)};
    auto slash = path.rfind('/');
    errno = EXDEV;
    if (slash == std::string::npos) return {};
    auto directory = Directory::open({path.substr(0, std::max(slash, size_t{1})), root});
    if (directory) return open_regular(directory->fd(), path.substr(slash + 1), O_RDONLY);
    errno = directory.error().code;
    return {};
}

Result<std::string, Failure> read_pem(const std::string& path, const std::string& root, off_t most) {
    Fd fd = open_pem(path, root);
    struct stat st {};
    if (!fd || fstat(fd.get(), &st) < 0)
        return bad_certificate(path, "cannot be opened: " + std::generic_category().message(errno));
    if (!S_ISREG(st.st_mode)) return bad_certificate(path, "is not a regular file");
    if (st.st_size > most) return bad_certificate(path, "is too large for a file with certificates");
    std::string content(static_cast<size_t>(st.st_size), '\0');
    ssize_t n = read(fd.get(), content.data(), content.size());
    if (n <= 0) return bad_certificate(path, n < 0 ? "cannot be read" : "is empty");
    content.resize(static_cast<size_t>(n));
    return content;
}

bool has_certificates(const std::string& pem) {
    const std::unique_ptr<BIO, decltype(&BIO_free)> in{
        BIO_new_mem_buf(pem.data(), static_cast<int>(pem.size())), &BIO_free};
    auto* found = PEM_X509_INFO_read_bio(in.get(), nullptr, nullptr, nullptr);
    bool any = false;
    for (int i = 0; i < sk_X509_INFO_num(found); ++i)
        any = any || sk_X509_INFO_value(found, i)->x509;
    sk_X509_INFO_pop_free(found, X509_INFO_free);
    ERR_clear_error();
    return any;
}

} // namespace

bool is_relaxed(const wire::Http& http) {
    return http.ignore_host_name() || TlsExceptions{http}.any();
}

bool may_be_fault_of_clock(const CurlHandle& handle) {
    for (auto info : {CURLINFO_SSL_VERIFYRESULT, CURLINFO_PROXY_SSL_VERIFYRESULT}) {
        long error = X509_V_OK;
        curl_easy_getinfo(handle.get(), info, &error);
        if (error == X509_V_ERR_CERT_NOT_YET_VALID) return true;
        if (error == X509_V_ERR_CERT_HAS_EXPIRED) return !is_wall_clock_synchronised();
    }
    return false;
}

bool is_excepted(const wire::Http& http, int error, int depth) {
    return TlsExceptions{http}.include(error, depth);
}

Result<std::string, Failure> read_certificate(const std::string& path, const std::string& root) {
    return read_pem(path, root, MaxCertificate);
}

Result<std::string, Failure> read_authorities(const std::string& path, const std::string& root) {
    auto pem = read_pem(path, root, MaxAuthorities);
    if (pem && !has_certificates(*pem)) return bad_certificate(path, "has no certificates in PEM form");
    return pem;
}

namespace {

/// Certificates of peers are not checked: the checksum of the file tells whether its content is right.
void trust_peer(CurlHandle& handle) {
    isolate(handle);
    handle.set(CURLOPT_SSL_VERIFYPEER, 0L);
    handle.set(CURLOPT_SSL_VERIFYHOST, 0L);
}

} // namespace

void set_tls(CurlHandle& handle, const wire::Http& http, const TlsFiles& files) {
    if (http.peer()) return trust_peer(handle);
    if (files.authorities.empty())
        set_usual_authorities(handle);
    else
        set_authorities(handle, files.authorities);
    if (is_relaxed(http)) isolate(handle);
    if (http.ignore_host_name()) handle.set(CURLOPT_SSL_VERIFYHOST, 0L);
    const TlsExceptions exceptions{http};
    if (exceptions.any()) {
        handle.set(CURLOPT_SSL_CTX_FUNCTION, &on_context);
        handle.set(CURLOPT_SSL_CTX_DATA, exceptions.packed());
    }
    if (http.check_revocation()) {
        handle.set(CURLOPT_SSL_VERIFYSTATUS, 1L);
        // A resumed session has no OCSP response.
        handle.set(CURLOPT_SSL_SESSIONID_CACHE, 0L);
    }
    if (!files.certificate.empty()) set_client_certificate(handle, files.certificate, files.key);
}

} // namespace haulier::transfer
