// SPDX-License-Identifier: LGPL-2.1-or-later
// The part of Upload that sends requests and evaluates responses.
#include "base/limits.hpp"
#include "transfer/curl_failure.hpp"
#include "transfer/http_date.hpp"
#include "transfer/tus.hpp"
#include "transfer/upload.hpp"

#include <algorithm>
#include <fmt/core.h>
#include <utility>

namespace haulier::transfer {

namespace {

/// How often in a row a server may disagree about the offset before the attempt fails.
constexpr uint32_t MaxMismatches = 3;
constexpr uint32_t MaxCreations = 2;

bool is_success(const HttpResponse& response) {
    return response.status >= 200 && response.status < 300;
}

/// The server has deleted the upload.
bool is_gone(const HttpResponse& response) {
    return response.status == 404 || response.status == 410;
}

bool is_same_server(const std::string& first, const std::string& other) {
    auto a = parse_url(first);
    auto b = parse_url(other);
    return a && b && transfer::is_same_server(*a, *b);
}

/// Why a server refuses a whole file, as far as the status tells.
std::string explanation(int status, const Url& url) {
    auto path = url.text.substr(0, url.text.find_first_of("?#"));
    switch (status) {
    case 409:
        return fmt::format(" (Conflict): the directory '{}' may not exist there",
                           path.substr(0, path.rfind('/') + 1));
    case 413: return " (Content Too Large): it does not accept a request of that many bytes";
    default: return {};
    }
}

} // namespace

// ---- requests ----

void Upload::begin() {
    upload_url_ = order_.upload_url();
    if (!upload_url_.empty()) return get_offset();
    // A client that chooses a method knows what the server expects.
    if (!order_.http().method().empty()) return put();
    request(Step::Discover, order_.url(), "OPTIONS", plain_headers());
}

void Upload::put() {
    send_begun(false);
    send();
}

void Upload::create() {
    ++creations_;
    request(Step::Create, order_.url(), "POST", creation_headers(order_.name(), stamp_.size));
}

void Upload::get_offset() {
    request(Step::GetOffset, upload_url_, "HEAD", plain_headers());
}

void Upload::send() {
    transaction_.reset(); // it uses the previous body_
    auto readable = [this] {
        if (transaction_) transaction_->resume();
    };
    body_ = std::make_unique<SourceBody>(
        context_.disk, SourceBody::Source{source_, lane(), stamp_}, offset_, end_of_piece(),
        SourceBody::Events{.read = [this] { schedule_progress(); }, .readable = readable});
    if (!upload_url_.empty()) return request(Step::Send, upload_url_, "PATCH", patch_headers(offset_));
    request(Step::Send, order_.url(), order_.http().method().empty() ? "PUT" : order_.http().method(), {});
}

uint64_t Upload::end_of_piece() const {
    uint64_t rest = stamp_.size - offset_;
    return offset_ + (upload_url_.empty() ? rest : std::min(rest, piece_));
}

void Upload::request(Step step, const std::string& url, std::string method,
                     std::vector<std::string> headers) {
    step_ = step;
    auto parsed = parse_url(url);
    if (!parsed) return fail({.message = parsed.error().message});
    url_ = *std::move(parsed);
    HttpRequest request{.url = url,
                        .method = std::move(method),
                        .headers = std::move(headers),
                        .body = step == Step::Send ? body_.get() : nullptr,
                        .http = http_for(url)};
    ResponseHandler& self = *this;
    transaction_ = std::make_unique<HttpTransaction>(context_.network, std::move(request), self);
}

/// What identifies the job's owner is only for the server in the job's URL, even if that creates the upload
/// elsewhere.
wire::Http Upload::http_for(const std::string& url) const {
    wire::Http http = order_.http();
    if (is_same_server(order_.url(), url)) return http;
    http.clear_headers();
    http.clear_client_certificate();
    auto& credentials = *http.mutable_credentials();
    credentials.erase(
        std::remove_if(credentials.begin(), credentials.end(), [](const auto& one) { return !one.proxy(); }),
        credentials.end());
    return http;
}

// ---- responses ----

bool Upload::is_reply(const HttpResponse& response) const {
    if (!order_.want_reply() || step_ != Step::Send || !is_success(response)) return false;
    return upload_url_.empty() || received_bytes(response, stamp_.size) == stamp_.size;
}

ResponseHandler::BodyAction Upload::body(const HttpResponse& response, std::string_view bytes) noexcept {
    if (!is_reply(response)) return BodyAction::Ignore;
    if (!reply_->begun()) reply_->begin(response.chunked ? std::nullopt : response.length);
    if (reply_->full()) return BodyAction::Pause;
    reply_->write(bytes);
    schedule_progress();
    return BodyAction::Continue;
}

void Upload::ended(const HttpResponse& response, const TransferResult& result) {
    if (step_ == Step::Send && !body_->status()) return fail(body_->status().error());
    bool refused_while_sending = response.status >= 400 && result.proxy_status == 0;
    if (result.code != CURLE_OK && !refused_while_sending)
        return fail(curl_failure(result, response, url_.host));
    redirect_ = result.redirect;
    head_ = response.head;
    switch (step_) {
    case Step::Discover: return discovered(response);
    case Step::Create: return created(response);
    case Step::GetOffset: return got_offset(response);
    case Step::Send: return was_sent(response);
    }
}

void Upload::discovered(const HttpResponse& response) {
    if (is_success(response) && response.tus.max_size.value_or(stamp_.size) < stamp_.size)
        return fail({.cause = wire::HTTP_STATUS,
                     .code = 413,
                     .message = fmt::format("{} accepts files of at most {} bytes, but this one has {}",
                                            url_.host, *response.tus.max_size, stamp_.size),
                     .is_final = true});
    switch (upload_protocol(response)) {
    case UploadProtocol::Put: return put();
    case UploadProtocol::TusCreate: return create();
    case UploadProtocol::TusUpload: upload_url_ = order_.url(); return get_offset();
    case UploadProtocol::Busy: return fail_with_status(response);
    }
}

void Upload::created(const HttpResponse& response) {
    if (!is_success(response)) return fail_with_status(response);
    auto location = created_url(response);
    if (!location) return fail(location.error());
    upload_url_ = location->text;
    highest_ = 0;
    offset_ = 0;
    send_begun(begun_ || !order_.upload_url().empty());
    send_rest();
}

/// A server behind a proxy that ends TLS may not know about it and name itself with http. That is taken for
/// the https that was used, which is never weaker.
Result<Url, Failure> Upload::created_url(const HttpResponse& response) const {
    auto redirected = parse_url(transaction_->redirected_to());
    const Url& base = redirected ? *redirected : url_;
    auto location = resolve(base, response.location);
    auto invalid = [&](std::string_view what) {
        return Failure{.cause = wire::INVALID_RESPONSE, .message = fmt::format("{} {}", base.host, what)};
    };
    if (response.location.empty() || !location) return invalid("created an upload without a location");
    bool leaves_https = base.scheme == "https" && location->scheme == "http";
    if (leaves_https && location->host == base.host) location = on_server(*location, base);
    if (location->text.empty() || location->text.size() > MaxUrl)
        return invalid(fmt::format("created an upload whose URL has more than {} bytes", MaxUrl));
    if (location->scheme == "https" || !leaves_https || order_.http().allow_https_to_http())
        return *std::move(location);
    return Failure{.cause = wire::REDIRECT_REFUSED,
                   .message = fmt::format("{} created an upload on {} that must be sent over http, although "
                                          "the URL of the file is https; if it is behind a proxy, it must be "
                                          "configured to trust the proxy's headers",
                                          base.host, location->host)};
}

void Upload::got_offset(const HttpResponse& response) {
    if (is_gone(response)) return upload_lost(response);
    if (!is_success(response)) return fail_with_status(response);
    auto offset = received_bytes(response, stamp_.size);
    if (!offset) return fail_as_invalid("does not state how much of the file it has");
    set_offset(*offset);
    if (!begun_) send_begun(false);
    send_rest();
}

void Upload::was_sent(const HttpResponse& response) {
    if (!upload_url_.empty() && is_gone(response)) return upload_lost(response);
    if (!upload_url_.empty() && response.status == 409) return offset_mismatch(response);
    if (!upload_url_.empty() && response.status == 413) return piece_too_large(response);
    if (!is_success(response))
        return upload_url_.empty() ? fail_as_refused(response) : fail_with_status(response);
    if (upload_url_.empty()) {
        if (!body_->all_read()) return fail_as_invalid("responded before it had received the whole file");
        return finish();
    }
    auto offset = received_bytes(response, stamp_.size);
    if (!offset || (*offset <= offset_ && *offset < stamp_.size)) return offset_mismatch(response);
    set_offset(*offset);
    if (offset_ == stamp_.size) return finish();
    send();
}

/// If the reply is wanted and was lost, sending zero bytes makes the server repeat it.
void Upload::send_rest() {
    if (offset_ == stamp_.size && !order_.want_reply()) return finish();
    send();
}

void Upload::set_offset(uint64_t offset) {
    if (offset > highest_) mismatches_ = 0;
    highest_ = std::max(highest_, offset);
    offset_ = offset;
}

void Upload::upload_lost(const HttpResponse& response) {
    if (upload_url_ == order_.url() || creations_ >= MaxCreations) return fail_with_status(response);
    upload_url_.clear();
    create();
}

/// The server expects another offset than the one that was sent.
void Upload::offset_mismatch(const HttpResponse& response) {
    if (++mismatches_ <= MaxMismatches) return get_offset();
    is_success(response) ? fail_as_invalid("does not accept more of the file") : fail_with_status(response);
}

/// Something between us and the server limits the size of a request. The server may have stored a part.
void Upload::piece_too_large(const HttpResponse& response) {
    auto smaller = smaller_piece(body_->size());
    if (!smaller) return fail_as_refused(response);
    piece_ = *smaller;
    get_offset();
}

Failure Upload::status_failure(const HttpResponse& response) const {
    return {.cause = wire::HTTP_STATUS,
            .code = response.status,
            .message =
                fmt::format("{}: the server responded with HTTP status {}", url_.host, response.status),
            .retry_after_s = retry_after_seconds(response, wall_seconds()),
            .remote = redirect_,
            .by_proxy = response.status == 407};
}

/// The server refuses the file itself, and would do so again.
void Upload::fail_as_refused(const HttpResponse& response) {
    auto failure = status_failure(response);
    failure.message += explanation(response.status, url_);
    failure.is_final = response.status == 409 || response.status == 413;
    fail(failure);
}

void Upload::fail_as_invalid(std::string_view what) {
    fail({.cause = wire::INVALID_RESPONSE, .message = fmt::format("{} {}", url_.host, what)});
}

} // namespace haulier::transfer
