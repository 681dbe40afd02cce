// SPDX-License-Identifier: LGPL-2.1-or-later
#include "transfer/layout.hpp"

#include <algorithm>
#include <limits>

namespace haulier::transfer {

namespace {

constexpr uint64_t LargestFile = std::numeric_limits<int64_t>::max() - 1;

bool is_number_of_a_file(uint64_t start, uint64_t length) {
    return start <= LargestFile && (length == ToEnd || (length > 0 && length <= LargestFile - start));
}

std::optional<uint64_t> length_of(const Segment& segment, std::optional<uint64_t> total) {
    if (segment.length != ToEnd) return segment.length;
    if (!total) return std::nullopt;
    return *total > segment.remote ? *total - segment.remote : 0;
}

uint64_t add(uint64_t a, uint64_t b) {
    return a > ToEnd - b ? ToEnd : a + b;
}

/// To the end from a place that is beyond it: whoever asks there gets to hear so from the server.
bool is_beyond(const Segment& segment, std::optional<uint64_t> total) {
    return segment.length == ToEnd && total && segment.remote > 0 && segment.remote >= *total;
}

} // namespace

bool Layout::is_plain() const {
    return segments_.size() == 1 && segments_.front() == Segment{};
}

bool Layout::is_sound() const {
    return !segments_.empty() && std::all_of(segments_.begin(), segments_.end(), [](const Segment& segment) {
        return is_number_of_a_file(segment.remote, segment.length) &&
               is_number_of_a_file(segment.local, segment.length);
    });
}

bool Layout::is_packed() const {
    uint64_t end = 0;
    return std::all_of(segments_.begin(), segments_.end(), [&](const Segment& segment) {
        // Behind one to the end nobody knows yet where the next begins.
        bool follows = segment.local == end || end == ToEnd;
        end = add(end, segment.length);
        return follows;
    });
}

std::optional<Layout::Place> Layout::at(uint64_t offset, std::optional<uint64_t> total) const {
    uint64_t start = 0;
    for (const auto& segment : segments_) {
        auto length = length_of(segment, total);
        if (!length || offset < add(start, *length) || is_beyond(segment, total)) {
            uint64_t done = offset - start;
            Place place{start, segment.remote + done, std::nullopt, segment.local + done,
                        segment.length == ToEnd};
            if (length) place.end = segment.remote + *length;
            return place;
        }
        start = add(start, *length);
    }
    return std::nullopt;
}

std::optional<uint64_t> Layout::size(std::optional<uint64_t> total) const {
    uint64_t sum = 0;
    for (const auto& segment : segments_) {
        auto length = length_of(segment, total);
        if (!length) return std::nullopt;
        sum = add(sum, *length);
    }
    return sum;
}

} // namespace haulier::transfer
