// SPDX-License-Identifier: LGPL-2.1-or-later
#include "transfer/source_body.hpp"

#include <algorithm>
#include <utility>

namespace haulier::transfer {

SourceBody::SourceBody(std::shared_ptr<const SourceFile> source, Stamp stamp, uint64_t from,
                       std::function<void()> moved)
    : source_(std::move(source)), stamp_(stamp), from_(from), at_(from), moved_(std::move(moved)) {}

size_t SourceBody::read(char* into, size_t most) noexcept {
    size_t count = std::min<uint64_t>(most, stamp_.size - at_);
    auto trouble = source_->read(at_, into, count);
    // Looked at after the reading: what was read before a change is whole.
    if (source_->stamp() != stamp_) trouble = source_->changed();
    if (trouble) {
        trouble_ = std::move(trouble);
        return Abort;
    }
    at_ += count;
    moved_();
    return count;
}

bool SourceBody::rewind() noexcept {
    at_ = from_;
    return true;
}

} // namespace haulier::transfer
