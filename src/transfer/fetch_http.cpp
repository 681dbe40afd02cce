// SPDX-License-Identifier: LGPL-2.1-or-later
// The part of Fetch that sends requests and evaluates responses.
#include "transfer/convert.hpp"
#include "transfer/curl_failure.hpp"
#include "transfer/fetch.hpp"
#include "transfer/http_date.hpp"
#include "transfer/segment_rules.hpp"
#include "transfer/server_name.hpp"

#include <algorithm>
#include <fmt/core.h>
#include <utility>

namespace haulier::transfer {

namespace {

/// A server that sends another version each time would otherwise be asked for ever.
constexpr uint32_t MaxRestarts = 5;
constexpr uint64_t SmallBody = 256 * 1024;

} // namespace

void Fetch::request_next() {
    bool if_range_broken = if_range_broken_ || order_.if_range_broken;
    range_request_ =
        order_.from_zero || whole_next_ ? RangeRequest::Whole : plan_request(resume_, if_range_broken);
    segment_ = order_.layout.at(resume_.offset, resume_.identity.size);
    if (is_complete()) {
        transaction_.reset();
        bool lost = is_final_check() && !must_match_version_;
        if (lost) resume_.digest = false; // there is nothing to verify
        accept({.action = lost ? ResponseAction::StartOver : ResponseAction::Complete,
                .identity = resume_.identity,
                .end = resume_.offset});
        return body_complete();
    }
    uint64_t written = sink_->written();
    uint64_t received = written - std::min(written, requested_at_);
    if (!budget_.take(received, std::chrono::steady_clock::now()))
        return fail({.cause = wire::INVALID_RESPONSE,
                     .message = fmt::format("{} needs too many requests for the file", url_.host)});
    requested_at_ = written;
    phase_ = Phase::Requesting;
    if (pieces_) pieces_->first_requests();
    ResponseHandler& self = *this;
    transaction_ = std::make_unique<HttpTransaction>(context_.network, url_, make_request(), self);
}

bool Fetch::is_complete() const {
    return plain_ ? range_request_ == RangeRequest::Nothing : !segment_;
}

HttpRequest Fetch::make_request() const {
    HttpRequest request{.url = order_.url,
                        .method = order_.http.method(),
                        .http = order_.http,
                        .minimum_rate = minimum_rate(),
                        .is_small = is_probably_small()};
    if (!plain_)
        request.range = range_value(*segment_, must_match_version_);
    else if (range_request_ != RangeRequest::Whole)
        request.range = rest_of_hole();
    if (is_conditional()) request.headers = order_.conditions;
    if (plain_ && range_request_ == RangeRequest::RangeIfSame)
        request.if_range = if_range_value(resume_.identity);
    return request;
}

/// A part is never given up for what the client has.
bool Fetch::is_conditional() const {
    return !order_.conditions.empty() && plain_ && range_request_ == RangeRequest::Whole &&
           resume_.offset == 0;
}

bool Fetch::is_probably_small() const {
    auto size = order_.layout.size(resume_.identity.size);
    if (!size) size = order_.expected_size;
    return size ? *size < SmallBody : context_.last_was_small;
}

/// A source that is not the only one must be as fast as configured, and not far slower than others were.
uint64_t Fetch::minimum_rate() const {
    if (!order_.has_other_sources || context_.settings.minimum_rate == 0) return 0;
    auto now = std::chrono::steady_clock::now();
    uint64_t elsewhere = context_.rates.elsewhere(order_.temporary, url_.origin(), now);
    return std::max<uint64_t>(context_.settings.minimum_rate, elsewhere / 10);
}

/// The client is told that the file is being transferred before its first byte has arrived.
bool Fetch::head(const HttpResponse& response) noexcept {
    if (phase_ == Phase::Requesting) evaluate_response(response);
    return phase_ != Phase::RequestingAgain && phase_ != Phase::Failing;
}

ResponseHandler::BodyAction Fetch::body(const HttpResponse& response, std::string_view bytes) noexcept {
    if (phase_ == Phase::Requesting) evaluate_response(response);
    if (phase_ == Phase::AwaitingProceed) return BodyAction::Pause;
    if (phase_ != Phase::Receiving) return BodyAction::Abort;
    if (sink_->full()) return BodyAction::Pause;
    begin_piece();
    auto wanted = wanted_of(bytes);
    if (auto ok = write(wanted); !ok) {
        failure_ = ok.error();
        phase_ = Phase::Failing;
        return BodyAction::Abort;
    }
    schedule_progress();
    bool is_over = pieces_ && !pieces_->left_of_first() && (wanted.size() < bytes.size() || at_ != end_);
    if (is_over) phase_ = Phase::Parting;
    return is_over ? BodyAction::Abort : BodyAction::Continue;
}

Status Fetch::write(std::string_view bytes) {
    uint64_t upto = at_ + bytes.size();
    if (end_ && upto > *end_)
        return Failure{.cause = wire::LONG_BODY,
                       .message = fmt::format("{} sent more bytes than it had announced", url_.host),
                       .void_offset = true};
    if (!order_.sparse && order_.expected_size && upto > *order_.expected_size)
        return wrong_content(wire::SIZE_MISMATCH,
                             fmt::format("{} sent more than the {} bytes that were expected", url_.host,
                                         *order_.expected_size));
    if (auto ok = check_size_limit(upto); !ok) return ok;
    in_pieces_ ? sink_->write_at(at_, bytes) : sink_->write(bytes);
    if (hasher_ && hashed_ == at_) {
        hasher_->update(bytes);
        hashed_ = upto;
    }
    at_ = upto;
    if (pieces_) pieces_->first_received(bytes.size());
    return Done{};
}

/// Afterwards the phase says what happens with the body.
void Fetch::evaluate_response(const HttpResponse& response) {
    auto decision = decide(response);
    switch (decision.action) {
    case ResponseAction::Continue:
    case ResponseAction::StartOver:
        head_ = response.head;
        take_name(response);
        unexpected_page_ = is_unexpected_page(resume_, response);
        ranges_allowed_ = !response.no_ranges;
        accept(decision);
        return;
    case ResponseAction::Complete:
        accept(decision);
        phase_ = Phase::Completing;
        return;
    case ResponseAction::NotModified:
        head_ = response.head;
        identity_ = decision.identity;
        not_modified_ = true;
        phase_ = Phase::Completing;
        return;
    case ResponseAction::RequestRange:
        if_range_broken_ = true;
        phase_ = Phase::RequestingAgain;
        return;
    case ResponseAction::RequestWhole: start_over(); return;
    case ResponseAction::Fail:
        failure_ = std::move(decision.failure);
        failure_.message = fmt::format("{}: {}", url_.host, failure_.message);
        explain_status();
        phase_ = Phase::Failing;
        return;
    }
}

void Fetch::explain_status() {
    bool refused = failure_.code == 401 || failure_.code == 403 || failure_.code == 410;
    if (failure_.cause != wire::HTTP_STATUS || !refused || !must_match_version_) return;
    failure_.message += ", although a part of the file is here already; its link may have expired";
}

void Fetch::take_name(const HttpResponse& response) {
    if (!order_.server_name) return;
    const auto& redirected = transaction_->redirected_to();
    name_ = server_name(response.content_disposition, redirected.empty() ? order_.url : redirected);
}

/// If the name is taken, the rest of the file need not be fetched.
void Fetch::check_name() {
    if (!order_.keep_existing || name_.empty()) return;
    context_.disk.run_within(
        FileServerLimit, lane(),
        [place = order_.target, name = name_]() -> Status {
            auto directory = Directory::open(place);
            if (!directory || !is_taken(*directory, name)) return Done{};
            return name_taken(*directory, name);
        },
        [self = std::weak_ptr{self_}](const std::optional<Status>& free) {
            auto fetch = self.lock();
            if (fetch && free && !*free) (*fetch)->fail(free->error());
        });
}

ResponseDecision Fetch::decide(const HttpResponse& response) const {
    if (response.status == 304 && is_conditional())
        return {.action = ResponseAction::NotModified, .identity = identity_of(response, std::nullopt)};
    auto decision = plain_
                        ? evaluate(resume_, range_request_, response, wall_seconds())
                        : evaluate_segment(resume_, must_match_version_, *segment_, response, wall_seconds());
    bool complete = decision.action == ResponseAction::Complete;
    if (!complete && decision.action != ResponseAction::Continue &&
        decision.action != ResponseAction::StartOver)
        return decision;
    auto ok = check_evidence(response, decision.identity);
    if (ok && !complete) ok = check_announced_size(response, decision);
    if (!ok) return {.action = ResponseAction::Fail, .failure = ok.error()};
    return decision;
}

/// The bytes of all segments are given up only for a response that proves to be another version.
Status Fetch::check_evidence(const HttpResponse& response, const Identity& theirs) const {
    if (!doubted_ || same_version(*doubted_, theirs, false)) return Done{};
    if (is_unexpected_page({.identity = *doubted_, .page_expected = resume_.page_expected}, response))
        return page_failure();
    return is_another_version(*doubted_, theirs) ? Status{Done{}} : unproved_failure();
}

Status Fetch::check_announced_size(const HttpResponse& response, const ResponseDecision& decision) const {
    auto stream = order_.layout.size(decision.identity.size);
    auto local = order_.sparse ? decision.identity.size : stream;
    bool is_wrong = !plain_ && local && order_.expected_size && *local != *order_.expected_size;
    if (is_wrong && is_unexpected_page(resume_, response)) return page_failure();
    if (is_wrong)
        return Failure{.cause = wire::SIZE_MISMATCH,
                       .message = fmt::format("the file would have {} bytes, but {} were expected", *local,
                                              *order_.expected_size)};
    return stream ? check_size_limit(*stream) : Done{};
}

Status Fetch::check_size_limit(uint64_t size) const {
    if (!order_.size_limit || size <= *order_.size_limit) return Done{};
    return Failure{.cause = wire::MAX_DOWNLOAD_SIZE,
                   .message =
                       fmt::format("the file is larger than the {} bytes that the job may still download",
                                   *order_.size_limit)};
}

/// The part is kept until the response to the next request has proved itself.
void Fetch::start_over() {
    whole_next_ = true;
    if (!plain_) {
        if (must_match_version_ && is_strong(resume_.identity)) doubted_ = resume_.identity;
        resume_.offset = 0;
        resume_.identity = {};
        must_match_version_ = false;
    }
    phase_ = Phase::RequestingAgain;
    if (++restarts_ <= MaxRestarts) return;
    failure_ = {.cause = wire::INVALID_RESPONSE,
                .message = fmt::format("{} sends another version of the file each time", url_.host)};
    phase_ = Phase::Failing;
}

/// The body will be written: after the bytes on disk, or from zero.
void Fetch::accept(const ResponseDecision& decision) {
    identity_ = decision.identity;
    end_ = decision.end;
    whole_next_ = false;
    doubted_.reset();
    bool restarts = decision.action == ResponseAction::StartOver;
    phase_ = restarts && offset_stored_ ? Phase::AwaitingProceed : Phase::Receiving;
    at_ = restarts ? 0 : resume_.offset;
    if (sink_->begun() && !restarts) { // the next segment, or the next part that the server sends of one
        if (order_.sparse) sink_->move_to(segment_->local);
        return;
    }
    if (restarts) {
        resume_.offset = 0;
        segment_ = order_.layout.at(0, identity_.size);
        hasher_ = resume_.digest ? Hasher::make(order_.digest) : nullptr;
        hashed_ = 0;
        present_ = {};
        pieces_.reset(); // which has no connection while another request is sent
    }
    if (resume_.offset == 0) check_name();
    auto begun = begun_message(phase_ == Phase::AwaitingProceed);
    if (phase_ == Phase::Receiving && begin_small()) {
        // The daemon need not know of a small file before it is complete, if that does not take long.
        in_pieces_ = false;
        begun_ = std::move(begun);
        return schedule_progress();
    }
    send_begun(std::move(begun));
    if (phase_ == Phase::Receiving) begin_writing();
}

bool Fetch::begin_small() {
    auto total = order_.layout.size(identity_.size);
    bool is_new = plain_ && part_is_empty_ && resume_.offset == 0 && !sink_->begun();
    return is_new && transaction_ && total && sink_->begin_small(*total);
}

void Fetch::send_postponed_begun() {
    if (begun_) send_begun(*std::exchange(begun_, std::nullopt));
}

void Fetch::send_begun(wire::Begun begun) {
    wire::FromWorker message;
    *message.mutable_begun() = std::move(begun);
    context_.send(message);
}

wire::Begun Fetch::begun_message(bool restarted) const {
    wire::Begun begun;
    begun.set_ticket(order_.ticket);
    begun.set_offset(in_pieces_ ? present_.size() : resume_.offset);
    begun.set_restarted(restarted);
    to_wire(identity_, *begun.mutable_identity());
    begun.set_headers(head_);
    if (transaction_) begun.set_origin(transaction_->origin());
    to_wire(folder_, *begun.mutable_folder());
    begun.set_if_range_broken(if_range_broken_);
    begun.set_name(name_);
    if (order_.http.redirect() == wire::Http::REPORT && transaction_)
        begun.set_remote(transaction_->redirected_to());
    return begun;
}

/// A sparse file keeps the content from other orders, unless that is of another version. What is fetched in
/// the background does not displace what others have in the page cache; a file in the foreground is probably
/// read as soon as it is complete.
void Fetch::begin_writing() {
    phase_ = Phase::Receiving;
    writing_since_ = std::chrono::steady_clock::now();
    writing_from_ = resume_.offset;
    if (in_pieces_) return sink_->begin_pieces(present_, identity_.size);
    auto cache = order_.http.background() ? Sink::Cache::Bypass : Sink::Cache::Use;
    if (!order_.sparse) return sink_->begin(resume_.offset, order_.layout.size(identity_.size), cache);
    sink_->begin_sparse(resume_.offset, identity_.size, !must_match_version_);
    if (segment_) sink_->move_to(segment_->local);
}

void Fetch::ended(const HttpResponse& response, const TransferResult& result) {
    bool head_is_complete =
        result.code == CURLE_OK || (result.code == CURLE_PARTIAL_FILE && response.status >= 400);
    if (phase_ == Phase::Requesting && head_is_complete) evaluate_response(response);
    switch (phase_) {
    case Phase::Locking:
    case Phase::Hashing:
    case Phase::Requesting:
    case Phase::AwaitingProceed:
    case Phase::Receiving:
        if (result.code != CURLE_OK && pieces_ && pieces_->has_others()) return first_part_ended();
        if (result.code != CURLE_OK) return fail(exchange_failure(response, result));
        ends_by_close_ = response.ends_by_close();
        return body_complete();
    case Phase::Completing: return not_modified_ ? finish_unmodified() : finish();
    case Phase::RequestingAgain: return request_next();
    case Phase::Parting: return first_part_ended();
    case Phase::Failing: failure_.remote = result.redirect; return fail(failure_);
    case Phase::Ending: return;
    }
}

/// Where a part of the file came from, the certificate was good. A bad one may be that of a network which
/// redirects everything to its login page, so it is no reason to give up.
Failure Fetch::exchange_failure(const HttpResponse& response, const TransferResult& result) const {
    auto failure = curl_failure(result, response, url_.host);
    failure.is_transient = must_match_version_ && result.code == CURLE_PEER_FAILED_VERIFICATION;
    return failure;
}

/// If the daemon must store the restart first, proceed() calls this again.
void Fetch::body_complete() {
    if (phase_ == Phase::AwaitingProceed) return transaction_.reset();
    uint64_t received = at_;
    bool truncated =
        end_ ? received < *end_ : ends_by_close_ && order_.expected_size && received < *order_.expected_size;
    if (truncated)
        return fail({.cause = wire::SHORT_BODY,
                     .message = fmt::format("{} sent fewer bytes than it had announced", url_.host)});
    if (pieces_) return first_part_ended();
    // A body of unknown length that went to the end of the file reveals its size.
    if (!identity_.size && segment_ && segment_->to_end)
        identity_.size = segment_->remote + (received - resume_.offset);
    if (!order_.layout.at(received, identity_.size)) return finish();
    if (in_pieces_) present_.add({0, received});
    resume_.offset = received;
    resume_.identity = identity_;
    must_match_version_ = true;
    request_next();
}

} // namespace haulier::transfer
