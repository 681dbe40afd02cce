// SPDX-License-Identifier: LGPL-2.1-or-later
#include "transfer/byte_ranges.hpp"

namespace haulier::transfer {

void ByteRanges::add(const ByteRange& range) {
    if (range.begin >= range.end) return;
    auto first = std::find_if(ranges_.begin(), ranges_.end(),
                              [&](const ByteRange& known) { return known.end >= range.begin; });
    auto last =
        std::find_if(first, ranges_.end(), [&](const ByteRange& known) { return known.begin > range.end; });
    if (first == last) {
        ranges_.insert(first, range);
        return;
    }
    first->begin = std::min(first->begin, range.begin);
    first->end = std::max((last - 1)->end, range.end);
    ranges_.erase(first + 1, last);
}

uint64_t ByteRanges::size() const {
    uint64_t sum = 0;
    for (const auto& range : ranges_)
        sum += range.size();
    return sum;
}

std::vector<ByteRange> ByteRanges::holes(uint64_t total) const {
    std::vector<ByteRange> found;
    uint64_t at = 0;
    for (const auto& range : ranges_) {
        if (range.begin >= total) break;
        if (range.begin > at) found.push_back({at, range.begin});
        at = range.end;
    }
    if (at < total) found.push_back({at, total});
    return found;
}

uint64_t ByteRanges::end_of_hole(uint64_t at, uint64_t total) const {
    for (const auto& range : ranges_)
        if (range.end > at) return std::max(at, std::min(range.begin, total));
    return std::max(at, total);
}

} // namespace haulier::transfer
