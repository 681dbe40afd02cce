// SPDX-License-Identifier: LGPL-2.1-or-later
#include "transfer/http_transaction.hpp"

#include "base/host.hpp"
#include "transfer/curl_options.hpp"

#include <algorithm>
#include <cstdlib>
#include <utility>

namespace haulier::transfer {

namespace {

constexpr uint32_t MaxRedirects = 10;
constexpr Usec PemLimit = std::chrono::seconds{10};

/// 300 has a Location if the server prefers one of its choices (RFC 9110 15.4.1).
bool is_redirect(const HttpResponse& response) {
    int s = response.status;
    return (s == 300 || s == 301 || s == 302 || s == 303 || s == 307 || s == 308) &&
           !response.location.empty();
}

/// 303 turns every method but HEAD into GET, and by the practice of browsers 301 and 302 do so with POST
/// (RFC 9110 15.4).
void change_method(HttpRequest& request, int status) {
    bool becomes_get = status == 303 || ((status == 301 || status == 302) && request.method == "POST");
    if (!becomes_get || request.method.empty() || request.method == "HEAD") return;
    request.method = "GET";
    request.body = nullptr;
}

/// No connection through this route was established; another route may work.
bool was_unreachable(const HttpResponse& response, const TransferResult& result) {
    if (response.status != 0 || result.bound != Bound::None) return false;
    return result.code == CURLE_COULDNT_CONNECT || result.code == CURLE_COULDNT_RESOLVE_PROXY ||
           result.code == CURLE_COULDNT_RESOLVE_HOST || result.code == CURLE_PROXY ||
           result.code == CURLE_OPERATION_TIMEDOUT;
}

/// Which proxy the environment names is only known to curl.
bool may_be_https_proxy(const Route& route) {
    return route.kind == Route::Kind::Environment || route.proxy.starts_with("https:");
}

} // namespace

HttpTransaction::HttpTransaction(Network& network, HttpRequest request, ResponseHandler& handler)
    : network_(network), request_(std::move(request)), handler_(handler),
      self_(std::make_shared<HttpTransaction*>(this)) {
    if (auto url = parse_url(request_.url))
        begin(*url);
    else
        deferred_ = network_.loop.defer([this] { fail({}, CURLE_URL_MALFORMAT); });
}

HttpTransaction::HttpTransaction(Network& network, const Url& url, HttpRequest request,
                                 ResponseHandler& handler)
    : network_(network), request_(std::move(request)), handler_(handler),
      self_(std::make_shared<HttpTransaction*>(this)) {
    begin(url);
}

void HttpTransaction::begin(const Url& url) {
    first_url_ = url_ = url;
    find_routes();
}

void HttpTransaction::resume() {
    if (exchange_) exchange_->resume();
}

/// A program that the administrator has configured takes precedence over the environment and the desktop's
/// settings.
void HttpTransaction::find_routes() {
    exchange_.reset();
    if (!network_.proxies.has_command() || !is_left_to_machine(request_.http, url_))
        return find_usual_routes();
    network_.proxies.ask_command(url_, [self = std::weak_ptr{self_}](const Routes& routes) {
        auto transaction = self.lock();
        if (!transaction) return;
        if (routes.empty()) return (*transaction)->find_usual_routes();
        (*transaction)->use_routes(routes);
    });
}

void HttpTransaction::find_usual_routes() {
    if (!needs_search(request_.http, url_, &std::getenv))
        return use_routes(routes_without_search(request_.http, url_));
    network_.proxies.find(url_, [self = std::weak_ptr{self_}](Routes routes) {
        if (auto transaction = self.lock()) (*transaction)->use_routes(std::move(routes));
    });
}

void HttpTransaction::use_routes(Routes routes) {
    routes_ = std::move(routes);
    needs_tls_ = url_.scheme == "https" || std::any_of(routes_.begin(), routes_.end(), may_be_https_proxy);
    if (!routes_.empty()) return prepare();
    deferred_ = network_.loop.defer([this] { handler_.ended({}, {.code = CURLE_PROXY, .bad_proxy = true}); });
}

/// A file whose content the next exchange needs.
struct HttpTransaction::PemFile {
    std::string path;
    std::string root; ///< see Place
    Result<std::string, Failure> (*read)(const std::string& path, const std::string& root);
    std::string TlsFiles::*content;
    CURLcode failure; ///< if it cannot be used
};

std::optional<HttpTransaction::PemFile> HttpTransaction::missing_file() const {
    const auto& authorities = request_.http.certificate_authority();
    if (needs_tls_ && tls_files_.authorities.empty() && !authorities.empty())
        return PemFile{authorities, request_.http.certificate_authority_root(), &read_authorities,
                       &TlsFiles::authorities, CURLE_SSL_CACERT_BADFILE};
    const auto& certificate = request_.http.client_certificate();
    bool may_see = url_.scheme == "https" && is_same_server(first_url_, url_);
    if (may_see && tls_files_.certificate.empty() && !certificate.empty())
        return PemFile{certificate, request_.http.client_certificate_root(), &read_certificate,
                       &TlsFiles::certificate, CURLE_SSL_CERTPROBLEM};
    const auto& key = request_.http.client_key();
    if (!tls_files_.certificate.empty() && tls_files_.key.empty() && !key.empty())
        return PemFile{key, request_.http.client_key_root(), &read_certificate, &TlsFiles::key,
                       CURLE_SSL_CERTPROBLEM};
    return std::nullopt;
}

void HttpTransaction::prepare() {
    if (auto file = missing_file()) return load(*file);
    try_next_route();
}

/// Its path may lead to a file system that does not respond.
void HttpTransaction::load(const PemFile& file) {
    network_.disk.run_within(
        PemLimit, {.path = "certificate " + file.path}, [file] { return file.read(file.path, file.root); },
        [self = std::weak_ptr{self_}, file](const std::optional<Result<std::string, Failure>>& content) {
            auto transaction = self.lock();
            if (!transaction) return;
            if (!content) return (*transaction)->loaded(file, not_responding(file.path));
            (*transaction)->loaded(file, *content);
        });
}

void HttpTransaction::loaded(const PemFile& file, const Result<std::string, Failure>& content) {
    if (!content) return handler_.ended({}, {.code = file.failure, .detail = content.error().message});
    tls_files_.*file.content = *content;
    prepare();
}

void HttpTransaction::try_next_route() {
    const Route route = std::move(routes_.front());
    routes_.erase(routes_.begin());
    ResponseHandler& self = *this;
    exchange_.reset();
    bool is_first = is_same_server(first_url_, url_);
    auto files = tls_files_;
    if (!is_first) {
        files.certificate.clear();
        files.key.clear();
    }
    exchange_ = std::make_unique<HttpExchange>(network_.loop, network_.curl,
                                               settings_for(network_.settings, request_.http), request_,
                                               ExchangeTarget{.url = url_,
                                                              .route = route,
                                                              .first_server = is_first,
                                                              .redirected = redirects_ > 0,
                                                              .tls_files = std::move(files),
                                                              .cookies = cookies_},
                                               self);
}

ResponseHandler::BodyAction HttpTransaction::body(const HttpResponse& response,
                                                  std::string_view bytes) noexcept {
    if (is_redirect(response)) return BodyAction::Ignore;
    return handler_.body(response, bytes);
}

void HttpTransaction::ended(const HttpResponse& response, const TransferResult& result) {
    if (was_unreachable(response, result) && !routes_.empty()) return try_next_route();
    if (result.code != CURLE_OK || !is_redirect(response)) return handler_.ended(response, result);
    if (request_.http.redirect() != wire::Http::DISALLOW) return follow_redirect(response);
    auto refused = result;
    if (auto target = resolve(url_, response.location)) refused.redirect = target->text;
    handler_.ended(response, refused);
}

void HttpTransaction::follow_redirect(const HttpResponse& response) {
    if (++redirects_ > MaxRedirects) return fail(response, CURLE_TOO_MANY_REDIRECTS);
    auto target = resolve(url_, response.location);
    if (!target) {
        if (target.error().has_user) return fail(response, CURLE_LOGIN_DENIED);
        return fail(response, target.error().unsupported ? CURLE_UNSUPPORTED_PROTOCOL : CURLE_URL_MALFORMAT);
    }
    bool leaves_https = url_.scheme == "https" && target->scheme == "http";
    if (leaves_https && !request_.http.allow_https_to_http())
        return fail(response, CURLE_UNSUPPORTED_PROTOCOL);
    change_method(request_, response.status);
    if (request_.body && !request_.body->rewind()) return fail(response, CURLE_SEND_FAIL_REWIND);
    if (request_.http.peer() && is_loopback_host(target->host))
        return fail(response, CURLE_UNSUPPORTED_PROTOCOL);
    if (!request_.http.peer()) cookies_ = exchange_->cookies();
    url_ = *std::move(target);
    redirected_to_ = url_.text;
    find_routes();
}

void HttpTransaction::fail(const HttpResponse& response, CURLcode code) {
    handler_.ended(response, {.code = code});
}

} // namespace haulier::transfer
