// SPDX-License-Identifier: LGPL-2.1-or-later
// The rate of all background connections together: the present one, and the best recent one including that of
// the other workers, which shows what the link can carry.
#pragma once

#include "yield/recent.hpp"
#include "yield/samples.hpp"

namespace haulier::yield {

class OwnRate {
public:
    OwnRate();
    void moved(uint64_t bytes) { round_ += static_cast<double>(bytes), long_ += static_cast<double>(bytes); }
    /// A round trip has passed since the last call. `others` is the rate of the other workers.
    void end_round(BootTime now, Seconds round_trip, double others);
    /// Begins anew after a pause: earlier bytes do not count for the present rate.
    void begin(BootTime now);
    /// Bytes per second, smoothed.
    [[nodiscard]] double now() const { return rate_; }
    /// The highest recent rate; 0 = nothing was measured.
    [[nodiscard]] double best() const { return best_.best().value_or(0); }

private:
    double round_ = 0; ///< bytes in this round
    double long_ = 0;  ///< bytes in the present average
    double rate_ = 0;
    BootTime round_since_;
    BootTime long_since_;
    RecentMaximum<double> best_;
};

} // namespace haulier::yield
