// SPDX-License-Identifier: LGPL-2.1-or-later
#include "transfer/sink.hpp"

#include <utility>

namespace haulier::transfer {

namespace {

constexpr size_t WriteSize = 256 * 1024;
/// Bounds the memory of a transfer whose disk does not respond.
constexpr uint64_t MaxInFlight = 2 * 1024 * 1024;

} // namespace

Sink::Sink(Loop& loop, DiskPool& disk, std::string lane, std::shared_ptr<PartFile> part,
           SyncInterval sync_interval, Events events)
    : loop_(loop), disk_(disk), lane_(std::move(lane)), part_(std::move(part)), sync_interval_(sync_interval),
      events_(std::move(events)), self_(std::make_shared<Sink*>(this)) {}

/// Runs `work` on the part file, and `done` with its result if this object is still at the same begin().
template <class Work, class Done>
void Sink::run(Work work, Done done) {
    disk_.run(
        lane_, [part = part_, work = std::move(work)] { return work(*part); },
        [self = std::weak_ptr{self_}, generation = generation_,
         done = std::move(done)](const Status& status) {
            auto sink = self.lock();
            if (sink && (*sink)->generation_ == generation) done(**sink, status);
        });
}

void Sink::begin(uint64_t at, std::optional<uint64_t> total) {
    prepare(at, [at, total](PartFile& part) { return part.prepare(at, total); });
}

void Sink::begin_sparse(uint64_t at, std::optional<uint64_t> total, bool anew) {
    prepare(at, [total, anew](PartFile& part) { return part.resize(total, anew); });
}

void Sink::prepare(uint64_t at, std::function<Status(PartFile&)> work) {
    ++generation_;
    position_ = written_ = durable_ = at;
    gathered_.clear();
    in_flight_ = 0;
    timer_.reset();
    syncing_ = false;
    preparing_ = true;
    run(std::move(work), [](Sink& sink, const Status& status) { sink.prepared(status); });
}

bool Sink::full() const {
    return preparing_ || write_failure_ || in_flight_ >= MaxInFlight ||
           written_ - durable_ >= sync_interval_.bytes;
}

void Sink::move_to(uint64_t position) {
    write_gathered();
    position_ = position;
}

void Sink::write(std::string_view bytes) {
    gathered_ += bytes;
    position_ += bytes.size();
    written_ += bytes.size();
    if (gathered_.size() >= WriteSize) write_gathered();
    sync_when_due();
}

void Sink::write_gathered() {
    uint64_t count = gathered_.size();
    if (count == 0) return;
    in_flight_ += count;
    run([at = position_ - count,
         bytes = std::exchange(gathered_, {})](PartFile& part) { return part.write(at, bytes); },
        [before = written_ - count, count](Sink& sink, const Status& status) {
            sink.wrote(before, count, status);
        });
}

void Sink::wrote(uint64_t before, uint64_t count, const Status& status) {
    bool was_full = full();
    in_flight_ -= count;
    if (write_failure_) return;
    if (!status) {
        // What was written before is worth keeping.
        write_failure_ = {status.error(), before};
        if (!syncing_) sync_until(before);
    } else if (was_full && !full()) {
        events_.writable();
    }
}

void Sink::flush(std::function<void(const Status&)> done) {
    flushing_ = std::move(done);
    if (!preparing_ && !syncing_) sync();
}

/// One half of the bytes that may be lost is being synced while the other half arrives.
void Sink::sync_when_due() {
    if (syncing_ || written_ == durable_) return;
    if (written_ - durable_ >= sync_interval_.bytes / 2) return sync();
    if (!timer_ && sync_interval_.time != Usec::max())
        timer_ = loop_.after(sync_interval_.time, [this] { sync(); });
}

void Sink::sync() {
    flushed_ = static_cast<bool>(flushing_);
    write_gathered();
    sync_until(written_);
}

void Sink::sync_until(uint64_t upto) {
    timer_.reset();
    syncing_ = true;
    run([](PartFile& part) { return part.sync(); },
        [upto](Sink& sink, const Status& status) { sink.synced(upto, status); });
}

void Sink::prepared(const Status& status) {
    preparing_ = false;
    if (!status) return fail(status.error());
    if (flushing_) return sync();
    events_.writable();
}

void Sink::synced(uint64_t upto, const Status& status) {
    syncing_ = false;
    if (!status) return fail(write_failure_ ? write_failure_->failure : status.error());
    // The writes before this sync have all been reported.
    bool lost = write_failure_ && upto > write_failure_->intact;
    if (lost) return sync_until(write_failure_->intact);
    bool was_full = full();
    if (upto > std::exchange(durable_, upto)) events_.durable(upto);
    if (write_failure_) return fail(write_failure_->failure);
    if (flushing_ && flushed_) return std::exchange(flushing_, nullptr)(Done{});
    if (flushing_) return sync();
    sync_when_due();
    if (was_full && !full()) events_.writable();
}

void Sink::fail(const Failure& failure) {
    if (flushing_) return std::exchange(flushing_, nullptr)(failure);
    events_.failed(failure);
}

} // namespace haulier::transfer
