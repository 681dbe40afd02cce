// SPDX-License-Identifier: LGPL-2.1-or-later
// Which part of a file the next connection fetches, so that all connections finish at the same time: first
// what no connection fetches; then a part of what the connection that will need longest still has to fetch,
// in proportion to their rates. So a slow source gets small pieces. Pure functions over values.
#pragma once

#include "transfer/byte_ranges.hpp"

#include <cstddef>
#include <cstdint>
#include <optional>
#include <vector>

namespace haulier::transfer {

/// What a connection still has to fetch.
struct PieceInFlight {
    ByteRange left;
    std::optional<uint64_t> rate; ///< in bytes per second; nothing = not known yet
};

struct NextPiece {
    ByteRange range;
    std::optional<size_t> from; ///< the piece that ends where this one begins from now on, by its index
    bool operator==(const NextPiece&) const = default;
};

/// The parts of a file of `total` bytes that are not here and that no connection fetches.
std::vector<ByteRange> unclaimed(const ByteRanges& received, uint64_t total,
                                 const std::vector<PieceInFlight>& in_flight);

/// `rate` is that of the new connection. Returns nothing if another request is not worthwhile.
std::optional<NextPiece> next_piece(const ByteRanges& received, uint64_t total,
                                    const std::vector<PieceInFlight>& in_flight,
                                    std::optional<uint64_t> rate);

} // namespace haulier::transfer
