// SPDX-License-Identifier: LGPL-2.1-or-later
#include "transfer/piece_plan.hpp"

namespace haulier::transfer {

namespace {

constexpr uint64_t LeastPiece = 256 * 1024;
/// The least piece while it is not known how long one takes.
constexpr uint64_t LeastUnmeasured = 1024 * 1024;
/// What takes less time is not split: a request takes a round trip, in which the other connection receives
/// bytes, too. In seconds.
constexpr double ShortestToSplit = 0.3;
/// If a connection needs this much longer for the rest than another would, it loses all of the rest. In
/// seconds.
constexpr double LongestToKeep = 1;

double seconds_for(uint64_t bytes, std::optional<uint64_t> rate) {
    return static_cast<double>(bytes) / static_cast<double>(std::max<uint64_t>(rate.value_or(1), 1));
}

/// A connection of unknown rate is taken to be as fast as `assumed`.
size_t slowest(const std::vector<PieceInFlight>& in_flight, std::optional<uint64_t> assumed) {
    size_t found = 0;
    double longest = -1;
    for (size_t i = 0; i < in_flight.size(); ++i) {
        const auto& piece = in_flight[i];
        auto time = seconds_for(piece.left.size(), piece.rate ? piece.rate : assumed);
        if (time <= longest) continue;
        longest = time;
        found = i;
    }
    return found;
}

std::optional<uint64_t> average_rate(const std::vector<PieceInFlight>& in_flight) {
    uint64_t sum = 0;
    uint64_t count = 0;
    for (const auto& piece : in_flight) {
        sum += piece.rate.value_or(0);
        count += piece.rate ? 1 : 0;
    }
    if (count == 0) return std::nullopt;
    return sum / count;
}

/// The part of `bytes` that a connection of rate `ours` gets, so that it and one of rate `theirs` finish at
/// the same time.
uint64_t share_of(uint64_t bytes, uint64_t ours, uint64_t theirs) {
    if (ours == 0 && theirs == 0) return 0;
    double part = static_cast<double>(ours) / (static_cast<double>(ours) + static_cast<double>(theirs));
    return std::min(bytes, static_cast<uint64_t>(static_cast<double>(bytes) * part));
}

std::optional<NextPiece> halved(const ByteRange& left, size_t index) {
    if (left.size() < 2 * LeastUnmeasured) return std::nullopt;
    return NextPiece{{left.end - left.size() / 2, left.end}, index};
}

std::optional<NextPiece> divided(const ByteRange& left, size_t index, uint64_t ours, uint64_t theirs) {
    auto share = share_of(left.size(), ours, theirs);
    auto time = seconds_for(left.size(), theirs);
    if (share < LeastPiece || left.size() - share < LeastPiece) {
        if (time < seconds_for(left.size(), ours) + LongestToKeep) return std::nullopt;
        return NextPiece{left, index};
    }
    if (time < ShortestToSplit) return std::nullopt;
    return NextPiece{{left.end - share, left.end}, index};
}

} // namespace

std::vector<ByteRange> unclaimed(const ByteRanges& received, uint64_t total,
                                 const std::vector<PieceInFlight>& in_flight) {
    auto taken = received;
    for (const auto& piece : in_flight)
        taken.add(piece.left);
    return taken.holes(total);
}

std::optional<NextPiece> next_piece(const ByteRanges& received, uint64_t total,
                                    const std::vector<PieceInFlight>& in_flight,
                                    std::optional<uint64_t> rate) {
    auto is_smaller = [](const ByteRange& a, const ByteRange& b) { return a.size() < b.size(); };
    auto free = unclaimed(received, total, in_flight);
    if (!free.empty()) return NextPiece{*std::max_element(free.begin(), free.end(), is_smaller), {}};
    if (in_flight.empty()) return std::nullopt;
    auto assumed = rate ? rate : average_rate(in_flight);
    auto index = slowest(in_flight, assumed);
    const auto& victim = in_flight[index];
    if (!assumed || (!victim.rate && !rate)) return halved(victim.left, index);
    return divided(victim.left, index, *assumed, victim.rate.value_or(*assumed));
}

} // namespace haulier::transfer
