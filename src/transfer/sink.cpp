// SPDX-License-Identifier: LGPL-2.1-or-later
#include "transfer/sink.hpp"

#include <algorithm>
#include <utility>

namespace haulier::transfer {

namespace {

constexpr size_t WriteSize = 256 * 1024;
/// The buffers of all places together hold less than MaxWaiting, because nothing would empty them otherwise.
constexpr size_t WriteSizeInPieces = 64 * 1024;
constexpr size_t MaxAside = 20;
/// Bounds the memory of a transfer whose disk does not respond.
constexpr uint64_t MaxWaiting = 2 * 1024 * 1024;
/// Without the page cache, a write lasts until the disk has the bytes, so it should be large. While one is
/// being written, the next one is gathered.
constexpr uint64_t UncachedWriteSize = 1024 * 1024;
static_assert(MaxWaiting >= 2 * UncachedWriteSize);
/// A smaller file does not take much of the page cache.
constexpr uint64_t MinUncached = 64 * 1024 * 1024;

} // namespace

Sink::Sink(Loop& loop, DiskPool& disk, Lane lane, std::shared_ptr<PartFile> part, SyncInterval sync_interval,
           Events events)
    : loop_(loop), disk_(disk), lane_(std::move(lane)), sync_lane_{lane_.path, lane_.name + " sync"},
      part_(std::move(part)), sync_interval_(sync_interval), events_(std::move(events)),
      self_(std::make_shared<Sink*>(this)) {}

/// Runs `work` on the part file, and `done` with its result if this object is still at the same begin().
template <class Work, class Done>
void Sink::run(const Lane& lane, Work work, Done done) {
    disk_.run(
        lane, [part = part_, work = std::move(work)]() mutable { return work(*part); },
        [self = std::weak_ptr{self_}, generation = generation_, done = std::move(done)](auto&& result) {
            auto sink = self.lock();
            if (sink && (*sink)->generation_ == generation)
                done(**sink, std::forward<decltype(result)>(result));
        });
}

void Sink::begin(uint64_t at, std::optional<uint64_t> total, Cache cache) {
    bool bypass = cache == Cache::Bypass && total && *total >= at + MinUncached;
    prepare(at, [at, total, bypass](PartFile& part) {
        auto prepared = part.prepare(at, total);
        if (prepared && bypass) part.bypass_cache();
        return prepared;
    });
}

void Sink::begin_sparse(uint64_t at, std::optional<uint64_t> total, bool anew) {
    prepare(at, [total, anew](PartFile& part) { return part.resize(total, anew); });
}

void Sink::begin_pieces(const ByteRanges& present, std::optional<uint64_t> total) {
    prepare(present.size(),
            [keep = present.end(), total](PartFile& part) { return part.prepare(keep, total); });
    position_ = present.prefix();
    in_pieces_ = true;
    durable_ranges_ = present;
}

bool Sink::begin_small(uint64_t total) {
    if (begun() || total >= WriteSize || total >= sync_interval_.bytes / 2) return false;
    ++generation_;
    small_total_ = total;
    return true;
}

std::optional<std::string> Sink::take_unwritten() {
    if (!small_total_) return std::nullopt;
    timer_.reset();
    return gathered_.take();
}

/// Waits for the writes and syncs of an earlier begin().
void Sink::prepare(uint64_t at, std::function<Status(PartFile&)> work) {
    ++generation_;
    position_ = written_ = stored_ = durable_ = at;
    small_total_.reset();
    wanted_.reset();
    gathered_.clear();
    uncached_ = false;
    aside_.clear();
    handed_over_.clear();
    timer_.reset();
    syncing_ = false;
    preparing_ = true;
    auto prepared = [](Sink& sink, const Status& status) { sink.prepared(status); };
    if (generation_ == 1) return run(lane_, std::move(work), prepared);
    run(
        lane_, [](PartFile&) { return Status{Done{}}; },
        [work = std::move(work), prepared](Sink& sink, const Status&) {
            sink.run(sink.sync_lane_, work, prepared);
        });
}

bool Sink::full() const {
    return preparing_ || write_failure_ || written_ - stored_ >= MaxWaiting ||
           written_ - durable_ >= sync_interval_.bytes;
}

void Sink::move_to(uint64_t position) {
    write_gathered();
    position_ = position;
}

void Sink::write(std::string_view bytes) {
    while (!bytes.empty()) {
        auto some = bytes.substr(0, room());
        gather(some);
        bytes.remove_prefix(some.size());
    }
    sync_when_due();
}

void Sink::gather(std::string_view bytes) {
    gathered_.append(bytes);
    position_ += bytes.size();
    written_ += bytes.size();
    if (is_enough()) write_gathered();
}

/// Returns how many more bytes may be gathered. Without the page cache, writes end at multiples of their size
/// in the file, so that all but the first and the last one have whole blocks.
size_t Sink::room() {
    if (!uncached_) return SIZE_MAX;
    if (gathered_.is_empty()) gathered_.align(position_, UncachedWriteSize);
    return UncachedWriteSize - position_ % UncachedWriteSize;
}

bool Sink::is_enough() const {
    if (uncached_) return position_ % UncachedWriteSize == 0;
    return gathered_.size() >= (aside_.empty() ? WriteSize : WriteSizeInPieces);
}

void Sink::write_at(uint64_t position, std::string_view bytes) {
    if (position != position_) switch_to(position);
    write(bytes);
}

void Sink::switch_to(uint64_t position) {
    if (aside_.size() >= MaxAside) write_all();
    auto found = std::find_if(aside_.begin(), aside_.end(),
                              [&](const Aside& aside) { return aside.position == position; });
    Aside next{position};
    if (found != aside_.end()) {
        next = std::move(*found);
        aside_.erase(found);
    }
    if (!gathered_.is_empty()) aside_.push_back({position_, std::exchange(gathered_, {})});
    position_ = next.position;
    gathered_ = std::move(next.gathered);
}

void Sink::write_all() {
    write_gathered();
    for (auto& aside : std::exchange(aside_, {})) {
        position_ = aside.position;
        gathered_ = std::move(aside.gathered);
        write_gathered();
    }
}

void Sink::write_gathered() {
    uint64_t count = gathered_.size();
    if (count == 0) return;
    auto write = [total = std::exchange(small_total_, std::nullopt), at = position_ - count,
                  buffer = std::exchange(gathered_, free_buffer())](PartFile& part) mutable {
        auto status = total ? part.prepare(0, total) : Status{Done{}};
        if (status) status = part.write(at, buffer.bytes());
        return Written{std::move(status), std::move(buffer)};
    };
    if (in_pieces_) handed_over_.push_back({position_ - count, position_});
    run(lane_, std::move(write),
        [count](Sink& sink, Written written) { sink.wrote(count, std::move(written)); });
}

WriteBuffer Sink::free_buffer() {
    if (buffers_.empty()) return {};
    auto buffer = std::move(buffers_.back());
    buffers_.pop_back();
    return buffer;
}

/// What was written before a failure is worth keeping.
void Sink::wrote(uint64_t count, Written written) {
    if (write_failure_) return;
    bool was_full = full();
    if (written.status) {
        stored_ += count;
        written.buffer.clear();
        buffers_.push_back(std::move(written.buffer));
    } else {
        write_failure_ = written.status.error();
        wanted_ = stored_;
    }
    sync_if_stored();
    if (was_full && !full()) events_.writable();
}

void Sink::flush(std::function<void(const Status&)> done) {
    flushing_ = std::move(done);
    if (!preparing_ && !syncing_) sync();
}

/// One half of the bytes that may be lost is being synced while the other half arrives.
void Sink::sync_when_due() {
    if (wanted_ || syncing_ || written_ == durable_) return;
    if (written_ - durable_ >= sync_interval_.bytes / 2) return sync();
    if (!timer_ && sync_interval_.time != Usec::max())
        timer_ = loop_.after(sync_interval_.time, [this] { sync(); });
}

void Sink::sync() {
    timer_.reset();
    write_all();
    wanted_ = written_;
    sync_if_stored();
}

void Sink::sync_if_stored() {
    if (!wanted_ || syncing_ || (stored_ < *wanted_ && !write_failure_)) return;
    wanted_.reset();
    syncing_ = true;
    flushed_ = static_cast<bool>(flushing_);
    run(
        sync_lane_, [](PartFile& part) { return part.sync(); },
        [upto = stored_](Sink& sink, const Status& status) { sink.synced(upto, status); });
}

void Sink::prepared(const Status& status) {
    preparing_ = false;
    if (!status) return fail(status.error());
    uncached_ = part_->bypasses_cache();
    if (flushing_) return sync();
    events_.writable();
}

void Sink::synced(uint64_t upto, const Status& status) {
    syncing_ = false;
    if (!status) return fail(write_failure_.value_or(status.error()));
    bool was_full = full();
    note_durable(upto - durable_);
    if (upto > std::exchange(durable_, upto)) events_.durable(upto);
    if (write_failure_) return durable_ < stored_ ? sync() : fail(*write_failure_);
    if (flushing_ && flushed_) return std::exchange(flushing_, nullptr)(Done{});
    if (flushing_) return sync();
    sync_if_stored();
    sync_when_due();
    if (was_full && !full()) events_.writable();
}

/// The first `count` bytes of what was handed over have become durable.
void Sink::note_durable(uint64_t count) {
    while (count > 0 && !handed_over_.empty()) {
        count -= std::min(count, handed_over_.front().size());
        durable_ranges_.add(handed_over_.front());
        handed_over_.pop_front();
    }
}

void Sink::fail(const Failure& failure) {
    if (flushing_) return std::exchange(flushing_, nullptr)(failure);
    events_.failed(failure);
}

} // namespace haulier::transfer
