// SPDX-License-Identifier: LGPL-2.1-or-later
// Divides the window of an interface among its connections. With less than two packets for each, the smallest
// windows of all connections together would exceed it, so some connections then wait for their turn. If even
// one turn is too much, there are pauses in which no connection has one.
#pragma once

#include "yield/samples.hpp"

#include <vector>

namespace haulier::yield {

/// How much of a window a connection can use.
struct Claim {
    ConnectionId id = 0;
    double used = 0; ///< bytes in flight
    double segment = 0;
};

class Shares {
public:
    /// Is called once in each round trip.
    void next_round(BootTime now, double window, Seconds round_trip, const std::vector<Claim>& claims);
    /// Returns one order for each claim, in the same order.
    [[nodiscard]] std::vector<Order> divide(double window, const std::vector<Claim>& claims) const;

private:
    void pause_or_go_on(BootTime now, double part, Seconds turn);

    bool is_turn_ = true; ///< false in a pause
    BootTime changed_at_; ///< when it changed, or the last time that no pause was needed
    size_t first_ = 0;    ///< the first of those whose turn it is
    BootTime since_;      ///< when it changed
};

} // namespace haulier::yield
