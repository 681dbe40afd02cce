// SPDX-License-Identifier: LGPL-2.1-or-later
#include "yield/shares.hpp"

#include <algorithm>
#include <cmath>
#include <utility>

namespace haulier::yield {

namespace {

/// With fewer, a sender waits for a delayed acknowledgement.
constexpr double SegmentsOfTurn = 2;
/// The smallest window that Linux sets. It is less than a full packet, and senders wait for a large part of a
/// second before they send less.
constexpr double Closed = 1152;
/// A sender learns of a larger window when its timer makes it ask, so a turn is longer than that timer. All
/// connections must get their turn before a server seems to have stalled.
constexpr Seconds ShortestTurn{0.5};
constexpr Seconds LongestTurn{2};
constexpr Seconds TurnsOfAll{30};
/// A connection that uses less than this of its part leaves half of the part to the others.
constexpr double LittleUsed = 1.0 / 3;
constexpr double KeptPart = 0.5;
constexpr double MostTurnsSaved = 2;

double turn_of(const Claim& claim) {
    return SegmentsOfTurn * claim.segment;
}

/// How many connections can have a turn at a time.
size_t turns_in(double window, const std::vector<Claim>& claims) {
    auto largest = std::max_element(claims.begin(), claims.end(),
                                    [](const Claim& a, const Claim& b) { return a.segment < b.segment; });
    auto turns = static_cast<size_t>(std::max(1.0, std::floor(window / turn_of(*largest))));
    return std::min(turns, claims.size());
}

/// The part of each connection that uses its part, and of each of the others.
struct Parts {
    double used;
    double unused;
};

Parts parts_of(double window, const std::vector<Claim>& claims) {
    auto count = static_cast<double>(claims.size());
    auto part = window / count;
    auto hungry = static_cast<double>(std::count_if(
        claims.begin(), claims.end(), [&](const Claim& claim) { return claim.used >= LittleUsed * part; }));
    if (hungry == 0) return {part, part};
    auto kept = std::max(KeptPart * part, turn_of(claims.front()));
    return {(window - kept * (count - hungry)) / hungry, kept};
}

double part_of(const Claim& claim, const Parts& parts, double equal) {
    return std::max(claim.used >= LittleUsed * equal ? parts.used : parts.unused, turn_of(claim));
}

} // namespace

void Shares::next_round(BootTime now, double window, const std::vector<Claim>& claims) {
    if (claims.empty()) return;
    credit_ = std::min(credit_ + window / turn_of(claims.front()), MostTurnsSaved);
    is_turn_ = credit_ >= 1;
    if (!is_turn_) return;
    --credit_;
    auto turn = std::clamp(TurnsOfAll / static_cast<double>(claims.size()), ShortestTurn, LongestTurn);
    if (Seconds{now - since_} < turn) return;
    since_ = now;
    first_ += turns_in(window, claims);
}

std::vector<Order> Shares::divide(double window, const std::vector<Claim>& claims) const {
    std::vector<Order> orders;
    if (claims.empty()) return orders;
    auto count = claims.size();
    auto turns = is_turn_ ? turns_in(window, claims) : 0;
    auto parts = parts_of(window, claims);
    auto equal = window / static_cast<double>(count);
    for (size_t i = 0; i < count; ++i) {
        const auto& claim = claims[i];
        bool has_turn = (i + count - first_ % count) % count < turns;
        if (!has_turn)
            orders.push_back({claim.id, Closed, false});
        else if (turns == count)
            orders.push_back({claim.id, part_of(claim, parts, equal)});
        else
            orders.push_back({claim.id, std::max(window / static_cast<double>(turns), turn_of(claim))});
    }
    return orders;
}

} // namespace haulier::yield
