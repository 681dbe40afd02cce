// SPDX-License-Identifier: LGPL-2.1-or-later
#include "transfer/layout.hpp"

#include "base/limits.hpp"

#include <algorithm>

namespace haulier::transfer {

namespace {

bool fits_in_file(uint64_t start, uint64_t length) {
    return start <= MaxFileSize && (length == ToEnd || (length > 0 && length <= MaxFileSize - start));
}

std::optional<uint64_t> length_of(const Segment& segment, std::optional<uint64_t> total) {
    if (segment.length != ToEnd) return segment.length;
    if (!total) return std::nullopt;
    return *total > segment.remote ? *total - segment.remote : 0;
}

uint64_t saturating_add(uint64_t a, uint64_t b) {
    return a > ToEnd - b ? ToEnd : a + b;
}

} // namespace

bool Layout::is_plain() const {
    return segments_.size() == 1 && segments_.front() == Segment{};
}

bool Layout::is_sound() const {
    return !segments_.empty() && std::all_of(segments_.begin(), segments_.end(), [](const Segment& segment) {
        bool follows = segment.local == AfterPrevious;
        return fits_in_file(segment.remote, segment.length) &&
               (follows || fits_in_file(segment.local, segment.length));
    });
}

bool Layout::is_placed() const {
    return std::none_of(segments_.begin(), segments_.end(),
                        [](const Segment& segment) { return segment.local == AfterPrevious; });
}

bool Layout::is_packed() const {
    uint64_t end = 0;
    return std::all_of(segments_.begin(), segments_.end(), [&](const Segment& segment) {
        // After a segment of unknown length the next offset is not known yet.
        bool follows = segment.local == end || end == ToEnd;
        end = saturating_add(end, segment.length);
        return follows;
    });
}

/// The segment begins beyond the end of the file. It is requested nevertheless, and the server's response
/// says so.
bool Layout::is_beyond(const Segment& segment, std::optional<uint64_t> total) const {
    if (segment.length != ToEnd || !total || segment.remote == 0) return false;
    return are_holes_ ? segment.remote > *total : segment.remote >= *total;
}

std::optional<Layout::Remaining> Layout::at(uint64_t offset, std::optional<uint64_t> total) const {
    uint64_t start = 0;
    for (const auto& segment : segments_) {
        auto length = length_of(segment, total);
        if (!length || offset < saturating_add(start, *length) || is_beyond(segment, total)) {
            uint64_t done = offset - start;
            Remaining remaining{start, segment.remote + done, std::nullopt, segment.local + done,
                                segment.length == ToEnd};
            if (length) remaining.end = segment.remote + *length;
            return remaining;
        }
        start = saturating_add(start, *length);
    }
    return std::nullopt;
}

std::optional<uint64_t> Layout::size(std::optional<uint64_t> total) const {
    uint64_t sum = 0;
    for (const auto& segment : segments_) {
        auto length = length_of(segment, total);
        if (!length) return std::nullopt;
        sum = saturating_add(sum, *length);
    }
    return sum;
}

} // namespace haulier::transfer
