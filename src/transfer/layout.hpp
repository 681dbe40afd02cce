// SPDX-License-Identifier: LGPL-2.1-or-later
// Which bytes of the remote file make up the stream that is fetched, and where in the local file each
// belongs.
#pragma once

#include <cstdint>
#include <optional>
#include <utility>
#include <vector>

namespace haulier::transfer {

inline constexpr uint64_t ToEnd = ~uint64_t{0};

struct Segment {
    uint64_t remote = 0;
    uint64_t length = ToEnd;
    uint64_t local = 0;
    bool operator==(const Segment&) const = default;
};

class Layout {
public:
    Layout() : Layout({Segment{}}) {}
    explicit Layout(std::vector<Segment> segments) : segments_(std::move(segments)) {}

    /// The whole file, as it is.
    [[nodiscard]] bool is_plain() const;
    [[nodiscard]] bool is_empty() const { return segments_.empty(); }
    /// At least one segment, none of them empty, and no numbers that a file cannot have.
    [[nodiscard]] bool is_sound() const;
    /// In the local file, too, each segment begins where the one before it ends.
    [[nodiscard]] bool is_packed() const;

    /// What is to be asked for next, and where it goes.
    struct Place {
        uint64_t start = 0;          ///< in the stream, of the whole segment
        uint64_t remote = 0;         ///< the first byte that is missing
        std::optional<uint64_t> end; ///< in the remote file; nothing = to its end, which nobody has told yet
        uint64_t local = 0;          ///< where the first byte that is missing goes
        bool to_end = false;         ///< whether it was told or not
        bool operator==(const Place&) const = default;
    };
    /// At stream position `offset`; nothing = all is here. `total`: size of the remote file.
    [[nodiscard]] std::optional<Place> at(uint64_t offset, std::optional<uint64_t> total) const;
    /// Of the whole stream, if that can be known.
    [[nodiscard]] std::optional<uint64_t> size(std::optional<uint64_t> total) const;

private:
    std::vector<Segment> segments_;
};

} // namespace haulier::transfer
