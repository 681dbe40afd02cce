// SPDX-License-Identifier: LGPL-2.1-or-later
#include "job/segments.hpp"

#include "base/limits.hpp"

#include <algorithm>
#include <fmt/core.h>

namespace haulier::job {

namespace {

/// The end of a range is exclusive; ToEnd, the largest number, for a range to the end of the file.
uint64_t end_of(const Range& range) {
    return range.length == ToEnd ? ToEnd : range.offset + range.length;
}

Range between(uint64_t begin, uint64_t end) {
    return {begin, end == ToEnd ? ToEnd : end - begin};
}

/// Length of the part of `range` that lies in a file of `total` bytes.
uint64_t length_within(const Range& range, uint64_t total) {
    if (range.length != ToEnd || total == UnknownSize) return range.length;
    return total - std::min(total, range.offset);
}

/// Appends the parts of `range` that are not in `filled`, which is merged.
void append_missing(std::vector<Range>& out, const Range& range, const std::vector<Range>& filled) {
    uint64_t begin = range.offset;
    for (const auto& present : filled) {
        if (end_of(present) <= begin) continue;
        if (present.offset >= end_of(range)) break;
        if (present.offset > begin) out.push_back(between(begin, present.offset));
        begin = end_of(present);
    }
    if (begin < end_of(range)) out.push_back(between(begin, end_of(range)));
}

std::vector<Segment> sparse_segments(const File& file) {
    std::vector<Segment> segments;
    for (const auto& range : missing(within(file.wanted, file.total), file.filled))
        segments.push_back({range.offset, range.length, range.offset});
    return segments;
}

Status check_range(const Range& range, size_t number) {
    auto bad = [&](std::string_view why) {
        return Error{Errc::InvalidRange, fmt::format("range {} (offset {}, length {}) {}", number,
                                                     range.offset, range.length, why)};
    };
    if (range.length == 0) return bad("is empty");
    if (range.offset > MaxFileSize) return bad("begins after the end of any file");
    if (range.length != ToEnd && range.length > MaxFileSize - range.offset)
        return bad("ends after the end of any file");
    return Done{};
}

} // namespace

std::vector<Segment> segments_of(const File& file, bool on_demand) {
    if (on_demand) return sparse_segments(file);
    if (file.spec.ranges.empty()) return {Segment{}};
    std::vector<Segment> segments;
    uint64_t local = 0;
    for (const auto& range : file.spec.ranges) {
        auto length = length_within(range, file.total);
        if (length == 0) length = ToEnd; // the range is beyond the end; the server's response is to say so
        segments.push_back({range.offset, length, local});
        local = local == AfterPrevious || length == ToEnd ? AfterPrevious : local + length;
    }
    return segments;
}

bool is_filled(const File& file) {
    return file.total == 0 ||
           (file.total != UnknownSize && file.filled == std::vector<Range>{{0, file.total}});
}

bool lacks_ranges(const File& file) {
    return !file.transferred && (is_filled(file) || !segments_of(file, true).empty());
}

uint64_t local_size(const FileSpec& spec, uint64_t remote_total) {
    if (spec.ranges.empty()) return remote_total;
    uint64_t size = 0;
    for (const auto& range : spec.ranges) {
        auto length = length_within(range, remote_total);
        if (length == ToEnd) return UnknownSize;
        size += length;
    }
    return size;
}

uint64_t size_of(const File& file) {
    auto size = local_size(file.spec, file.total);
    if (size != UnknownSize) return size;
    return file.transferred ? file.offset : file.spec.size;
}

std::vector<Range> within(std::vector<Range> ranges, uint64_t total) {
    if (total == UnknownSize) return ranges;
    std::vector<Range> inside;
    for (const auto& range : ranges)
        if (range.offset < total) inside.push_back(between(range.offset, std::min(end_of(range), total)));
    return inside;
}

std::vector<Range> merged(std::vector<Range> ranges) {
    std::sort(ranges.begin(), ranges.end(),
              [](const Range& a, const Range& b) { return a.offset < b.offset; });
    std::vector<Range> out;
    for (const auto& range : ranges) {
        if (range.length == 0) continue;
        if (!out.empty() && range.offset <= end_of(out.back()))
            out.back() = between(out.back().offset, std::max(end_of(out.back()), end_of(range)));
        else
            out.push_back(range);
    }
    return out;
}

std::vector<Range> missing(const std::vector<Range>& ranges, const std::vector<Range>& filled) {
    std::vector<Range> out;
    auto covered = merged(filled);
    for (const auto& range : ranges) {
        append_missing(out, range, covered);
        covered.push_back(range);
        covered = merged(std::move(covered));
    }
    return out;
}

std::vector<Range> first_bytes(const std::vector<Segment>& segments, uint64_t stream_offset) {
    std::vector<Range> ranges;
    uint64_t local = 0;
    for (const auto& segment : segments) {
        if (segment.local != AfterPrevious) local = segment.local;
        auto length = std::min(segment.length, stream_offset);
        if (length == 0) break;
        ranges.push_back({local, length});
        local += length;
        stream_offset -= length;
    }
    return ranges;
}

uint64_t length_of(const std::vector<Range>& ranges) {
    uint64_t length = 0;
    for (const auto& range : ranges) {
        if (range.length == ToEnd) return UnknownSize;
        length += range.length;
    }
    return length;
}

Status check_wanted(const std::vector<Range>& ranges, uint32_t limit) {
    if (ranges.empty())
        return Error{Errc::InvalidArgument, "the list of ranges is empty, at least one is needed"};
    if (ranges.size() > limit)
        return Error{Errc::TooManyRanges,
                     fmt::format("{} ranges exceed the limit of {} ranges of a file", ranges.size(), limit)};
    for (size_t i = 0; i < ranges.size(); ++i)
        if (auto ok = check_range(ranges[i], i + 1); !ok) return ok;
    return Done{};
}

Status check_ranges(const std::vector<Range>& ranges, uint32_t limit) {
    if (auto ok = check_wanted(ranges, limit); !ok) return ok;
    auto sorted = ranges;
    std::sort(sorted.begin(), sorted.end(),
              [](const Range& a, const Range& b) { return a.offset < b.offset; });
    for (size_t i = 1; i < sorted.size(); ++i)
        if (end_of(sorted[i - 1]) > sorted[i].offset)
            return Error{Errc::OverlappingRanges, fmt::format("the ranges at {} and at {} overlap",
                                                              sorted[i - 1].offset, sorted[i].offset)};
    return Done{};
}

} // namespace haulier::job
