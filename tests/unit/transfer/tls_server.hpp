// SPDX-License-Identifier: LGPL-2.1-or-later
// An HTTPS server on loopback whose certificate has the faults that a test wants, and the authority behind
// it.
#pragma once

#include "base/fd.hpp"

#include <arpa/inet.h>
#include <atomic>
#include <memory>
#include <mutex>
#include <netinet/in.h>
#include <openssl/pem.h>
#include <openssl/ssl.h>
#include <openssl/x509v3.h>
#include <stdexcept>
#include <string>
#include <sys/socket.h>
#include <thread>
#include <vector>

namespace haulier::transfer {

struct OpenSslFreed {
    void operator()(X509* p) const { X509_free(p); }
    void operator()(EVP_PKEY* p) const { EVP_PKEY_free(p); }
    void operator()(SSL_CTX* p) const { SSL_CTX_free(p); }
    void operator()(SSL* p) const { SSL_free(p); }
    void operator()(BIO* p) const { BIO_free(p); }
};
template <class T>
using Owned = std::unique_ptr<T, OpenSslFreed>;

struct CertificateWish {
    std::string name = "IP:127.0.0.1";
    long from_days = -1;
    long to_days = 1;
    std::string usage = "serverAuth";
};

struct Certificate {
    Owned<X509> certificate;
    Owned<EVP_PKEY> key;

    /// Signed by `issuer`, or by itself if that is nobody.
    static Certificate make(const std::string& subject, const CertificateWish& wish,
                            const Certificate* issuer) {
        Certificate made{Owned<X509>{X509_new()}, Owned<EVP_PKEY>{EVP_EC_gen("P-256")}};
        X509* x = made.certificate.get();
        static long serial = 1;
        X509_set_version(x, X509_VERSION_3);
        ASN1_INTEGER_set(X509_get_serialNumber(x), ++serial);
        X509_gmtime_adj(X509_getm_notBefore(x), wish.from_days * 86400);
        X509_gmtime_adj(X509_getm_notAfter(x), wish.to_days * 86400);
        X509_set_pubkey(x, made.key.get());
        X509_NAME_add_entry_by_txt(X509_get_subject_name(x), "CN", MBSTRING_UTF8,
                                   reinterpret_cast<const unsigned char*>(subject.c_str()), -1, -1, 0);
        X509_set_issuer_name(x, X509_get_subject_name(issuer ? issuer->certificate.get() : x));
        if (issuer) {
            extend(x, NID_ext_key_usage, wish.usage);
            extend(x, NID_subject_alt_name, wish.name);
        } else {
            extend(x, NID_basic_constraints, "critical,CA:TRUE");
        }
        X509_sign(x, issuer ? issuer->key.get() : made.key.get(), EVP_sha256());
        return made;
    }

    /// Certificate and key, as curl and OpenSSL read them.
    [[nodiscard]] std::string pem() const {
        Owned<BIO> out{BIO_new(BIO_s_mem())};
        PEM_write_bio_X509(out.get(), certificate.get());
        PEM_write_bio_PrivateKey(out.get(), key.get(), nullptr, nullptr, 0, nullptr, nullptr);
        char* data = nullptr;
        long size = BIO_get_mem_data(out.get(), &data);
        return {data, static_cast<size_t>(size)};
    }

private:
    static void extend(X509* x, int kind, const std::string& value) {
        X509_EXTENSION* extension = X509V3_EXT_conf_nid(nullptr, nullptr, kind, value.c_str());
        if (!extension) throw std::runtime_error("certificate extension " + value);
        X509_add_ext(x, extension, -1);
        X509_EXTENSION_free(extension);
    }
};

/// Says `ok` to everybody, or what the test wants.
class TlsServer {
public:
    explicit TlsServer(const Certificate& own) : context_(SSL_CTX_new(TLS_server_method())) {
        SSL_CTX_use_certificate(context_.get(), own.certificate.get());
        SSL_CTX_use_PrivateKey(context_.get(), own.key.get());
        // Whoever has a certificate may show it; it is not checked.
        SSL_CTX_set_verify(context_.get(), SSL_VERIFY_PEER, [](int, X509_STORE_CTX*) { return 1; });
        listener_ = Fd{socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)};
        sockaddr_in address{.sin_family = AF_INET, .sin_addr = {htonl(INADDR_LOOPBACK)}};
        socklen_t size = sizeof address;
        auto* raw = reinterpret_cast<sockaddr*>(&address);
        if (bind(listener_.get(), raw, size) < 0 || listen(listener_.get(), 16) < 0 ||
            getsockname(listener_.get(), raw, &size) < 0)
            throw std::runtime_error("test server");
        port_ = ntohs(address.sin_port);
        acceptor_ = std::thread([this] { accept_all(); });
    }
    ~TlsServer() {
        shutdown(listener_.get(), SHUT_RDWR);
        acceptor_.join();
        for (auto& fd : connections_)
            shutdown(fd.get(), SHUT_RDWR);
        for (auto& thread : threads_)
            thread.join();
    }
    TlsServer(const TlsServer&) = delete;
    TlsServer& operator=(const TlsServer&) = delete;

    void answer(const std::string& text) {
        std::lock_guard lock{mutex_};
        answer_ = text;
    }
    [[nodiscard]] std::string url(const std::string& path = "/") const {
        return "https://127.0.0.1:" + std::to_string(port_) + path;
    }
    [[nodiscard]] int connections() const { return handshakes_; }
    [[nodiscard]] int sessions_resumed() const { return resumed_; }
    [[nodiscard]] std::vector<std::string> clients() const {
        std::lock_guard lock{mutex_};
        return clients_;
    }

private:
    void accept_all() {
        for (;;) {
            Fd fd{accept4(listener_.get(), nullptr, nullptr, SOCK_CLOEXEC)};
            if (!fd) return;
            int raw = fd.get();
            connections_.push_back(std::move(fd));
            threads_.emplace_back([this, raw] { serve(raw); });
        }
    }

    void serve(int fd) {
        Owned<SSL> ssl{SSL_new(context_.get())};
        SSL_set_fd(ssl.get(), fd);
        if (SSL_accept(ssl.get()) != 1) return shut(fd);
        ++handshakes_;
        if (SSL_session_reused(ssl.get())) ++resumed_;
        note_client(ssl.get());
        std::string received;
        char buffer[4096];
        for (int n; (n = SSL_read(ssl.get(), buffer, sizeof buffer)) > 0;) {
            received.append(buffer, static_cast<size_t>(n));
            if (received.find("\r\n\r\n") == std::string::npos) continue;
            received.clear();
            std::string reply;
            {
                std::lock_guard lock{mutex_};
                reply = answer_;
            }
            SSL_write(ssl.get(), reply.data(), static_cast<int>(reply.size()));
        }
        shut(fd);
    }
    void note_client(SSL* ssl) {
        Owned<X509> peer{SSL_get1_peer_certificate(ssl)};
        char name[256] = "";
        if (peer)
            X509_NAME_get_text_by_NID(X509_get_subject_name(peer.get()), NID_commonName, name, sizeof name);
        std::lock_guard lock{mutex_};
        clients_.emplace_back(name);
    }
    static void shut(int fd) { shutdown(fd, SHUT_RDWR); }

    Owned<SSL_CTX> context_;
    Fd listener_;
    uint16_t port_ = 0;
    std::atomic<int> handshakes_ = 0;
    std::atomic<int> resumed_ = 0;
    mutable std::mutex mutex_;
    std::string answer_ = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok"; ///< under mutex_
    std::vector<std::string> clients_; ///< under mutex_; "" = none was shown
    // Touched by the acceptor, and by the destructor after that has ended:
    std::vector<Fd> connections_;
    std::vector<std::thread> threads_;
    std::thread acceptor_;
};

} // namespace haulier::transfer
