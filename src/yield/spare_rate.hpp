// SPDX-License-Identifier: LGPL-2.1-or-later
// Determines from the counters of the network interface how much of the link other programs of this machine
// leave. This also finds transfers whose packets wait in a queue of their own, as with fair queueing, where
// delays show nothing.
#pragma once

#include "yield/recent.hpp"
#include "yield/samples.hpp"

#include <deque>
#include <optional>

namespace haulier::yield {

class SpareRate {
public:
    SpareRate();
    void begin(BootTime now);
    /// `interface_bytes` is the total of the interface, and `own_bytes` what the background connections have
    /// transferred since the last call.
    void take(BootTime now, uint64_t interface_bytes, uint64_t own_bytes);
    /// Bytes per second of the other workers. What they have reported may be a little older.
    [[nodiscard]] double rate_of(const OtherWorkers& other_workers) const;
    /// Bytes per second that our background transfers may use; nothing = there is no significant other
    /// traffic. The other workers do not count as such, and get their part. `queue` is the present queue, if
    /// it is known.
    [[nodiscard]] std::optional<double> limit(BootTime now, std::optional<Seconds> queue, Seconds round_trip,
                                              const OtherWorkers& other_workers);

private:
    void measure(BootTime now);
    [[nodiscard]] double foreign_beside(const OtherWorkers& other_workers) const;
    [[nodiscard]] bool sees_others(double foreign) const;
    void try_more(BootTime now, double foreign, bool is_queued, Seconds round_trip);
    void end_trial(BootTime now, bool succeeded);

    bool has_begun_ = false;
    bool is_usable_ = true;
    uint64_t last_ = 0;
    uint64_t own_bytes_ = 0; ///< since measured_at_
    BootTime measured_at_;
    double total_bytes_ = 0; ///< in the present average
    BootTime total_since_;
    double foreign_ = 0;      ///< bytes per second, smoothed
    double expected_ = 0;     ///< the same until the next measurement
    std::deque<double> past_; ///< the last values of foreign_
    RecentMaximum<double> most_;

    // The link may carry more than was ever seen on it, so the controller tries more now and then.
    struct Trial {
        BootTime until;
        double extra = 0;
        double foreign_before = 0;
    };
    std::optional<Trial> trial_;
    BootTime next_trial_;
    Usec pause_;
};

} // namespace haulier::yield
