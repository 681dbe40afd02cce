// SPDX-License-Identifier: LGPL-2.1-or-later
// A request and its final response, with all proxies and redirects on the way. Redirects are followed here
// and not by curl, because each target may need another proxy, and what identifies the job's owner (headers,
// passwords, certificate) may be sent to the first server only.
#pragma once

#include "transfer/curl_loop.hpp"
#include "transfer/disk_pool.hpp"
#include "transfer/failure.hpp"
#include "transfer/http_exchange.hpp"
#include "transfer/http_request.hpp"
#include "transfer/proxy.hpp"
#include "transfer/proxy_finder.hpp"
#include "transfer/tls.hpp"
#include "transfer/url.hpp"

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

namespace haulier::transfer {

/// What a transaction needs to reach the network.
struct Network {
    Loop& loop;
    CurlLoop& curl;
    ProxyFinder& proxies;
    DiskPool& disk;
    NetworkSettings settings;
};

class HttpTransaction final : private ResponseHandler {
public:
    /// `network` and `handler` must outlive it. The handler gets the final response only.
    HttpTransaction(Network& network, HttpRequest request, ResponseHandler& handler);
    /// `url` is that of the request, parsed.
    HttpTransaction(Network& network, const Url& url, HttpRequest request, ResponseHandler& handler);
    /// Aborts the exchange; the handler is not called any more.
    ~HttpTransaction() override = default;
    HttpTransaction(const HttpTransaction&) = delete;
    HttpTransaction& operator=(const HttpTransaction&) = delete;

    /// Continues after BodyAction::Pause. The handler may be called before this returns.
    void resume();
    /// Bytes of the request's body that were sent.
    [[nodiscard]] uint64_t sent() const { return exchange_ ? exchange_->sent() : 0; }
    [[nodiscard]] bool is_yielding() const { return exchange_ && exchange_->is_yielding(); }
    /// The server that answered last, or that is being asked.
    [[nodiscard]] std::string origin() const { return url_.origin(); }
    /// The URL that redirects led to; empty if there was no redirect.
    [[nodiscard]] const std::string& redirected_to() const { return redirected_to_; }

private:
    bool head(const HttpResponse& response) noexcept override { return handler_.head(response); }
    BodyAction body(const HttpResponse& response, std::string_view bytes) noexcept override;
    void ended(const HttpResponse& response, const TransferResult& result) override;
    void begin(const Url& url);
    void find_routes();
    void find_usual_routes();
    void use_routes(Routes routes);
    struct PemFile;
    [[nodiscard]] std::optional<PemFile> missing_file() const;
    void prepare();
    void load(const PemFile& file);
    void loaded(const PemFile& file, const Result<std::string, Failure>& content);
    void try_next_route();
    void follow_redirect(const HttpResponse& response);
    void fail(const HttpResponse& response, CURLcode code);

    Network& network_;
    HttpRequest request_;
    ResponseHandler& handler_;
    TlsFiles tls_files_; ///< those that were needed and read
    Url first_url_;
    Url url_;
    std::string redirected_to_;
    uint32_t redirects_ = 0;
    Cookies cookies_;
    Routes routes_;          ///< those to `url_` that were not tried yet
    bool needs_tls_ = false; ///< for the server or for one of the proxies on these
    std::unique_ptr<HttpExchange> exchange_;
    Source deferred_;
    std::shared_ptr<HttpTransaction*> self_; ///< expires with this object, for a proxy search that ends late
};

} // namespace haulier::transfer
