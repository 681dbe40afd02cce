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
/// A sender whose window was closed learns that it is open again when its retransmission timer makes it send
/// a part of a packet. The timer takes at least 0.2 s and a round trip, and a turn has to be longer.
constexpr Seconds ShortestTurn{0.5};
constexpr Seconds TurnWithoutRoundTrips{0.3};
constexpr double RoundTripsInTurn = 4;
constexpr Seconds LongestTurn{2};
/// All connections must get their turn before a server seems to have stalled.
constexpr Seconds TurnsOfAll{30};
constexpr Seconds LongestPauseOfAll{2};
/// A connection that uses less than this of its part leaves half of the part to the others.
constexpr double LittleUsed = 1.0 / 3;
constexpr double KeptPart = 0.5;

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

void Shares::next_round(BootTime now, double window, Seconds round_trip, const std::vector<Claim>& claims) {
    if (claims.empty()) return;
    auto shortest =
        std::clamp(TurnWithoutRoundTrips + RoundTripsInTurn * round_trip, ShortestTurn, LongestTurn);
    pause_or_go_on(now, window / turn_of(claims.front()), shortest);
    auto turn = std::clamp(TurnsOfAll / static_cast<double>(claims.size()), shortest, LongestTurn);
    if (!is_turn_ || Seconds{now - since_} < turn) return;
    since_ = now;
    first_ += turns_in(window, claims);
}

/// `part` is how much of a turn the window allows. If that was too little only for a moment, there is no
/// pause.
void Shares::pause_or_go_on(BootTime now, double part, Seconds turn) {
    bool needs_no_pause = part >= 1;
    if (changed_at_ == BootTime{}) changed_at_ = now;
    auto length = is_turn_ ? turn : std::min(turn * (1 / part - 1), LongestPauseOfAll);
    if (!needs_no_pause && Seconds{now - changed_at_} < length) return;
    is_turn_ = needs_no_pause || !is_turn_;
    changed_at_ = now;
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
