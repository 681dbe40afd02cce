// SPDX-License-Identifier: LGPL-2.1-or-later
#include "transfer/read_back.hpp"

#include <algorithm>
#include <utility>
#include <vector>

namespace haulier::transfer {

namespace {

constexpr uint64_t Slice = 16 * 1024 * 1024;
constexpr size_t Block = 256 * 1024;

template <class Read>
Trouble read_slice(const Read& read, Hasher& hasher, uint64_t from, uint64_t upto) {
    std::vector<char> block(Block);
    while (from < upto) {
        size_t count = std::min<uint64_t>(block.size(), upto - from);
        if (auto trouble = read(from, block.data(), count)) return trouble;
        hasher.update({block.data(), count});
        from += count;
    }
    return {};
}

} // namespace

ReadBack::ReadBack(DiskThread& disk, Read read, std::shared_ptr<Hasher> hasher, uint64_t count, Done done)
    : disk_(disk), read_(std::move(read)), hasher_(std::move(hasher)), count_(count), done_(std::move(done)),
      self_(std::make_shared<ReadBack*>(this)) {
    next();
}

void ReadBack::next() {
    uint64_t upto = std::min(count_, at_ + Slice);
    disk_.run(
        [read = read_, hasher = hasher_, from = at_, upto] { return read_slice(read, *hasher, from, upto); },
        [self = std::weak_ptr{self_}, upto](const Trouble& trouble) {
            if (auto reader = self.lock()) (*reader)->slice_read(trouble, upto);
        });
}

void ReadBack::slice_read(const Trouble& trouble, uint64_t upto) {
    at_ = upto;
    if (!trouble && at_ < count_) return next();
    // The listener may drop this object.
    auto done = std::move(done_);
    if (trouble)
        done(*trouble);
    else
        done(std::move(hasher_));
}

} // namespace haulier::transfer
