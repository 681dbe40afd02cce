// SPDX-License-Identifier: LGPL-2.1-or-later
#include "transfer/sink.hpp"

#include <utility>

namespace haulier::transfer {

Sink::Sink(Loop& loop, DiskThread& disk, std::shared_ptr<PartFile> part, SyncInterval sync_interval,
           Events events)
    : loop_(loop), disk_(disk), part_(std::move(part)), sync_interval_(sync_interval),
      events_(std::move(events)), self_(std::make_shared<Sink*>(this)) {}

void Sink::begin(uint64_t at, std::optional<uint64_t> total) {
    prepare(at, [at, total](PartFile& part) { return part.prepare(at, total); });
}

void Sink::begin_sparse(uint64_t at, std::optional<uint64_t> total, bool anew) {
    prepare(at, [total, anew](PartFile& part) { return part.resize(total, anew); });
}

void Sink::prepare(uint64_t at, std::function<Status(PartFile&)> work) {
    ++generation_;
    position_ = written_ = durable_ = at;
    timer_.reset();
    syncing_ = false;
    preparing_ = true;
    disk_.run([part = part_, work = std::move(work)] { return work(*part); },
              [self = std::weak_ptr{self_}, generation = generation_](const Status& status) {
                  auto sink = self.lock();
                  if (sink && (*sink)->generation_ == generation) (*sink)->prepared(status);
              });
}

Status Sink::write(std::string_view bytes) {
    if (auto ok = part_->write(position_, bytes); !ok) return ok;
    position_ += bytes.size();
    written_ += bytes.size();
    sync_when_due();
    return Done{};
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
    timer_.reset();
    syncing_ = true;
    flushed_ = static_cast<bool>(flushing_);
    disk_.run([part = part_] { return part->sync(); },
              [self = std::weak_ptr{self_}, generation = generation_, upto = written_](const Status& status) {
                  auto sink = self.lock();
                  if (sink && (*sink)->generation_ == generation) (*sink)->synced(upto, status);
              });
}

void Sink::prepared(const Status& status) {
    preparing_ = false;
    if (!status) return fail(status.error());
    if (flushing_) return sync();
    events_.writable();
}

void Sink::synced(uint64_t upto, const Status& status) {
    syncing_ = false;
    if (!status) return fail(status.error());
    bool was_full = full();
    if (upto > std::exchange(durable_, upto)) events_.durable(upto);
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
