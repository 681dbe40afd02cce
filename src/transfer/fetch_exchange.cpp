// SPDX-License-Identifier: LGPL-2.1-or-later
// The part of Fetch that talks with servers.
#include "transfer/convert.hpp"
#include "transfer/curl_failure.hpp"
#include "transfer/fetch.hpp"
#include "transfer/http_date.hpp"
#include "transfer/piece_rules.hpp"

#include <fmt/core.h>
#include <utility>

namespace haulier::transfer {

namespace {

/// A server that shows another version each time would be asked for ever.
constexpr uint32_t MostStartsOver = 5;

} // namespace

void Fetch::ask() {
    asked_ = order_.from_zero ? Asked::Whole : plan(known_, yard_.if_range_broken.contains(url_.origin()));
    place_ = order_.layout.at(known_.offset, known_.identity.size);
    if (all_here()) {
        bool lost = last_look() && !bound_;
        if (lost) known_.digest = false; // there is nothing to judge
        adopt({.course = lost ? Course::StartOver : Course::AllHere,
               .identity = known_.identity,
               .end = known_.offset});
        return body_over();
    }
    judged_ = false;
    next_.reset();
    Receiver& self = *this;
    request_ = std::make_unique<Request>(yard_.network, question(), self);
}

bool Fetch::all_here() const {
    return plain_ ? asked_ == Asked::Nothing : !place_;
}

Question Fetch::question() const {
    Question question{.url = order_.url, .method = order_.http.method(), .http = order_.http};
    if (!plain_)
        question.range = range_value(*place_, bound_);
    else if (asked_ != Asked::Whole)
        question.range = fmt::format("{}-", known_.offset);
    if (plain_ && asked_ == Asked::RangeIfSame) question.if_range = if_range_value(known_.identity);
    return question;
}

Receiver::Take Fetch::body(const Answer& answer, std::string_view bytes) noexcept {
    if (!judged_) accept(answer);
    if (next_) return Take::Stop;
    if (awaiting_proceed_ || sink_->full()) return Take::Hold;
    if (auto trouble = write(bytes)) {
        failure_ = std::move(*trouble);
        next_ = Next::Fail;
        return Take::Stop;
    }
    report_soon();
    return Take::Taken;
}

Trouble Fetch::write(std::string_view bytes) {
    uint64_t upto = sink_->written() + bytes.size();
    if (end_ && upto > *end_)
        return Failure{.cause = wire::LONG_BODY,
                       .message = fmt::format("{} sent more bytes than announced.", url_.host),
                       .void_offset = true};
    if (!order_.sparse && order_.expected_size && upto > *order_.expected_size)
        return Failure{.cause = wire::SIZE_MISMATCH,
                       .message = fmt::format("{} sent more than the {} bytes that were expected.", url_.host,
                                              *order_.expected_size),
                       .void_offset = true};
    if (auto trouble = too_large(upto)) return trouble;
    if (auto trouble = sink_->write(bytes)) return trouble;
    if (hasher_) hasher_->update(bytes);
    return {};
}

/// Either the body is ours to write, or `next_` says what else to do.
void Fetch::accept(const Answer& answer) {
    judged_ = true;
    auto verdict = judged(answer);
    switch (verdict.course) {
    case Course::GoOn:
    case Course::StartOver: head_ = answer.head; return adopt(verdict);
    case Course::AllHere:
        adopt(verdict);
        next_ = Next::Finish;
        return;
    case Course::AskRange:
        yard_.if_range_broken.insert(url_.origin());
        next_ = Next::Ask;
        return;
    case Course::AskWhole: return start_over();
    case Course::Fail:
        failure_ = std::move(verdict.failure);
        failure_.message = fmt::format("{}: {}", url_.host, failure_.message);
        next_ = Next::Fail;
        return;
    }
}

Verdict Fetch::judged(const Answer& answer) const {
    auto verdict = plain_ ? judge(known_, asked_, answer, wall_seconds())
                          : judge_piece(known_, bound_, *place_, answer, wall_seconds());
    if (verdict.course != Course::GoOn && verdict.course != Course::StartOver) return verdict;
    if (auto trouble = objection(verdict)) return {.course = Course::Fail, .failure = std::move(*trouble)};
    return verdict;
}

/// What was announced may be too much, or too little.
Trouble Fetch::objection(const Verdict& verdict) const {
    auto stream = order_.layout.size(verdict.identity.size);
    auto local = order_.sparse ? verdict.identity.size : stream;
    if (!plain_ && local && order_.expected_size && *local != *order_.expected_size)
        return Failure{.cause = wire::SIZE_MISMATCH,
                       .message = fmt::format("The file would have {} bytes, but {} were expected.", *local,
                                              *order_.expected_size)};
    return stream ? too_large(*stream) : Trouble{};
}

Trouble Fetch::too_large(uint64_t size) const {
    if (!order_.size_limit || size <= *order_.size_limit) return {};
    return Failure{.cause = wire::MAX_DOWNLOAD_SIZE,
                   .message = fmt::format("The file is larger than the {} bytes that the job may still have.",
                                          *order_.size_limit)};
}

void Fetch::start_over() {
    known_.offset = 0;
    known_.identity = {};
    bound_ = false;
    next_ = Next::Ask;
    if (++starts_over_ <= MostStartsOver) return;
    failure_ = {.cause = wire::INVALID_RESPONSE,
                .message = fmt::format("{} sends pieces of ever other versions of the file.", url_.host)};
    next_ = Next::Fail;
}

void Fetch::adopt(const Verdict& verdict) {
    identity_ = verdict.identity;
    end_ = verdict.end;
    bool goes_on = verdict.course != Course::StartOver;
    if (begun_ &&
        goes_on) { // the rest of a file of which the server gives a part at a time, or the next piece
        if (order_.sparse) sink_->move_to(place_->local);
        return;
    }
    begun_ = true;
    if (!goes_on) known_.offset = 0;
    if (!goes_on) place_ = order_.layout.at(0, identity_.size);
    if (!goes_on) hasher_ = known_.digest ? Hasher::make(order_.digest) : nullptr;
    awaiting_proceed_ = !goes_on && stored_;
    say_begun(known_.offset);
    if (!awaiting_proceed_) open_sink(known_.offset);
}

void Fetch::say_begun(uint64_t at) {
    wire::FromWorker message;
    auto& begun = *message.mutable_begun();
    begun.set_ticket(order_.ticket);
    begun.set_offset(at);
    begun.set_restarted(awaiting_proceed_);
    to_wire(identity_, *begun.mutable_identity());
    begun.set_headers(head_);
    if (order_.http.redirect() == wire::Http::REPORT && request_) begun.set_remote(request_->redirected_to());
    yard_.tell(message);
}

/// A sparse file keeps what other orders have put there, unless nothing of that counts any more.
void Fetch::open_sink(uint64_t at) {
    if (!order_.sparse) return sink_->begin(at, order_.layout.size(identity_.size));
    sink_->begin_sparse(at, identity_.size, !bound_);
    if (place_) sink_->move_to(place_->local);
}

void Fetch::ended(const Answer& answer, const Ending& ending) {
    bool head_is_whole =
        ending.code == CURLE_OK || (ending.code == CURLE_PARTIAL_FILE && answer.status >= 400);
    if (!judged_ && head_is_whole) accept(answer);
    if (!next_ && ending.code != CURLE_OK) return fail(curl_failure(ending, answer, url_.host));
    ends_by_close_ = answer.ends_by_close();
    if (!next_) return body_over();
    switch (*next_) {
    case Next::Finish: return finish();
    case Next::Ask: return ask();
    case Next::Fail: failure_.remote = ending.redirect; return fail(std::move(failure_));
    }
}

void Fetch::body_over() {
    over_ = awaiting_proceed_;
    if (over_) return;
    uint64_t have = sink_->written();
    bool cut = end_ ? have < *end_ : ends_by_close_ && order_.expected_size && have < *order_.expected_size;
    if (cut)
        return fail({.cause = wire::SHORT_BODY,
                     .message = fmt::format("{} sent fewer bytes than announced.", url_.host)});
    // A body of unknown length that went to the end of the file has told where that is.
    if (!identity_.size && place_ && place_->to_end) identity_.size = place_->remote + (have - known_.offset);
    if (!order_.layout.at(have, identity_.size)) return finish();
    known_.offset = have;
    known_.identity = identity_;
    bound_ = true;
    ask();
}

} // namespace haulier::transfer
