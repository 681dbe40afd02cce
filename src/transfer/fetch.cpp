// SPDX-License-Identifier: LGPL-2.1-or-later
#include "transfer/fetch.hpp"

#include "transfer/convert.hpp"
#include "transfer/curl_failure.hpp"

#include <fmt/core.h>
#include <strings.h>
#include <utility>

namespace haulier::transfer {

namespace {

constexpr Usec LockRetry = std::chrono::milliseconds{100};
constexpr uint32_t LockTries = 100;

int64_t wall_seconds() {
    return std::chrono::duration_cast<std::chrono::seconds>(SystemClock{}.now().wall.since_epoch).count();
}

} // namespace

Fetch::Fetch(Yard& yard, Order order) : yard_(yard), order_(std::move(order)), believed_(order_.offset) {}

void Fetch::start() {
    auto url = parse_url(order_.url);
    if (auto* fault = std::get_if<UrlFault>(&url))
        return fail({.cause = wire::INTERNAL, .sentence = std::move(fault->sentence)});
    url_ = std::get<Url>(std::move(url));
    if (!is_temporary_name(order_.temporary))
        return fail({.cause = wire::INTERNAL, .sentence = "The temporary file has an impossible name."});
    take_file();
}

// ---- the file ----

/// The lock may still be with a worker that is about to die, or with our own disk thread.
void Fetch::take_file() {
    auto directory = Directory::open(order_.directory);
    if (auto* failure = std::get_if<Failure>(&directory)) return fail(std::move(*failure));
    auto part = PartFile::open(std::get<Directory>(std::move(directory)), order_.temporary);
    if (auto* failure = std::get_if<Failure>(&part)) return fail(std::move(*failure));
    if (std::get<PartFile>(part).lock()) return file_is_ours(std::get<PartFile>(std::move(part)));
    if (++tries_ > LockTries)
        return fail({.cause = wire::FILE_BUSY,
                     .sentence = fmt::format("Another process still writes the temporary file in “{}”.",
                                             order_.directory)});
    retry_ = yard_.loop.after(LockRetry, [this] { take_file(); });
}

void Fetch::file_is_ours(PartFile part) {
    retry_.reset();
    part_ = std::make_shared<PartFile>(std::move(part));
    sink_ = std::make_unique<Sink>(
        yard_.loop, yard_.disk, part_, yard_.settings.rhythm,
        Sink::Events{.durable = [this](uint64_t offset) { checkpoint(offset); },
                     .room =
                         [this] {
                             if (request_) request_->resume();
                         },
                     .broken = [this](Failure failure) { fail(std::move(failure), false); }});
    known_ = {order_.offset, order_.identity, order_.digest != wire::Digest::NONE, order_.expected_size};
    // Fewer bytes than were stored as durable: then nothing about the file can be believed.
    if (part_->size() < known_.offset) {
        known_.offset = 0;
        known_.identity = {};
    }
    read_back();
}

void Fetch::read_back() {
    if (!known_.digest) return ask();
    hasher_ = Hasher::make(order_.digest);
    if (!hasher_)
        return fail(
            {.cause = wire::INTERNAL, .sentence = "This system refuses to compute that kind of checksum."});
    if (plan(known_, false) == Asked::Whole) return ask();
    auto done = [this](Outcome<std::shared_ptr<Hasher>> outcome) {
        if (auto* failure = std::get_if<Failure>(&outcome)) return fail(std::move(*failure));
        hasher_ = std::get<0>(std::move(outcome));
        ask();
    };
    read_back_ = std::make_unique<ReadBack>(yard_.disk, part_, std::move(hasher_), known_.offset, done);
}

// ---- the exchange ----

void Fetch::ask() {
    asked_ = plan(known_, yard_.if_range_broken.contains(url_.origin()));
    if (asked_ == Asked::Nothing) {
        adopt({.course = Course::AllHere, .identity = known_.identity, .end = known_.offset});
        return body_over();
    }
    Question question{.url = order_.url, .tls = url_.scheme == "https"};
    if (asked_ != Asked::Whole) question.from = known_.offset;
    if (asked_ == Asked::RangeIfSame) question.if_range = if_range_value(known_.identity);
    judged_ = false;
    next_.reset();
    Receiver& self = *this;
    request_ = std::make_unique<Request>(yard_.loop, yard_.curl, yard_.settings.network, question, self);
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
                       .sentence = fmt::format("{} sent more bytes than announced.", url_.host),
                       .void_offset = true};
    if (order_.expected_size && upto > *order_.expected_size)
        return Failure{.cause = wire::SIZE_MISMATCH,
                       .sentence = fmt::format("{} sent more than the {} bytes that were expected.",
                                               url_.host, *order_.expected_size),
                       .void_offset = true};
    if (auto trouble = sink_->write(bytes)) return trouble;
    if (hasher_) hasher_->update(bytes);
    return {};
}

/// Either the body is ours to write, or `next_` says what else to do.
void Fetch::accept(const Answer& answer) {
    judged_ = true;
    auto verdict = judge(known_, asked_, answer, wall_seconds());
    switch (verdict.course) {
    case Course::GoOn:
    case Course::StartOver: return adopt(verdict);
    case Course::AllHere:
        adopt(verdict);
        next_ = Next::Finish;
        return;
    case Course::AskRange:
        yard_.if_range_broken.insert(url_.origin());
        next_ = Next::Ask;
        return;
    case Course::AskWhole:
        known_.offset = 0;
        known_.identity = {};
        next_ = Next::Ask;
        return;
    case Course::Fail:
        failure_ = std::move(verdict.failure);
        failure_.sentence = fmt::format("{}: {}", url_.host, failure_.sentence);
        next_ = Next::Fail;
        return;
    }
}

void Fetch::adopt(const Verdict& verdict) {
    identity_ = verdict.identity;
    end_ = verdict.end;
    bool goes_on = verdict.course != Course::StartOver;
    if (begun_ && goes_on) return; // the rest of a file of which the server gives a part at a time
    begun_ = true;
    uint64_t at = goes_on ? known_.offset : 0;
    if (!goes_on && known_.digest) hasher_ = Hasher::make(order_.digest);
    awaiting_proceed_ = at == 0 && believed_ > 0;

    wire::FromWorker message;
    auto& begun = *message.mutable_begun();
    begun.set_ticket(order_.ticket);
    begun.set_offset(at);
    begun.set_restarted(awaiting_proceed_);
    to_wire(identity_, *begun.mutable_identity());
    yard_.tell(message);
    if (!awaiting_proceed_) sink_->begin(at, identity_.size);
}

/// The daemon knows now that nothing on disk counts: from here on the old bytes may be destroyed.
void Fetch::proceed() {
    if (ending_ || !std::exchange(awaiting_proceed_, false)) return;
    believed_ = 0;
    sink_->begin(0, identity_.size);
    if (over_) body_over();
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
    case Next::Fail: return fail(std::move(failure_));
    }
}

void Fetch::body_over() {
    over_ = awaiting_proceed_;
    if (over_) return;
    uint64_t have = sink_->written();
    bool cut = end_ ? have < *end_ : ends_by_close_ && order_.expected_size && have < *order_.expected_size;
    if (cut)
        return fail({.cause = wire::SHORT_BODY,
                     .sentence = fmt::format("{} sent fewer bytes than announced.", url_.host)});
    if (!identity_.size || have >= *identity_.size) return finish();
    known_.offset = have;
    known_.identity = identity_;
    ask();
}

// ---- the end ----

void Fetch::finish() {
    if (order_.expected_size && sink_->written() != *order_.expected_size)
        return fail({.cause = wire::SIZE_MISMATCH,
                     .sentence = fmt::format("{} sent {} bytes, but {} were expected.", url_.host,
                                             sink_->written(), *order_.expected_size),
                     .void_offset = true});
    if (auto trouble = check_digest()) return fail(std::move(*trouble));
    identity_.size = sink_->written();
    wire::FromWorker message;
    auto& fetched = *message.mutable_fetched();
    fetched.set_ticket(order_.ticket);
    fetched.set_size(*identity_.size);
    to_wire(identity_, *fetched.mutable_identity());
    auto inode = part_->inode();
    fetched.mutable_inode()->set_device(inode.device);
    fetched.mutable_inode()->set_number(inode.number);
    end(std::move(message), true);
}

Trouble Fetch::check_digest() {
    if (!hasher_) return {};
    auto hex = hasher_->hex();
    if (strcasecmp(hex.c_str(), order_.digest_hex.c_str()) == 0) return {};
    return Failure{.cause = wire::CHECKSUM_MISMATCH,
                   .sentence = fmt::format("The file from {} has the checksum {}, but {} was expected.",
                                           url_.host, hex, order_.digest_hex),
                   .void_offset = true};
}

void Fetch::checkpoint(uint64_t offset) {
    believed_ = offset;
    wire::FromWorker message;
    auto& checkpoint = *message.mutable_checkpoint();
    checkpoint.set_ticket(order_.ticket);
    checkpoint.set_offset(offset);
    to_wire(identity_, *checkpoint.mutable_identity());
    yard_.tell(message);
}

void Fetch::report_soon() {
    if (reporter_) return;
    reporter_ = yard_.loop.after(yard_.settings.progress, [this] {
        reporter_.reset();
        wire::FromWorker message;
        message.mutable_progress()->set_ticket(order_.ticket);
        message.mutable_progress()->set_received(sink_->written());
        yard_.tell(message);
    });
}

void Fetch::halt() {
    wire::FromWorker message;
    message.mutable_halted()->set_ticket(order_.ticket);
    end(std::move(message), true);
}

void Fetch::fail(Failure failure, bool keep) {
    end(failed(failure), keep && !failure.void_offset);
}

wire::FromWorker Fetch::failed(const Failure& failure) const {
    wire::FromWorker message;
    message.mutable_failed()->set_ticket(order_.ticket);
    to_wire(failure, *message.mutable_failed());
    return message;
}

/// With `keep`, what was received is made durable first. Who was told to stop is not told of an end that
/// comes later.
void Fetch::end(wire::FromWorker last, bool keep) {
    if (std::exchange(ending_, true)) return;
    for (auto* source : {&retry_, &reporter_})
        source->reset();
    read_back_.reset();
    request_.reset();
    if (!keep || !begun_ || awaiting_proceed_) return say_last(last);
    sink_->flush([this, last = std::move(last)](const Trouble& trouble) {
        // A failure that is known already explains more than that of saving what is left.
        say_last(trouble && !last.has_failed() ? failed(*trouble) : last);
    });
}

/// The daemon may order the same file again before this object is gone. What the disk thread still does for
/// us comes before all that it will do for the next.
void Fetch::say_last(const wire::FromWorker& last) {
    if (part_) part_->unlock();
    yard_.tell(last);
}

} // namespace haulier::transfer
