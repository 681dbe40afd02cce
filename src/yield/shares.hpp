// SPDX-License-Identifier: LGPL-2.1-or-later
// Divides the window of an interface among its connections. With less than two packets for each, the smallest
// windows of all connections together would exceed it, so some connections then wait for their turn.
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
    void next_round(BootTime now, double window, const std::vector<Claim>& claims);
    /// Returns one order for each claim, in the same order.
    [[nodiscard]] std::vector<Order> divide(double window, const std::vector<Claim>& claims) const;

private:
    double credit_ = 0; ///< turns saved up while the window of a round is less than a turn needs
    bool is_turn_ = true;
    size_t first_ = 0; ///< the first of those whose turn it is
    BootTime since_;   ///< when it changed
};

} // namespace haulier::yield
