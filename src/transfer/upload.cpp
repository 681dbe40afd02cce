// SPDX-License-Identifier: LGPL-2.1-or-later
#include "transfer/upload.hpp"

#include "transfer/convert.hpp"
#include "transfer/curl_failure.hpp"
#include "transfer/http_date.hpp"
#include "transfer/tus.hpp"

#include <algorithm>
#include <fmt/core.h>
#include <strings.h>
#include <utility>

namespace haulier::transfer {

namespace {

/// More of an unwanted answer is cut off rather than read to keep the connection.
constexpr uint64_t MostIgnored = 64 * 1024;
/// How often a server may contradict itself about one upload before it is left alone for a while.
constexpr uint32_t MostHitches = 3;
constexpr uint32_t MostCreations = 2;

bool is_success(const Answer& answer) {
    return answer.status >= 200 && answer.status < 300;
}

/// An upload that the server has forgotten, or given up.
bool is_gone(const Answer& answer) {
    return answer.status == 404 || answer.status == 410;
}

Stamp from_wire(const wire::Stamp& message) {
    return {{message.inode().device(), message.inode().number()}, message.size(), message.modified_ns()};
}

std::string origin_of(const std::string& text) {
    auto url = parse_url(text);
    return std::holds_alternative<Url>(url) ? std::get<Url>(url).origin() : std::string{};
}

} // namespace

Upload::Upload(Yard& yard, wire::Upload order) : yard_(yard), order_(std::move(order)) {}

void Upload::start() {
    auto url = parse_url(order_.url());
    if (auto* fault = std::get_if<UrlFault>(&url)) return fail({.message = std::move(fault->message)});
    url_ = std::get<Url>(std::move(url));
    take_source();
}

// ---- the files ----

void Upload::take_source() {
    auto source = SourceFile::open(order_.directory(), order_.name());
    if (auto* failure = std::get_if<Failure>(&source)) return fail(*failure);
    source_ = std::make_shared<const SourceFile>(std::get<SourceFile>(std::move(source)));
    stamp_ = source_->stamp();
    if (!order_.has_stamp()) return check_digest();
    // The checksum was right when it began, and the file is the one it was.
    if (!stamp_.was(from_wire(order_.stamp()))) return fail(source_->changed());
    open_reply();
}

/// All of it is read before anything is sent: no server shall get what is known to be wrong.
void Upload::check_digest() {
    if (order_.digest().kind() == wire::Digest::NONE) return open_reply();
    std::shared_ptr<Hasher> hasher = Hasher::make(order_.digest().kind());
    if (!hasher) return fail({.message = "This system refuses to compute that kind of checksum."});
    auto done = [this](Outcome<std::shared_ptr<Hasher>> outcome) {
        if (auto* failure = std::get_if<Failure>(&outcome)) return fail(*failure);
        digested(std::get<0>(outcome)->hex());
    };
    read_back_ = std::make_unique<ReadBack>(yard_.disk, source_, std::move(hasher), stamp_.size, done);
}

void Upload::digested(const std::string& hex) {
    if (strcasecmp(hex.c_str(), order_.digest().hex().c_str()) == 0) return open_reply();
    fail({.cause = wire::CHECKSUM_MISMATCH,
          .message = fmt::format("“{}” has the checksum {}, but {} was expected.", order_.name(), hex,
                                 order_.digest().hex())});
}

void Upload::open_reply() {
    if (!order_.want_reply()) return begin();
    if (auto trouble = check_reply_name(order_.reply_directory(), order_.reply_name(), stamp_.inode))
        return fail(*trouble);
    auto opened = [this](const Trouble& trouble) { trouble ? fail(*trouble) : begin(); };
    auto room = [this] {
        if (request_) request_->resume();
    };
    auto broken = [this](const Failure& failure) { fail(failure); };
    reply_ = std::make_unique<ReplyFile>(yard_.loop, yard_.disk, yard_.settings.rhythm,
                                         ReplyFile::Events{opened, room, broken});
    reply_->open(order_.reply_directory(), order_.reply_temporary());
}

// ---- what is asked ----

void Upload::begin() {
    upload_url_ = order_.upload_url();
    if (!upload_url_.empty()) return ask_offset();
    // Whoever names a method knows what the server wants.
    if (!order_.http().method().empty()) return put();
    ask(Step::Offer, order_.url(), "OPTIONS", plain_headers());
}

void Upload::put() {
    announce(false);
    send();
}

void Upload::create() {
    ++creations_;
    ask(Step::Create, order_.url(), "POST", creation_headers(order_.name(), stamp_.size));
}

void Upload::ask_offset() {
    ask(Step::Offset, upload_url_, "HEAD", plain_headers());
}

void Upload::send() {
    request_.reset(); // it holds what was sent before
    sending_ = std::make_unique<SourceBody>(source_, stamp_, at_, [this] { report_soon(); });
    if (!upload_url_.empty()) return ask(Step::Send, upload_url_, "PATCH", piece_headers(at_));
    ask(Step::Send, order_.url(), order_.http().method().empty() ? "PUT" : order_.http().method(), {});
}

void Upload::ask(Step step, const std::string& url, std::string method, std::vector<std::string> headers) {
    step_ = step;
    ignored_ = 0;
    cut_ = false;
    auto parsed = parse_url(url);
    if (auto* fault = std::get_if<UrlFault>(&parsed)) return fail({.message = std::move(fault->message)});
    url_ = std::get<Url>(std::move(parsed));
    Question question{.url = url,
                      .method = std::move(method),
                      .headers = std::move(headers),
                      .body = step == Step::Send ? sending_.get() : nullptr,
                      .http = http_for(url)};
    Receiver& self = *this;
    request_ = std::make_unique<Request>(yard_.network, std::move(question), self);
}

/// What identifies the job's owner is for the server that he named, wherever that says the upload is.
wire::Http Upload::http_for(const std::string& url) const {
    wire::Http http = order_.http();
    if (origin_of(url) == origin_of(order_.url())) return http;
    http.clear_headers();
    http.clear_client_certificate();
    auto& known = *http.mutable_credentials();
    known.erase(std::remove_if(known.begin(), known.end(), [](const auto& one) { return !one.proxy(); }),
                known.end());
    return http;
}

// ---- what is answered ----

bool Upload::is_reply(const Answer& answer) const {
    if (!order_.want_reply() || step_ != Step::Send || !is_success(answer)) return false;
    return upload_url_.empty() || received(answer, stamp_.size) == stamp_.size;
}

Receiver::Take Upload::body(const Answer& answer, std::string_view bytes) noexcept {
    if (!is_reply(answer)) {
        ignored_ += bytes.size();
        cut_ = ignored_ > MostIgnored;
        return cut_ ? Take::Stop : Take::Taken;
    }
    if (!reply_->begun()) reply_->begin(answer.chunked ? std::nullopt : answer.length);
    if (reply_->full()) return Take::Hold;
    trouble_ = reply_->write(bytes);
    report_soon();
    return trouble_ ? Take::Stop : Take::Taken;
}

void Upload::ended(const Answer& answer, const Ending& ending) {
    if (step_ == Step::Send && sending_->trouble()) return fail(*sending_->trouble());
    if (trouble_) return fail(*trouble_);
    bool refused_while_sending = answer.status >= 400 && ending.proxy_status == 0;
    if (ending.code != CURLE_OK && !cut_ && !refused_while_sending)
        return fail(curl_failure(ending, answer, url_.host));
    redirect_ = ending.redirect;
    head_ = answer.head;
    switch (step_) {
    case Step::Offer: return offered(answer);
    case Step::Create: return created(answer);
    case Step::Offset: return offset_told(answer);
    case Step::Send: return piece_taken(answer);
    }
}

void Upload::offered(const Answer& answer) {
    switch (manner_of(answer)) {
    case Manner::Put: return put();
    case Manner::TusCreate: return create();
    case Manner::TusUpload: upload_url_ = order_.url(); return ask_offset();
    case Manner::Busy: return refused(answer);
    }
}

void Upload::created(const Answer& answer) {
    if (!is_success(answer)) return refused(answer);
    auto base = parse_url(request_->redirected_to());
    auto place = resolve(std::holds_alternative<Url>(base) ? std::get<Url>(base) : url_, answer.location);
    if (answer.location.empty() || !std::holds_alternative<Url>(place))
        return nonsense("created an upload, but does not say where");
    const auto& url = std::get<Url>(place);
    if (url_.scheme == "https" && url.scheme == "http" && !order_.http().allow_https_to_http())
        return fail({.cause = wire::REDIRECT_REFUSED,
                     .message = fmt::format("{} wants the file over http, though it was asked by https.",
                                            url_.host)});
    upload_url_ = url.text;
    at_ = 0;
    announce(begun_ || !order_.upload_url().empty());
    send_rest();
}

void Upload::offset_told(const Answer& answer) {
    if (is_gone(answer)) return upload_lost(answer);
    if (!is_success(answer)) return refused(answer);
    auto offset = received(answer, stamp_.size);
    if (!offset) return nonsense("does not say how much of the file it has");
    got_to(*offset);
    if (!begun_) announce(false);
    send_rest();
}

void Upload::piece_taken(const Answer& answer) {
    if (!upload_url_.empty() && is_gone(answer)) return upload_lost(answer);
    if (!upload_url_.empty() && answer.status == 409) return again(answer);
    if (!is_success(answer)) return refused(answer);
    if (upload_url_.empty()) {
        if (!sending_->all_read()) return nonsense("did not wait for the whole file");
        return finish();
    }
    auto offset = received(answer, stamp_.size);
    if (!offset || (*offset <= at_ && *offset < stamp_.size)) return again(answer);
    got_to(*offset);
    if (at_ == stamp_.size) return finish();
    send();
}

/// An answer that was lost is asked for again, by sending nothing more.
void Upload::send_rest() {
    if (at_ == stamp_.size && !order_.want_reply()) return finish();
    send();
}

void Upload::got_to(uint64_t offset) {
    if (offset > at_) hitches_ = 0;
    at_ = offset;
}

void Upload::upload_lost(const Answer& answer) {
    if (upload_url_ == order_.url() || creations_ >= MostCreations) return refused(answer);
    upload_url_.clear();
    create();
}

/// The server's idea of the offset is another one than ours.
void Upload::again(const Answer& answer) {
    if (++hitches_ <= MostHitches) return ask_offset();
    is_success(answer) ? nonsense("does not take more of the file") : refused(answer);
}

// ---- what is told ----

void Upload::announce(bool restarted) {
    begun_ = true;
    wire::FromWorker message;
    auto& begun = *message.mutable_begun();
    begun.set_ticket(order_.ticket());
    begun.set_offset(at_);
    begun.set_restarted(restarted);
    size_to_wire(*begun.mutable_identity());
    begun.set_upload_url(upload_url_);
    to_wire(stamp_.inode, *begun.mutable_stamp()->mutable_inode());
    begun.mutable_stamp()->set_size(stamp_.size);
    begun.mutable_stamp()->set_modified_ns(stamp_.modified_ns);
    yard_.tell(message);
}

void Upload::report_soon() {
    if (reporter_) return;
    reporter_ = yard_.loop.after(yard_.settings.progress, [this] {
        reporter_.reset();
        report();
    });
}

void Upload::report() const {
    wire::FromWorker message;
    auto& progress = *message.mutable_progress();
    progress.set_ticket(order_.ticket());
    progress.set_received(sent());
    if (reply_ && reply_->begun()) {
        progress.set_replying(true);
        progress.set_reply_size_known(reply_->expected().has_value());
        progress.set_reply_size(reply_->expected().value_or(0));
        progress.set_reply_received(reply_->size());
    }
    yard_.tell(message);
}

uint64_t Upload::sent() const {
    bool sending = step_ == Step::Send && request_;
    return std::min(stamp_.size, at_ + (sending ? request_->sent() : 0));
}

void Upload::size_to_wire(wire::Identity& identity) const {
    identity.set_size_known(true);
    identity.set_size(stamp_.size);
}

void Upload::finish() {
    auto now = SourceFile::open(order_.directory(), order_.name());
    if (!std::holds_alternative<SourceFile>(now) || std::get<SourceFile>(now).stamp() != stamp_)
        return fail(source_->changed());
    if (!reply_) return say_fetched();
    reply_->flush([this](const Trouble& trouble) { trouble ? fail(*trouble) : say_fetched(); });
}

void Upload::say_fetched() {
    wire::FromWorker message;
    auto& fetched = *message.mutable_fetched();
    fetched.set_ticket(order_.ticket());
    fetched.set_size(stamp_.size);
    size_to_wire(*fetched.mutable_identity());
    fetched.set_headers(head_);
    if (reply_) {
        fetched.set_replied(true);
        fetched.set_reply_size(reply_->size());
        to_wire(reply_->inode(), *fetched.mutable_inode());
    }
    end(message);
}

void Upload::refused(const Answer& answer) {
    fail({.cause = wire::HTTP_STATUS,
          .code = answer.status,
          .message = fmt::format("{}: The server answered with HTTP status {}.", url_.host, answer.status),
          .retry_after_s = retry_after_seconds(answer, wall_seconds()),
          .remote = redirect_});
}

void Upload::nonsense(std::string_view what) {
    fail({.cause = wire::INVALID_RESPONSE, .message = fmt::format("{} {}.", url_.host, what)});
}

void Upload::fail(const Failure& failure) {
    wire::FromWorker message;
    message.mutable_failed()->set_ticket(order_.ticket());
    to_wire(failure, *message.mutable_failed());
    end(message);
}

void Upload::halt() {
    wire::FromWorker message;
    message.mutable_halted()->set_ticket(order_.ticket());
    end(message);
}

/// For people who look at a job that waits. Where it really goes on, the server says.
void Upload::note_progress() const {
    if (!begun_ || upload_url_.empty()) return;
    wire::FromWorker message;
    auto& checkpoint = *message.mutable_checkpoint();
    checkpoint.set_ticket(order_.ticket());
    checkpoint.set_offset(sent());
    size_to_wire(*checkpoint.mutable_identity());
    yard_.tell(message);
}

/// Who was told to stop is not told of an end that comes later.
void Upload::end(const wire::FromWorker& last) {
    if (std::exchange(ending_, true)) return;
    if (!last.has_fetched()) note_progress();
    reporter_.reset();
    read_back_.reset();
    request_.reset();
    if (reply_) reply_->close();
    yard_.tell(last);
}

} // namespace haulier::transfer
