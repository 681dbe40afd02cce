// SPDX-License-Identifier: LGPL-2.1-or-later
// Which pieces of a remote file go where in the local one. A worker fetches segments one after the other; its
// offsets count the bytes of that stream, so that a plain file, ranges laid end to end and on-demand holes
// are one case.
#pragma once

#include "job/types.hpp"

#include <cstdint>
#include <vector>

namespace haulier::job {

/// As `local`: right behind the segment before, whose length only the server knows.
inline constexpr uint64_t BehindTheOneBefore = ~uint64_t{0};

struct Segment {
    uint64_t remote = 0;
    uint64_t length = ToEnd;
    uint64_t local = 0;
    bool operator==(const Segment&) const = default;
};

/// What to fetch of a file. Plain: one segment to the end. Ranges: end to end, a known `remote_total` makes
/// ToEnd a number. On-demand: what is wanted and not filled, in the order of wanting.
std::vector<Segment> segments_of(const File& file, bool on_demand);

/// On-demand: every byte is here. What is left is the worker's last look at the whole.
bool is_filled(const File& file);
/// On-demand: something that was asked for is not here, or the last look is still to come.
bool lacks_ranges(const File& file);

/// Bytes of the local file, UnknownSize while a range to the end has no known one. Plain: `remote_total`.
uint64_t local_size(const FileSpec& spec, uint64_t remote_total);
/// What a client is told: bytes of the local file as far as they are known.
uint64_t size_of(const File& file);

/// What of `ranges` lies in a file of `total` bytes; all of it while that is unknown.
std::vector<Range> within(std::vector<Range> ranges, uint64_t total);
/// Sorted by offset, joined where they touch or overlap.
std::vector<Range> merged(std::vector<Range> ranges);
/// `ranges` in their order, each byte once, less all of `filled`.
std::vector<Range> missing(const std::vector<Range>& ranges, const std::vector<Range>& filled);
/// The first `stream_offset` bytes of the stream, as ranges of the local file.
std::vector<Range> first_bytes(const std::vector<Segment>& segments, uint64_t stream_offset);
uint64_t length_of(const std::vector<Range>& ranges);

/// BITS 1.4: at least one, none empty or past 2^63, no overlap, at most `limit`.
Status check_ranges(const std::vector<Range>& ranges, uint32_t limit);
/// As above, but they may overlap (BITS 1.7, RequestFileRanges).
Status check_wanted(const std::vector<Range>& ranges, uint32_t limit);

} // namespace haulier::job
