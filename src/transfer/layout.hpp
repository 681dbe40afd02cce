// SPDX-License-Identifier: LGPL-2.1-or-later
// Which bytes of the remote file are fetched, as a stream of segments, and where each segment goes in the
// local file.
#pragma once

#include <cstdint>
#include <optional>
#include <utility>
#include <vector>

namespace haulier::transfer {

/// The length of a segment that goes to the end of the remote file.
inline constexpr uint64_t ToEnd = ~uint64_t{0};

/// As `local`: where the previous segment ends, whose length only the server knows.
inline constexpr uint64_t AfterPrevious = ~uint64_t{0};

struct Segment {
    uint64_t remote = 0;     ///< offset in the remote file, in bytes
    uint64_t length = ToEnd; ///< in bytes
    uint64_t local = 0;      ///< offset in the local file, in bytes
    bool operator==(const Segment&) const = default;
};

class Layout {
public:
    Layout() : Layout({Segment{}}) {}
    /// `are_holes`: the segments are what is missing of a file. One to the end may then begin there, and is
    /// empty.
    explicit Layout(std::vector<Segment> segments, bool are_holes = false)
        : segments_(std::move(segments)), are_holes_(are_holes) {}

    /// The whole remote file as one segment.
    [[nodiscard]] bool is_plain() const;
    [[nodiscard]] bool is_empty() const { return segments_.empty(); }
    [[nodiscard]] size_t count() const { return segments_.size(); }
    /// There is at least one segment, none is empty, and none extends beyond MaxFileSize.
    [[nodiscard]] bool is_sound() const;
    /// In the local file, too, each segment begins where the previous one ends.
    [[nodiscard]] bool is_packed() const;
    /// Whether the offset of each segment in the local file is known.
    [[nodiscard]] bool is_placed() const;

    /// What remains to be fetched of the segment at an offset of the stream.
    struct Remaining {
        uint64_t start = 0;  ///< offset in the stream at which the segment begins
        uint64_t remote = 0; ///< offset in the remote file of the first missing byte
        std::optional<uint64_t>
            end;             ///< in the remote file, exclusive; nothing = its end, which is not known yet
        uint64_t local = 0;  ///< offset in the local file of the first missing byte
        bool to_end = false; ///< the segment goes to the end of the file, known or not
        bool operator==(const Remaining&) const = default;
    };
    /// `offset` counts the bytes of the stream, and `total` is the size of the remote file. Nothing if the
    /// stream ends there.
    [[nodiscard]] std::optional<Remaining> at(uint64_t offset, std::optional<uint64_t> total) const;
    /// Bytes of the whole stream; nothing if that depends on the unknown size of the remote file.
    [[nodiscard]] std::optional<uint64_t> size(std::optional<uint64_t> total) const;

private:
    [[nodiscard]] bool is_beyond(const Segment& segment, std::optional<uint64_t> total) const;

    std::vector<Segment> segments_;
    bool are_holes_ = false;
};

} // namespace haulier::transfer
