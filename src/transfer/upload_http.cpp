// SPDX-License-Identifier: LGPL-2.1-or-later
// The part of Upload that sends requests and evaluates responses.
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

std::string origin_of(const std::string& text) {
    auto url = parse_url(text);
    return url ? url->origin() : std::string{};
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
    body_ = std::make_unique<SourceBody>(source_, stamp_, offset_, [this] { schedule_progress(); });
    if (!upload_url_.empty()) return request(Step::Send, upload_url_, "PATCH", patch_headers(offset_));
    request(Step::Send, order_.url(), order_.http().method().empty() ? "PUT" : order_.http().method(), {});
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
    if (origin_of(url) == origin_of(order_.url())) return http;
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
    switch (upload_protocol(response)) {
    case UploadProtocol::Put: return put();
    case UploadProtocol::TusCreate: return create();
    case UploadProtocol::TusUpload: upload_url_ = order_.url(); return get_offset();
    case UploadProtocol::Busy: return fail_with_status(response);
    }
}

void Upload::created(const HttpResponse& response) {
    if (!is_success(response)) return fail_with_status(response);
    auto base = parse_url(transaction_->redirected_to());
    auto location = resolve(base ? *base : url_, response.location);
    if (response.location.empty() || !location)
        return fail_as_invalid("created an upload without a location");
    if (url_.scheme == "https" && location->scheme == "http" && !order_.http().allow_https_to_http())
        return fail({.cause = wire::REDIRECT_REFUSED,
                     .message = fmt::format("{} created an upload that must be sent over http, although the "
                                            "URL of the file is https",
                                            url_.host)});
    upload_url_ = location->text;
    offset_ = 0;
    send_begun(begun_ || !order_.upload_url().empty());
    send_rest();
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
    if (!is_success(response)) return fail_with_status(response);
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
    if (offset > offset_) mismatches_ = 0;
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

void Upload::fail_with_status(const HttpResponse& response) {
    fail({.cause = wire::HTTP_STATUS,
          .code = response.status,
          .message = fmt::format("{}: the server responded with HTTP status {}", url_.host, response.status),
          .retry_after_s = retry_after_seconds(response, wall_seconds()),
          .remote = redirect_});
}

void Upload::fail_as_invalid(std::string_view what) {
    fail({.cause = wire::INVALID_RESPONSE, .message = fmt::format("{} {}", url_.host, what)});
}

} // namespace haulier::transfer
