// SPDX-License-Identifier: LGPL-2.1-or-later
#include "transfer/hash_task.hpp"

#include <algorithm>
#include <utility>
#include <vector>

namespace haulier::transfer {

namespace {

constexpr uint64_t SliceSize = 16 * 1024 * 1024;
constexpr size_t BufferSize = 256 * 1024;

template <class Read>
Status hash_slice(const Read& read, Hasher& hasher, uint64_t from, uint64_t upto) {
    std::vector<char> buffer(BufferSize);
    while (from < upto) {
        size_t count = std::min<uint64_t>(buffer.size(), upto - from);
        if (auto ok = read(from, buffer.data(), count); !ok) return ok;
        hasher.update({buffer.data(), count});
        from += count;
    }
    return Done{};
}

} // namespace

HashTask::HashTask(DiskPool& disk, Lane lane, Read read, std::shared_ptr<Hasher> hasher, uint64_t end,
                   Completion done, uint64_t begin)
    : disk_(disk), lane_(std::move(lane)), read_(std::move(read)), hasher_(std::move(hasher)), end_(end),
      done_(std::move(done)), position_(begin), self_(std::make_shared<HashTask*>(this)) {
    next();
}

void HashTask::next() {
    uint64_t upto = std::min(end_, position_ + SliceSize);
    disk_.run(
        lane_,
        [read = read_, hasher = hasher_, from = position_, upto] {
            return hash_slice(read, *hasher, from, upto);
        },
        [self = std::weak_ptr{self_}, upto](const Status& status) {
            if (auto task = self.lock()) (*task)->slice_done(status, upto);
        });
}

void HashTask::slice_done(const Status& status, uint64_t upto) {
    position_ = upto;
    if (status && position_ < end_) return next();
    // The completion may destroy this object.
    auto done = std::move(done_);
    if (status)
        done(std::move(hasher_));
    else
        done(status.error());
}

} // namespace haulier::transfer
