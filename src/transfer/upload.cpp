// SPDX-License-Identifier: LGPL-2.1-or-later
#include "transfer/upload.hpp"

#include "transfer/convert.hpp"

#include <algorithm>
#include <fmt/core.h>
#include <strings.h>
#include <utility>

namespace haulier::transfer {

Upload::Upload(WorkerContext& context, wire::Upload order)
    : context_(context), order_(std::move(order)), self_(std::make_shared<Upload*>(this)) {}

Upload::~Upload() {
    transaction_.reset();
    body_.reset();
    hash_task_.reset();
    if (source_) context_.disk.destroy(lane(), std::move(source_));
}

void Upload::start() {
    auto url = parse_url(order_.url());
    if (!url) return fail({.message = url.error().message});
    url_ = *std::move(url);
    open_source();
}

// ---- the files ----

void Upload::open_source() {
    context_.disk.run_within(
        FileServerLimit, lane(),
        [source = source_place(), name = order_.name()] { return SourceFile::open(source, name); },
        [self = std::weak_ptr{self_}](std::optional<Result<SourceFile, Failure>> source) {
            auto upload = self.lock();
            if (!upload || (*upload)->ending_) return;
            if (source) return (*upload)->source_opened(*std::move(source));
            (*upload)->fail(not_responding((*upload)->order_.directory()));
        });
}

void Upload::source_opened(Result<SourceFile, Failure> source) {
    if (!source) return fail(source.error());
    source_ = std::make_shared<const SourceFile>(*std::move(source));
    stamp_ = source_->stamp();
    if (!order_.has_stamp()) return check_digest();
    // The checksum was verified when the upload began.
    if (!stamp_.matches(from_wire(order_.stamp()))) return fail(source_->changed());
    open_reply();
}

/// The whole file is verified before anything is sent, so that no server gets wrong content.
void Upload::check_digest() {
    if (order_.digest().kind() == wire::Digest::NONE) return open_reply();
    std::shared_ptr<Hasher> hasher = Hasher::make(order_.digest().kind());
    if (!hasher) return fail({.message = "this system does not support the algorithm of the checksum"});
    auto done = [this](Result<std::shared_ptr<Hasher>, Failure> hashed) {
        hashed ? compare_digest((*hashed)->hex()) : fail(hashed.error());
    };
    hash_task_ =
        std::make_unique<HashTask>(context_.disk, lane(), source_, std::move(hasher), stamp_.size, done);
}

void Upload::compare_digest(const std::string& hex) {
    if (strcasecmp(hex.c_str(), order_.digest().hex().c_str()) == 0) return open_reply();
    fail({.cause = wire::CHECKSUM_MISMATCH,
          .message = fmt::format("'{}' has the checksum {}, but {} was expected", order_.name(), hex,
                                 order_.digest().hex())});
}

void Upload::open_reply() {
    if (!order_.want_reply()) return begin();
    auto opened = [this](const Status& status) { status ? begin() : fail(status.error()); };
    auto writable = [this] {
        if (transaction_) transaction_->resume();
    };
    auto failed = [this](const Failure& failure) { fail(failure); };
    reply_ =
        std::make_unique<ReplyFile>(context_.loop, context_.disk, context_.settings.sync_interval,
                                    context_.settings.keep_free, ReplyFile::Events{opened, writable, failed});
    reply_->open({order_.reply_directory(), order_.reply_temporary(), order_.reply_name(), stamp_.inode,
                  order_.reply_root()});
}

// ---- messages to the daemon ----

void Upload::send_begun(bool restarted) {
    begun_ = true;
    wire::FromWorker message;
    auto& begun = *message.mutable_begun();
    begun.set_ticket(order_.ticket());
    begun.set_offset(offset_);
    begun.set_restarted(restarted);
    size_to_wire(*begun.mutable_identity());
    begun.set_upload_url(upload_url_);
    to_wire(stamp_, *begun.mutable_stamp());
    if (transaction_) begun.set_origin(transaction_->origin());
    context_.send(message);
}

void Upload::schedule_progress() {
    if (progress_timer_) return;
    progress_timer_ = context_.loop.after(context_.settings.progress, [this] {
        progress_timer_.reset();
        send_progress();
    });
}

void Upload::send_progress() const {
    wire::FromWorker message;
    auto& progress = *message.mutable_progress();
    progress.set_ticket(order_.ticket());
    progress.set_received(sent());
    progress.set_yields(transaction_ && transaction_->is_yielding());
    if (reply_ && reply_->begun()) {
        progress.set_replying(true);
        progress.set_reply_size_known(reply_->expected().has_value());
        progress.set_reply_size(reply_->expected().value_or(0));
        progress.set_reply_received(reply_->size());
    }
    context_.send(message);
}

/// Shows how far an upload is that waits. Where it will be resumed is up to the server.
void Upload::send_checkpoint() const {
    if (!begun_ || upload_url_.empty()) return;
    wire::FromWorker message;
    auto& checkpoint = *message.mutable_checkpoint();
    checkpoint.set_ticket(order_.ticket());
    checkpoint.set_offset(sent());
    size_to_wire(*checkpoint.mutable_identity());
    context_.send(message);
}

uint64_t Upload::sent() const {
    bool sending = step_ == Step::Send && transaction_;
    return std::min(stamp_.size, offset_ + (sending ? transaction_->sent() : 0));
}

void Upload::size_to_wire(wire::Identity& identity) const {
    identity.set_size_known(true);
    identity.set_size(stamp_.size);
}

void Upload::finish() {
    context_.disk.run_within(
        FileServerLimit, lane(),
        [source = source_place(), name = order_.name(), stamp = stamp_] {
            auto current = SourceFile::open(source, name);
            return current && current->stamp() == stamp;
        },
        [self = std::weak_ptr{self_}](std::optional<bool> same) {
            auto upload = self.lock();
            if (!upload || (*upload)->ending_) return;
            if (!same) return (*upload)->fail(not_responding((*upload)->order_.directory()));
            *same ? (*upload)->save_reply() : (*upload)->fail((*upload)->source_->changed());
        });
}

void Upload::save_reply() {
    if (!reply_) return send_fetched();
    reply_->flush([this](const Status& flushed) { flushed ? send_fetched() : fail(flushed.error()); });
}

void Upload::send_fetched() {
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

void Upload::fail(const Failure& failure) {
    wire::FromWorker message;
    message.mutable_failed()->set_ticket(order_.ticket());
    to_wire(failure, *message.mutable_failed());
    if (transaction_) message.mutable_failed()->set_origin(transaction_->origin());
    end(message);
}

void Upload::halt() {
    wire::FromWorker message;
    message.mutable_halted()->set_ticket(order_.ticket());
    end(message);
}

/// Only the first result counts: after Halt, for example, a failure is not reported any more.
void Upload::end(const wire::FromWorker& last) {
    if (std::exchange(ending_, true)) return;
    if (!last.has_fetched()) send_checkpoint();
    progress_timer_.reset();
    hash_task_.reset();
    transaction_.reset();
    if (reply_) reply_->close();
    context_.send(last);
}

} // namespace haulier::transfer
