// SPDX-License-Identifier: LGPL-2.1-or-later
// Divides the window of an interface among its connections. Below two packets each they would not have a
// window but a sum of smallest windows, so some of them wait for their turn then.
#pragma once

#include "yield/samples.hpp"

#include <vector>

namespace haulier::yield {

/// What a connection can make use of.
struct Claim {
    ConnectionId id = 0;
    double used = 0; ///< bytes under way
    double segment = 0;
};

class Shares {
public:
    /// Once in each round trip.
    void next_round(BootTime now, double window, const std::vector<Claim>& claims);
    /// One for each claim, in their order.
    [[nodiscard]] std::vector<Order> divide(double window, const std::vector<Claim>& claims) const;

private:
    double credit_ = 0; ///< turns that are saved up, while a round's window is less than a turn needs
    bool is_turn_ = true;
    size_t first_ = 0; ///< the first of those whose turn it is
    BootTime since_;   ///< when it changed
};

} // namespace haulier::yield
