// SPDX-License-Identifier: LGPL-2.1-or-later
#include "transfer/fetch.hpp"

#include "transfer/convert.hpp"

#include <fmt/core.h>
#include <strings.h>
#include <utility>

namespace haulier::transfer {

namespace {

constexpr Usec LockRetry = std::chrono::milliseconds{100};
constexpr uint32_t LockTries = 100;

Failure impossible(const char* message) {
    return {.cause = wire::INTERNAL, .message = message};
}

} // namespace

/// The file as it was found, locked; no file if somebody else holds it.
struct Fetch::Grip {
    Outcome<std::optional<PartFile>> part;
    uint64_t size = 0;

    static Grip on(const std::string& path, const std::string& name) {
        auto directory = Directory::open(path);
        if (auto* failure = std::get_if<Failure>(&directory)) return {std::move(*failure)};
        auto part = PartFile::open(std::get<Directory>(std::move(directory)), name);
        if (auto* failure = std::get_if<Failure>(&part)) return {std::move(*failure)};
        auto& file = std::get<PartFile>(part);
        if (!file.lock()) return {std::optional<PartFile>{}};
        uint64_t size = file.size();
        return {std::optional{std::move(file)}, size};
    }
};

Fetch::Fetch(Yard& yard, Order order)
    : yard_(yard), order_(std::move(order)), plain_(order_.layout.is_plain() && !order_.sparse),
      stored_(order_.offset > 0 || (order_.sparse && order_.identity != Identity{})),
      self_(std::make_shared<Fetch*>(this)) {}

void Fetch::start() {
    if (auto trouble = check_order()) return fail(std::move(*trouble));
    url_ = std::get<Url>(parse_url(order_.url));
    take_file();
}

Trouble Fetch::check_order() const {
    auto url = parse_url(order_.url);
    if (auto* fault = std::get_if<UrlFault>(&url))
        return Failure{.cause = wire::INTERNAL, .message = std::move(fault->message)};
    if (!is_temporary_name(order_.temporary)) return impossible("The temporary file has an impossible name.");
    bool fits = order_.sparse ? order_.offset == 0 && (order_.digest == wire::Digest::NONE || last_look())
                              : order_.layout.is_packed();
    bool sound = order_.layout.is_sound() || (last_look() && order_.identity.size);
    if (!sound || !fits || (order_.from_zero && !plain_))
        return impossible("What is to be fetched cannot be laid into one file.");
    return {};
}

// ---- the file ----

/// The lock may still be with a worker that is about to die, or with our own disk thread. Opening may take as
/// long as a file server does not answer.
void Fetch::take_file() {
    retry_.reset();
    yard_.disk.run([path = order_.directory, name = order_.temporary] { return Grip::on(path, name); },
                   [self = std::weak_ptr{self_}](Grip grip) {
                       if (auto fetch = self.lock()) (*fetch)->file_taken(std::move(grip));
                   });
}

void Fetch::file_taken(Grip grip) {
    if (ending_) return;
    if (auto* failure = std::get_if<Failure>(&grip.part)) return fail(std::move(*failure));
    if (auto& part = std::get<0>(grip.part)) return file_is_ours(std::move(*part), grip.size);
    if (++tries_ > LockTries)
        return fail({.cause = wire::FILE_BUSY,
                     .message = fmt::format("Another process still writes the temporary file in “{}”.",
                                            order_.directory)});
    retry_ = yard_.loop.after(LockRetry, [this] { take_file(); });
}

void Fetch::file_is_ours(PartFile part, uint64_t size) {
    part_ = std::make_shared<PartFile>(std::move(part));
    sink_ = std::make_unique<Sink>(
        yard_.loop, yard_.disk, part_, order_.no_checkpoints ? Sink::Rhythm::never() : yard_.settings.rhythm,
        Sink::Events{.durable = [this](uint64_t offset) { checkpoint(offset); },
                     .room =
                         [this] {
                             if (request_) request_->resume();
                         },
                     .broken = [this](Failure failure) { fail(std::move(failure), false); }});
    believe(size);
    read_back();
}

/// What is stored counts only if the file is as large as it must be then.
void Fetch::believe(uint64_t size) {
    known_ = {order_.offset, order_.identity, order_.digest != wire::Digest::NONE, order_.expected_size};
    bool lost = order_.sparse ? order_.identity.size && size != *order_.identity.size : size < order_.offset;
    // Where nobody can tell to which version a piece belongs, a single answer may still bring all of them.
    bool useless = !plain_ && !order_.sparse && !known_.digest && !proves(known_.identity);
    if (lost || order_.from_zero || useless) {
        known_.offset = 0;
        known_.identity = {};
    }
    bound_ = known_.offset > 0 || (order_.sparse && known_.identity != Identity{});
}

void Fetch::read_back() {
    if (!known_.digest) return ask();
    hasher_ = Hasher::make(order_.digest);
    if (!hasher_) return fail(impossible("This system refuses to compute that kind of checksum."));
    uint64_t here = last_look() ? known_.identity.size.value_or(0) : known_.offset;
    if (here == 0 || (plain_ && plan(known_, false) == Asked::Whole)) return ask();
    auto done = [this](Outcome<std::shared_ptr<Hasher>> outcome) {
        if (auto* failure = std::get_if<Failure>(&outcome)) return fail(std::move(*failure));
        hasher_ = std::get<0>(std::move(outcome));
        ask();
    };
    read_back_ = std::make_unique<ReadBack>(yard_.disk, part_, std::move(hasher_), here, done);
}

/// The daemon knows now that nothing on disk counts: from here on the old bytes may be destroyed.
void Fetch::proceed() {
    if (ending_ || !std::exchange(awaiting_proceed_, false)) return;
    stored_ = false;
    open_sink(0);
    if (over_) body_over();
}

// ---- the end ----

void Fetch::finish() {
    if (auto trouble = check_size()) return fail(std::move(*trouble));
    if (auto trouble = check_digest()) return fail(std::move(*trouble));
    if (plain_) identity_.size = sink_->written();
    wire::FromWorker message;
    auto& fetched = *message.mutable_fetched();
    fetched.set_ticket(order_.ticket);
    fetched.set_size(sink_->written());
    to_wire(identity_, *fetched.mutable_identity());
    to_wire(part_->inode(), *fetched.mutable_inode());
    fetched.set_headers(head_);
    end(std::move(message), true);
}

Trouble Fetch::check_size() const {
    if (order_.sparse || !order_.expected_size || sink_->written() == *order_.expected_size) return {};
    return Failure{.cause = wire::SIZE_MISMATCH,
                   .message = fmt::format("{} sent {} bytes, but {} were expected.", url_.host,
                                          sink_->written(), *order_.expected_size),
                   .void_offset = true};
}

Trouble Fetch::check_digest() {
    if (!hasher_) return {};
    auto hex = hasher_->hex();
    if (strcasecmp(hex.c_str(), order_.digest_hex.c_str()) == 0) return {};
    return Failure{.cause = wire::CHECKSUM_MISMATCH,
                   .message = fmt::format("The file from {} has the checksum {}, but {} was expected.",
                                          url_.host, hex, order_.digest_hex),
                   .void_offset = true};
}

void Fetch::checkpoint(uint64_t offset) {
    stored_ = true;
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
