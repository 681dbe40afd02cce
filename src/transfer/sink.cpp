// SPDX-License-Identifier: LGPL-2.1-or-later
#include "transfer/sink.hpp"

#include <utility>

namespace haulier::transfer {

Sink::Sink(Loop& loop, DiskThread& disk, std::shared_ptr<PartFile> part, Rhythm rhythm, Events events)
    : loop_(loop), disk_(disk), part_(std::move(part)), rhythm_(rhythm), events_(std::move(events)),
      self_(std::make_shared<Sink*>(this)) {}

void Sink::begin(uint64_t at, std::optional<uint64_t> total) {
    prepare(at, [at, total](PartFile& part) { return part.prepare(at, total); });
}

void Sink::begin_sparse(uint64_t at, std::optional<uint64_t> total, bool anew) {
    prepare(at, [total, anew](PartFile& part) { return part.lay_out(total, anew); });
}

void Sink::prepare(uint64_t at, std::function<Trouble(PartFile&)> work) {
    ++life_;
    place_ = written_ = durable_ = at;
    clock_.reset();
    syncing_ = false;
    preparing_ = true;
    disk_.run([part = part_, work = std::move(work)] { return work(*part); },
              [self = std::weak_ptr{self_}, life = life_](const Trouble& trouble) {
                  auto sink = self.lock();
                  if (sink && (*sink)->life_ == life) (*sink)->prepared(trouble);
              });
}

Trouble Sink::write(std::string_view bytes) {
    if (auto trouble = part_->write(place_, bytes)) return trouble;
    place_ += bytes.size();
    written_ += bytes.size();
    sync_when_due();
    return {};
}

void Sink::flush(std::function<void(Trouble)> done) {
    flushing_ = std::move(done);
    if (!preparing_ && !syncing_) sync();
}

/// Half of what may be at risk is on its way to the disk while the other half comes in.
void Sink::sync_when_due() {
    if (syncing_ || written_ == durable_) return;
    if (written_ - durable_ >= rhythm_.bytes / 2) return sync();
    if (!clock_ && rhythm_.time != Usec::max()) clock_ = loop_.after(rhythm_.time, [this] { sync(); });
}

void Sink::sync() {
    clock_.reset();
    syncing_ = true;
    flushed_ = static_cast<bool>(flushing_);
    disk_.run([part = part_] { return part->sync(); },
              [self = std::weak_ptr{self_}, life = life_, upto = written_](const Trouble& trouble) {
                  auto sink = self.lock();
                  if (sink && (*sink)->life_ == life) (*sink)->synced(upto, trouble);
              });
}

void Sink::prepared(const Trouble& trouble) {
    preparing_ = false;
    if (trouble) return give_up(*trouble);
    if (flushing_) return sync();
    events_.room();
}

void Sink::synced(uint64_t upto, const Trouble& trouble) {
    syncing_ = false;
    if (trouble) return give_up(*trouble);
    bool was_full = full();
    if (upto > std::exchange(durable_, upto)) events_.durable(upto);
    if (flushing_ && flushed_) return std::exchange(flushing_, nullptr)({});
    if (flushing_) return sync();
    sync_when_due();
    if (was_full && !full()) events_.room();
}

void Sink::give_up(const Failure& failure) {
    if (flushing_) return std::exchange(flushing_, nullptr)(failure);
    events_.broken(failure);
}

} // namespace haulier::transfer
