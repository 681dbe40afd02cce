// SPDX-License-Identifier: LGPL-2.1-or-later
// Clients ask for ranges of a remote file; workers fetch segments, which also say where the bytes go in the
// local file. A worker fetches its segments one after the other, and its offsets count the bytes of that
// stream. So whole files, ranges stored end to end and on-demand ranges are one case.
#pragma once

#include "job/types.hpp"

#include <cstdint>
#include <vector>

namespace haulier::job {

/// As `local`: directly after the previous segment, whose length only the server knows.
inline constexpr uint64_t AfterPrevious = ~uint64_t{0};

struct Segment {
    uint64_t remote = 0;     ///< offset in the remote file, in bytes
    uint64_t length = ToEnd; ///< in bytes
    uint64_t local = 0;      ///< offset in the local file, in bytes
    bool operator==(const Segment&) const = default;
};

/// What to fetch of a file. Without ranges: one segment to the end. With ranges: stored end to end, and the
/// length of a range to the end is a number once `file.total` is known. On-demand: what was requested and is
/// not filled, in the order of the requests.
std::vector<Segment> segments_of(const File& file, bool on_demand);

/// On-demand: every byte is present. Only the worker's final check of the whole file remains.
bool is_filled(const File& file);
/// On-demand: a requested byte is missing, or the final check remains.
bool lacks_ranges(const File& file);

/// Size of the local file in bytes; UnknownSize while a range goes to an end that is not known. Without
/// ranges: `remote_total`.
uint64_t local_size(const FileSpec& spec, uint64_t remote_total);
/// Size of the local file in bytes as clients see it, UnknownSize if it is not known.
uint64_t size_of(const File& file);

/// The parts of `ranges` that lie in a file of `total` bytes; all of them if that is unknown.
std::vector<Range> within(std::vector<Range> ranges, uint64_t total);
/// Sorted by offset, and joined where they touch or overlap.
std::vector<Range> merged(std::vector<Range> ranges);
/// `ranges` in their order without the bytes in `filled`, each remaining byte once.
std::vector<Range> missing(const std::vector<Range>& ranges, const std::vector<Range>& filled);
/// The first `stream_offset` bytes of the stream, as ranges of the local file.
std::vector<Range> first_bytes(const std::vector<Segment>& segments, uint64_t stream_offset);
/// Sum of the lengths; UnknownSize if a range goes to the end of the file.
uint64_t length_of(const std::vector<Range>& ranges);

/// BITS 1.4: at least one range and at most `limit`; none is empty, ends after MaxFileSize, or overlaps
/// another. InvalidArgument, TooManyRanges, InvalidRange or OverlappingRanges otherwise.
Status check_ranges(const std::vector<Range>& ranges, uint32_t limit);
/// As above, but ranges may overlap (BITS 1.7, RequestFileRanges).
Status check_wanted(const std::vector<Range>& ranges, uint32_t limit);

} // namespace haulier::job
