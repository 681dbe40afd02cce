// SPDX-License-Identifier: LGPL-2.1-or-later
#include "transfer/source_body.hpp"

#include <algorithm>
#include <utility>

namespace haulier::transfer {

SourceBody::SourceBody(std::shared_ptr<const SourceFile> source, Stamp stamp, uint64_t from, uint64_t end,
                       std::function<void()> on_read)
    : source_(std::move(source)), stamp_(stamp), from_(from), end_(end), position_(from),
      on_read_(std::move(on_read)) {}

size_t SourceBody::read(char* into, size_t most) noexcept {
    size_t count = std::min<uint64_t>(most, end_ - position_);
    status_ = source_->read(position_, into, count);
    // Checked after reading: bytes that were read before a change are of the old version.
    if (source_->stamp() != stamp_) status_ = source_->changed();
    if (!status_) return Abort;
    position_ += count;
    on_read_();
    return count;
}

bool SourceBody::rewind() noexcept {
    position_ = from_;
    return true;
}

} // namespace haulier::transfer
