// SPDX-License-Identifier: LGPL-2.1-or-later
#include "transfer/fetch.hpp"

#include "base/limits.hpp"
#include "transfer/convert.hpp"

#include <algorithm>
#include <cerrno>
#include <fcntl.h>
#include <fmt/core.h>
#include <strings.h>
#include <unistd.h>
#include <utility>

namespace haulier::transfer {

namespace {

/// How long what was received may take to become durable when the transfer is stopped.
constexpr Usec EndLimit = std::chrono::seconds{8};
/// How often the part file may be removed while it is written.
constexpr uint32_t MaxLostParts = 3;
/// A rate that was measured over less says little.
constexpr uint64_t MinMeasured = 256 * 1024;

Failure internal_failure(std::string message) {
    return {.cause = wire::INTERNAL, .message = std::move(message)};
}

} // namespace

Fetch::Fetch(WorkerContext& context, FetchOrder order)
    : context_(context), order_(std::move(order)), plain_(order_.layout.is_plain() && !order_.sparse),
      offset_stored_(order_.offset > 0 || (order_.sparse && order_.identity != Identity{})),
      in_pieces_(plain_ && !order_.from_zero && (order_.connections > 1 || !order_.pieces.is_empty())),
      budget_(order_.layout.count()), self_(std::make_shared<Fetch*>(this)) {}

Fetch::~Fetch() {
    pieces_.reset();
    sink_.reset();
    hash_task_.reset();
    if (part_) context_.disk.destroy(lane(), std::move(part_));
}

void Fetch::start() {
    auto url = parse_url(order_.url);
    if (!url) return fail(internal_failure(url.error().message));
    url_ = *std::move(url);
    if (auto ok = check_order(); !ok) return fail(ok.error());
    lock_file();
}

Status Fetch::check_order() const {
    if (!is_temporary_name(order_.temporary))
        return internal_failure("the name of the temporary file is invalid");
    bool fits = order_.sparse ? order_.offset == 0 && order_.layout.is_placed() &&
                                    (order_.digest == wire::Digest::NONE || is_final_check())
                              : order_.layout.is_packed();
    bool sound = order_.layout.is_sound() || (is_final_check() && order_.identity.size);
    if (!sound || !fits || (order_.from_zero && !plain_) || !are_pieces_sound())
        return internal_failure("the segments do not fit together in one file");
    return Done{};
}

// ---- the file ----

/// A worker that is about to exit may still hold the lock. A file that was open before is opened behind what
/// is still being done with it.
void Fetch::lock_file() {
    lock_retry_.reset();
    auto opened = [self = std::weak_ptr{self_}](OpenedPart part) {
        if (auto fetch = self.lock()) (*fetch)->file_opened(std::move(part));
    };
    if (!is_reopened()) return context_.parts.open(part_request(), opened);
    context_.disk.run_within(
        FileServerLimit, lane(), [request = part_request()] { return open_parts({request}).front(); },
        [opened, directory = order_.directory](std::optional<OpenedPart> part) {
            opened(part ? *std::move(part) : not_responding(directory));
        });
}

PartRequest Fetch::part_request() const {
    return {.place = {order_.directory, order_.root},
            .temporary = order_.temporary,
            .target = order_.target,
            .name = order_.keep_existing ? order_.name : "",
            .folder = order_.folder,
            .other_folder = order_.other_folder,
            .keep_free = context_.settings.keep_free};
}

void Fetch::file_opened(OpenedPart opened) {
    if (phase_ == Phase::Ending) return;
    if (!opened) return fail(opened.error());
    if (*opened) return use_file(*std::move(opened));
    if (++lock_attempts_ > MaxLockAttempts)
        return fail({.cause = wire::FILE_BUSY,
                     .message = fmt::format("another process is still writing the temporary file in '{}'",
                                            order_.directory)});
    lock_retry_ = context_.loop.after(LockRetry, [this] { lock_file(); });
}

void Fetch::use_file(std::shared_ptr<PartFile> part) {
    part_ = std::move(part);
    part_is_empty_ = part_->found_size() == 0;
    inode_ = part_->inode();
    folder_ = part_->folder();
    auto writable = [this] {
        if (transaction_) transaction_->resume();
        if (pieces_) pieces_->resume();
    };
    sink_ = std::make_unique<Sink>(
        context_.loop, context_.disk, lane(), part_,
        order_.no_checkpoints ? Sink::SyncInterval::never() : context_.settings.sync_interval,
        Sink::Events{.durable = [this](uint64_t offset) { checkpoint(offset); },
                     .writable = writable,
                     .failed = [this](const Failure& failure) { sink_failed(failure); }});
    trust_stored_offset(part_->found_size());
    hash_existing();
}

/// The stored offset counts only if the file, which has `size` bytes, is as large as it must be.
void Fetch::trust_stored_offset(uint64_t size) {
    resume_ = {.offset = order_.offset,
               .identity = order_.identity,
               .digest = order_.digest != wire::Digest::NONE,
               .expected_size = order_.expected_size,
               .page_expected = is_page_name(order_.url)};
    present_ = order_.pieces;
    if (present_.is_empty()) present_.add({0, order_.offset});
    resume_.offset = order_.pieces.is_empty() ? order_.offset : present_.prefix();
    bool lost = order_.sparse ? order_.identity.size && size != *order_.identity.size : size < present_.end();
    // Without a strong validator no further response can be matched, but a single one may bring all segments.
    bool unusable = !plain_ && !order_.sparse && !resume_.digest && !is_strong(resume_.identity);
    if (lost || order_.from_zero || unusable) {
        resume_.offset = 0;
        resume_.identity = {};
        present_ = {};
    }
    must_match_version_ = resume_.offset > 0 || (order_.sparse && resume_.identity != Identity{});
}

void Fetch::hash_existing() {
    if (!resume_.digest) return request_next();
    hasher_ = Hasher::make(order_.digest);
    if (!hasher_) return fail(internal_failure("this system does not support the algorithm of the checksum"));
    uint64_t present = is_final_check() ? resume_.identity.size.value_or(0) : resume_.offset;
    if (present == 0 || (plain_ && plan_request(resume_, false) == RangeRequest::Whole))
        return request_next();
    auto done = [this](Result<std::shared_ptr<Hasher>, Failure> hasher) {
        if (!hasher) return fail(hasher.error());
        hasher_ = *std::move(hasher);
        hashed_ = resume_.offset;
        request_next();
    };
    phase_ = Phase::Hashing;
    hash_task_ = std::make_unique<HashTask>(context_.disk, lane(), part_, std::move(hasher_), present, done);
}

/// The daemon has stored that nothing on disk counts, so the old bytes may be overwritten.
void Fetch::proceed() {
    if (phase_ != Phase::AwaitingProceed) return;
    offset_stored_ = false;
    begin_writing();
    if (!transaction_) body_complete();
}

// ---- the result ----

void Fetch::finish() {
    if (auto ok = check_size(); !ok) return fail(ok.error());
    if (auto ok = check_digest(); !ok) return may_be_mixed() ? begin_alone() : fail(ok.error());
    if (plain_) identity_.size = received();
    wire::FromWorker message;
    auto& fetched = *message.mutable_fetched();
    fetched.set_ticket(order_.ticket);
    fetched.set_size(received());
    to_wire(identity_, *fetched.mutable_identity());
    to_wire(inode_, *fetched.mutable_inode());
    if (begun_)
        *fetched.mutable_begun() = *std::exchange(begun_, std::nullopt);
    else
        fetched.set_headers(head_);
    end(std::move(message), true);
}

/// Its checksum and size are those of a file that was not sent.
void Fetch::finish_unmodified() {
    wire::FromWorker message;
    auto& fetched = *message.mutable_fetched();
    fetched.set_ticket(order_.ticket);
    fetched.set_not_modified(true);
    to_wire(identity_, *fetched.mutable_identity());
    *fetched.mutable_begun() = begun_message(false);
    end(std::move(message), false);
}

uint64_t Fetch::received() const {
    return pieces_ ? pieces_->received_ranges().size() : sink_->written();
}

Status Fetch::check_size() const {
    if (order_.sparse || !order_.expected_size || received() == *order_.expected_size) return Done{};
    return wrong_content(wire::SIZE_MISMATCH, fmt::format("{} sent {} bytes, but {} were expected", url_.host,
                                                          received(), *order_.expected_size));
}

Status Fetch::check_digest() {
    if (!hasher_) return Done{};
    auto hex = hasher_->hex();
    if (strcasecmp(hex.c_str(), order_.digest_hex.c_str()) == 0) return Done{};
    return wrong_content(wire::CHECKSUM_MISMATCH,
                         fmt::format("the file from {} has the checksum {}, but {} was expected", url_.host,
                                     hex, order_.digest_hex));
}

/// A page in place of the file, such as the login page of a network, says nothing about the file.
Failure Fetch::wrong_content(wire::Cause cause, std::string message) const {
    if (!unexpected_page_) return {.cause = cause, .message = std::move(message), .void_offset = true};
    auto failure = page_failure();
    failure.message = fmt::format("{}: {}", url_.host, failure.message);
    failure.void_offset = true;
    return failure;
}

void Fetch::checkpoint(uint64_t offset) {
    bool is_resumable = !in_pieces_ || sink_->durable_ranges().prefix() > 0;
    if (!is_resumable || (in_pieces_ && sink_->durable_ranges().all().size() > MaxPieces)) return;
    offset_stored_ = true;
    send_postponed_begun();
    wire::FromWorker message;
    auto& checkpoint = *message.mutable_checkpoint();
    checkpoint.set_ticket(order_.ticket);
    checkpoint.set_offset(in_pieces_ ? sink_->durable_ranges().size() : offset);
    if (in_pieces_) to_wire(sink_->durable_ranges(), checkpoint);
    to_wire(identity_, *checkpoint.mutable_identity());
    context_.send(message);
}

void Fetch::schedule_progress() {
    if (progress_timer_) return;
    progress_timer_ = context_.loop.after(context_.settings.progress, [this] {
        progress_timer_.reset();
        send_postponed_begun();
        wire::FromWorker message;
        message.mutable_progress()->set_ticket(order_.ticket);
        message.mutable_progress()->set_received(received());
        message.mutable_progress()->set_yields((transaction_ && transaction_->is_yielding()) ||
                                               (pieces_ && pieces_->is_yielding()));
        context_.send(message);
    });
}

wire::FromWorker Fetch::halted_message() const {
    wire::FromWorker message;
    message.mutable_halted()->set_ticket(order_.ticket);
    return message;
}

/// A file that is being finished may be complete in a moment.
void Fetch::halt() {
    halt_wanted_ = true;
    if (phase_ == Phase::Ending) return end_within_limit();
    end(halted_message(), true);
}

/// The part file may be lost, but not the file: it is fetched again.
void Fetch::sink_failed(const Failure& failure) {
    if (!failure.part_gone || !plain_ || ++lost_parts_ > MaxLostParts) return fail(failure, false);
    fetch_anew();
}

void Fetch::fetch_anew() {
    transaction_.reset();
    pieces_.reset();
    hash_task_.reset();
    progress_timer_.reset();
    phase_ = Phase::Locking;
    // The sink, or another object that reports this, is still on the stack.
    anew_ = context_.loop.defer([this] { begin_anew(); });
}

void Fetch::begin_anew() {
    anew_.reset();
    sink_.reset();
    hasher_.reset();
    hashed_ = 0;
    if (part_) context_.disk.destroy(lane(), std::move(part_));
    order_.offset = 0;
    order_.pieces = {};
    order_.identity = {};
    begun_.reset();
    lock_file();
}

void Fetch::fail(const Failure& failure, bool keep) {
    end(failed_message(failure), keep && !failure.void_offset);
}

wire::FromWorker Fetch::failed_message(const Failure& failure) const {
    wire::FromWorker message;
    message.mutable_failed()->set_ticket(order_.ticket);
    to_wire(failure, *message.mutable_failed());
    if (transaction_) message.mutable_failed()->set_origin(transaction_->origin());
    return message;
}

/// With `keep`, what was received is made durable first. Only the first result counts: after Halt, for
/// example, a failure is not reported any more.
void Fetch::end(wire::FromWorker last, bool keep) {
    const Phase before = std::exchange(phase_, Phase::Ending);
    if (before == Phase::Ending) return;
    for (auto* source : {&lock_retry_, &progress_timer_, &anew_})
        source->reset();
    hash_task_.reset();
    remember_rate();
    transaction_.reset();
    pieces_.reset();
    last_ = std::move(last);
    send_postponed_begun();
    bool has_written =
        sink_ && sink_->begun() && before != Phase::AwaitingProceed && before != Phase::Locking;
    if (!last_.has_fetched()) end_within_limit();
    if (!keep || !has_written) return leave_file();
    if (last_.has_fetched())
        if (auto content = sink_->take_unwritten()) return store_small(*std::move(content));
    context_.last_was_small = false;
    sink_->flush([this](const Status& flushed) { flushed ? leave_file() : flush_failed(flushed.error()); });
}

void Fetch::store_small(std::string content) {
    context_.last_was_small = true;
    sink_.reset();
    auto metadata = metadata_of(order_.permissions, identity_.last_modified, context_.umask);
    context_.small_files.add(order_.directory, {std::move(part_), std::move(content), metadata},
                             [self = std::weak_ptr{self_}](const Status& stored) {
                                 auto fetch = self.lock();
                                 if (!fetch) return;
                                 stored ? (*fetch)->send_last() : (*fetch)->flush_failed(stored.error());
                             });
}

void Fetch::end_within_limit() {
    if (end_timer_) return;
    end_timer_ = context_.loop.after(EndLimit, [this] {
        if (last_.has_fetched()) last_ = halted_message();
        send_last();
    });
}

void Fetch::flush_failed(const Failure& failure) {
    if (failure.part_gone && last_.has_fetched() && !halt_wanted_) {
        phase_ = Phase::Receiving;
        return sink_failed(failure);
    }
    // An earlier failure explains more than one of saving the rest, and a part that is gone is fetched again.
    if (last_.has_fetched() || (last_.has_halted() && !failure.part_gone)) last_ = failed_message(failure);
    leave_file();
}

void Fetch::remember_rate() {
    bool counts = transaction_ && !pieces_ && sink_ && !order_.http.peer();
    if (!counts || sink_->written() < writing_from_ + MinMeasured) return;
    auto now = std::chrono::steady_clock::now();
    auto time = std::chrono::duration_cast<Usec>(now - writing_since_).count();
    uint64_t rate =
        (sink_->written() - writing_from_) * 1'000'000 / static_cast<uint64_t>(std::max<int64_t>(time, 1));
    context_.rates.add(order_.temporary, url_.origin(), rate, now);
}

/// When the daemon gets the result, it may order the same file again or discard it, so the disk pool first
/// finishes its tasks for this object, such as that of opening the file.
void Fetch::leave_file() {
    auto left = [self = std::weak_ptr{self_}] {
        if (auto fetch = self.lock()) (*fetch)->send_last();
    };
    if (!part_ && !is_reopened()) return context_.parts.when_opened(order_.directory, left);
    context_.disk.run(
        lane(),
        [part = part_] {
            if (part) part->unlock();
            return Done{};
        },
        [left](Done) { left(); });
}

void Fetch::send_last() {
    if (std::exchange(is_last_sent_, true)) return;
    end_timer_.reset();
    context_.send(std::move(last_));
}

} // namespace haulier::transfer
